import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import type { Sandbox, SandboxOptions } from './sandbox.ts';

/** A provider's sandbox as a process; the sandboxes' READMEs describe the environment that it reads. */
interface SandboxProcess<S extends z.ZodMiniType> {
  /** The name of its state file, and of its URL in `SANDBOX_WEBHOOK_URLS`. */
  readonly name: string;
  readonly defaultPort: number;
  /** The schema of `SANDBOX_CONFIG`. */
  readonly config: S;
  readonly create: (config: z.output<S>, options: SandboxOptions) => Sandbox;
}

/** Runs a sandbox until SIGTERM or SIGINT, or until the process that started it ends. */
export async function runSandbox<S extends z.ZodMiniType>(
  env: NodeJS.ProcessEnv,
  { config, create, defaultPort, name }: SandboxProcess<S>,
): Promise<void> {
  const stateDir = env['SANDBOX_STATE_DIR'];
  // The state holds secrets: nobody else on the machine may read it.
  process.umask(0o077);
  if (stateDir !== undefined) mkdirSync(stateDir, { recursive: true });
  const urls = z.object({ [name]: z.optional(z.url()) });
  const sandbox = create(z.parse(config, JSON.parse(env['SANDBOX_CONFIG'] ?? '{}')), {
    webhookUrl: z.parse(urls, JSON.parse(env['SANDBOX_WEBHOOK_URLS'] ?? '{}'))[name],
    stateFile: stateDir === undefined ? undefined : join(stateDir, `${name}.sqlite`),
  });
  let stopping: Promise<void> | undefined;
  const stop = (): void => {
    stopping ??= sandbox.close().finally(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  // The process that started the sandbox holds the other end of its standard input.
  if (env['SANDBOX_PORT'] !== undefined) process.stdin.once('close', stop).once('end', stop).resume();
  const origin = await sandbox.listen(Number(env['SANDBOX_PORT'] ?? defaultPort));
  process.stdout.write(`${JSON.stringify({ port: Number(new URL(origin).port) })}\n`);
}
