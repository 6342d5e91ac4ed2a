import { expect, it } from 'vitest';
import { apart } from '#infra/local/apart.ts';
import { startEngineProcess } from '#infra/local/engine/process.ts';
import { engineBinary } from '#infra/local/engine/binary.ts';
import { startGuard } from '#infra/local/lambda/guard.ts';
import { freePort } from '#infra/local/ports.ts';

it('processes are apart from Ctrl-C in a group of their own, on Windows with a console of their own', () => {
  expect(apart('darwin')).toEqual({ detached: true });
  expect(apart('linux')).toEqual({ detached: true });
  // Detached ones would outlive the runner there.
  expect(apart('win32')).toEqual({ windowsHide: true });
});

it('on Windows no process guards the others, since the system does', () => {
  const guard = startGuard('win32');
  expect(() => guard.watch(1)()).not.toThrow();
  guard.close();
});

it('on Windows the engine is started and ended without a shell', async () => {
  const program = engineBinary('@dynoxide/linux-x64') ?? '';
  const argsFor = (port: number) => ['serve', '--host', '127.0.0.1', '--port', String(port)];
  const started = await startEngineProcess(
    { program, argsFor, answersWithinMs: 10_000 },
    await freePort(),
    'win32',
  );
  if (started.endpoint === undefined) throw new Error(started.lastLines.join('\n'));
  expect(started.child.spawnfile).toBe(program);
  await started.stop();
  expect(started.child.exitCode).toBe(0);
});

it('an engine that ends at once is reported with its last words', async () => {
  const argsFor = () => ['-e', 'console.error("no such disk"); process.exit(3)'];
  const started = await startEngineProcess(
    { program: process.execPath, argsFor, answersWithinMs: 10_000 },
    1,
  );
  expect(started).toEqual({ endpoint: undefined, lastLines: ['no such disk'] });
});
