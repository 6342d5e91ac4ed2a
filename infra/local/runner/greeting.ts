import type { Terminal } from '../types.ts';

/** The addresses that the greeting prints. */
interface Greeting {
  readonly origin: string;
  readonly sandboxes: readonly { readonly name: string; readonly url: string }[];
  readonly awsEndpoint: string;
  readonly stateDir: string;
  readonly strict: boolean;
}

const tries = (origin: string): readonly (readonly [string, string])[] => [
  ['the plugins of this system', `curl ${origin}/plugins`],
  ['how each of them is', `curl ${origin}/plugins/health`],
  [
    'load a plugin (unload: the same with unload)',
    `curl -X POST ${origin}/plugins/load -d '{"name":"payment"}'`,
  ],
  [
    'a payment of 100 US dollars; the answer has the client secret for the browser',
    `curl -X POST ${origin}/graphql -H "Content-Type: application/json" \\\n` +
      `    -d '{"query":"mutation { createPayment(amount: 100, currency: \\"usd\\") { id clientSecret } }"}'`,
  ],
  [
    'a forged webhook: 400, since its signature is wrong',
    `curl -X POST ${origin}/webhooks/stripe -H "stripe-signature: xxx" -d @webhook-payload.json`,
  ],
];

/** Prints the addresses of the system, and the commands to try first. */
export function printGreeting(
  terminal: Terminal,
  { origin, sandboxes, awsEndpoint, stateDir, strict }: Greeting,
): void {
  const who = strict
    ? 'every call needs a token: POST /dev/token'
    : 'calls without a token are yours, with every scope';
  const places = [
    ['API', `${origin}  (${who})`],
    ...sandboxes.map(({ name, url }) => [`${name} sandbox`, url]),
    ['AWS endpoint', `${awsEndpoint}  (for the functions; checks their roles)`],
    ['events', `${origin}/dev/events`],
    ['invocations', `${origin}/dev/invocations`],
    ['alarms', `${origin}/dev/alarms  (metrics: ${origin}/dev/metrics)`],
    ['state', `${stateDir}  (npm start -- --reset clears it)`],
  ];
  terminal.info('');
  for (const [name = '', place] of places) terminal.info(`  ${name.padEnd(16)}${place}`);
  terminal.info('\nTry');
  for (const [meaning, line] of tries(origin)) terminal.info(`  # ${meaning}\n  ${line}`);
  terminal.info('');
}
