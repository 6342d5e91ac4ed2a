import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Sandbox } from './sandbox.ts';

/** What a sandbox process is told by its environment; the sandboxes' READMEs describe the variables. */
export interface ProcessInput {
  /** `SANDBOX_CONFIG`, parsed. */
  readonly config: unknown;
  /** `SANDBOX_WEBHOOK_URLS`, parsed. */
  readonly webhookUrls: unknown;
  /** A file of this name in the state directory; undefined without one. */
  stateFile(name: string): string | undefined;
}

/** Runs a sandbox as a process of its own until it is told to stop, or until nobody needs it any more. */
export async function runSandbox(
  env: NodeJS.ProcessEnv,
  defaultPort: number,
  create: (input: ProcessInput) => Sandbox,
): Promise<void> {
  const stateDir = env['SANDBOX_STATE_DIR'];
  // The state holds secrets: nobody else on the machine may read it.
  process.umask(0o077);
  if (stateDir !== undefined) mkdirSync(stateDir, { recursive: true });
  const sandbox = create({
    config: JSON.parse(env['SANDBOX_CONFIG'] ?? '{}') as unknown,
    webhookUrls: JSON.parse(env['SANDBOX_WEBHOOK_URLS'] ?? '{}') as unknown,
    stateFile: (name) => (stateDir === undefined ? undefined : join(stateDir, name)),
  });
  let stopping: Promise<void> | undefined;
  const stop = (): void => {
    stopping ??= sandbox.close().finally(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  // The process that started the sandbox holds the other end: when it is gone, so is the need for the sandbox.
  if (env['SANDBOX_PORT'] !== undefined) process.stdin.once('close', stop).once('end', stop).resume();
  const origin = await sandbox.listen(Number(env['SANDBOX_PORT'] ?? defaultPort));
  process.stdout.write(`${JSON.stringify({ port: Number(new URL(origin).port) })}\n`);
}
