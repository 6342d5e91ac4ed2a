import { NAME_WIDTH } from './busy-line.ts';
import type { RunnerTerminal } from './terminal.ts';

/** The addresses that the greeting prints. */
interface Greeting {
  readonly origin: string;
  readonly sandboxes: readonly { readonly name: string; readonly url: string }[];
  readonly stateDir: string;
  readonly strict: boolean;
  readonly hasConsole: boolean;
  /** Of this machine, when left out. */
  readonly platform?: string;
}

/** Commands to try first. A shell of Windows would take the JSON of the others apart. */
const tries = (origin: string, platform: string): readonly string[] => [
  `curl ${origin}/plugins`,
  `curl ${origin}/plugins/health`,
  ...(platform === 'win32'
    ? []
    : [
        `curl -X POST ${origin}/plugins/load -d '{"name":"payment"}'`,
        `curl -X POST ${origin}/graphql -H "Content-Type: application/json" \\\n` +
          `    -d '{"query":"mutation { createPayment(amount: 100, currency: \\"usd\\") { id clientSecret } }"}'`,
        `curl -X POST ${origin}/webhooks/stripe -H "stripe-signature: xxx" -d @webhook-payload.json`,
      ]),
];

/** Prints where everything is, and the commands to try first. */
export function printGreeting(
  terminal: RunnerTerminal,
  { origin, sandboxes, stateDir, strict, hasConsole, platform = process.platform }: Greeting,
): void {
  const who = strict
    ? 'every call needs a token: POST /dev/token'
    : 'calls without a token are yours, with every scope';
  const places: readonly (readonly [string, string, string?])[] = [
    ['API', origin, who],
    ...(hasConsole ? [['console', `${origin}/console`, 'the plugins in a browser'] as const] : []),
    ['OpenAPI', `${origin}/dev/openapi`, 'also /dev/graphql and /dev/schema.graphql'],
    ...sandboxes.map(({ name, url }) => [name, url, 'sandbox'] as const),
    ['traces', `${origin}/dev/traces`, 'also /dev/events, /dev/invocations, /dev/alarms, /dev/metrics'],
    ['state', stateDir, 'npm start -- --reset clears it'],
  ];
  const width = Math.max(...places.slice(0, -1).map(([, place]) => place.length));
  terminal.info('');
  for (const [name, place, note = ''] of places) {
    terminal.parts(
      `  ${name.padEnd(NAME_WIDTH)}`,
      ['cyan', place],
      ['dim', `${' '.repeat(Math.max(width - place.length, 0))}  ${note}`],
    );
  }
  terminal.info('\nTry');
  for (const line of tries(origin, platform)) terminal.info(`  ${line}`);
  terminal.parts(['dim', '  and pay it: README.md, "Pay it"']);
  terminal.info('');
}
