import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, it } from 'vitest';

const SANDBOXES = join(import.meta.dirname, '../../../../../plugins/payment/sandbox');

/** Starts and kills a provider's sandbox as processes that share a state folder for one test. */
export function processesOf(provider: 'stripe' | 'paypal', config: Readonly<Record<string, unknown>>) {
  let stateDir = '';
  const children: ChildProcess[] = [];

  beforeEach(async () => {
    stateDir = await mkdtemp(join(tmpdir(), `${provider}-sandbox-`));
  });
  afterEach(async () => {
    for (const child of children.splice(0)) await kill(child);
    await rm(stateDir, { recursive: true });
  });

  const kill = async (child: ChildProcess): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  };

  const start = async (webhookUrl?: string): Promise<{ child: ChildProcess; origin: string }> => {
    const child = spawn(process.execPath, [join(SANDBOXES, provider, 'main.ts')], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: {
        ...process.env,
        SANDBOX_PORT: '0',
        SANDBOX_STATE_DIR: stateDir,
        SANDBOX_CONFIG: JSON.stringify(config),
        SANDBOX_WEBHOOK_URLS: JSON.stringify(webhookUrl === undefined ? {} : { [provider]: webhookUrl }),
      },
    });
    children.push(child);
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    return { child, origin: `http://127.0.0.1:${(JSON.parse(line) as { port: number }).port}` };
  };

  it.each(['stdin', 'SIGTERM'])('ends by itself on %s', async (how) => {
    const { child } = await start();
    const exited = once(child, 'exit');
    if (how === 'stdin') child.stdin?.end();
    else child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
  });

  return { kill, start };
}
