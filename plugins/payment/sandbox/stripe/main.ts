import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { createStripeSandbox } from './sandbox.ts';

const PORT_DEFAULT = '12111';

const configSchema = z.object({
  'stripe.secretKey': z._default(z.string().check(z.minLength(1)), 'sk_test_sandbox'),
  'stripe.webhookSecret': z._default(z.union([z.string(), z.array(z.string())]), 'whsec_sandbox'),
});
const urlsSchema = z.object({ stripe: z.optional(z.url()) });

/** Starts the sandbox as a process; the README describes the environment variables. */
async function main(env: NodeJS.ProcessEnv): Promise<void> {
  const config = z.parse(configSchema, JSON.parse(env['SANDBOX_CONFIG'] ?? '{}'));
  const urls = z.parse(urlsSchema, JSON.parse(env['SANDBOX_WEBHOOK_URLS'] ?? '{}'));
  const stateDir = env['SANDBOX_STATE_DIR'];
  // The state holds client secrets: nobody else on the machine may read it.
  process.umask(0o077);
  if (stateDir !== undefined) mkdirSync(stateDir, { recursive: true });
  const sandbox = createStripeSandbox({
    secretKey: config['stripe.secretKey'],
    webhookSecrets: [config['stripe.webhookSecret']].flat(),
    webhookUrl: urls.stripe,
    stateFile: stateDir === undefined ? undefined : join(stateDir, 'stripe.sqlite'),
  });
  let stopping: Promise<void> | undefined;
  const stop = (): void => {
    stopping ??= sandbox.close().finally(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  // The process that started the sandbox holds the other end: when it is gone, so is the need for the sandbox.
  if (env['SANDBOX_PORT'] !== undefined) process.stdin.once('close', stop).once('end', stop).resume();
  const origin = await sandbox.listen(Number(env['SANDBOX_PORT'] ?? PORT_DEFAULT));
  process.stdout.write(`${JSON.stringify({ port: Number(new URL(origin).port) })}\n`);
}

await main(process.env);
