import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it, vi } from 'vitest';
import { isAlive } from './fixture.ts';

it('a child in an endless loop has ended after its parent was killed with -9; one that is not watched goes on', async () => {
  const guard = join(import.meta.dirname, '../../../../../infra/local/lambda/guard.ts');
  const script = `
    import { spawn } from 'node:child_process';
    import { startGuard } from ${JSON.stringify(guard)};
    const guard = startGuard();
    const spin = () => spawn(process.execPath, ['-e', 'for (;;);'], { detached: true, stdio: 'ignore' }).pid;
    const pids = [spin(), spin(), spin()];
    const [, letGo] = pids.map((pid) => guard.watch(pid));
    letGo();
    setTimeout(() => console.log(JSON.stringify(pids)), 100);
    setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [first, letGo, third] = await new Promise<number[]>((resolve) =>
    createInterface({ input: parent.stdout }).once('line', (line) => resolve(JSON.parse(line) as number[])),
  );
  try {
    parent.kill('SIGKILL');
    await vi.waitFor(() => expect([first!, third!].filter(isAlive)).toEqual([]), 10_000);
    expect(isAlive(letGo!)).toBe(true);
  } finally {
    process.kill(letGo!, 'SIGKILL');
  }
});
