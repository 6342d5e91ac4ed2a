import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixture } from './synth.ts';

interface Line {
  readonly event: 'compiled' | 'built' | 'error' | 'manifest-changed';
  readonly plugin?: string;
  readonly dir?: string;
  readonly ms?: number;
  readonly message?: string;
}

// Inside the repository, where packages resolve.
const root = join(import.meta.dirname, `.watch-${process.pid}`);
const handler = join(root, 'plugins/shop/functions/webhook-courier.ts');
let child: ChildProcess;
let original: string;
const seen: Line[] = [];
let arrived: (() => void) | undefined;

/**
 * The next line that fits, from now on. The watcher may be starting: the change is asked for again until it is compiled,
 * and not after that, since a further change ends the check of the one before.
 */
async function after(change: () => void, fits: (line: Line) => boolean): Promise<Line> {
  seen.length = 0;
  for (;;) {
    if (seen.every(({ event }) => event === 'manifest-changed')) change();
    const patience = AbortSignal.timeout(2_000);
    while (!patience.aborted) {
      const found = seen.find(fits);
      if (found) return found;
      await new Promise<void>((done) => {
        arrived = done;
        patience.addEventListener('abort', () => done(), { once: true });
      });
    }
  }
}

beforeAll(() => {
  cpSync(fixture('full'), root, { recursive: true });
  original = readFileSync(handler, 'utf8');
  child = spawn(process.execPath, [resolve(import.meta.dirname, '../../infra/bundling/watch.ts')], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (text) => {
    seen.push(JSON.parse(text) as Line);
    arrived?.();
  });
});

afterAll(() => {
  child.kill('SIGKILL');
  rmSync(root, { recursive: true, force: true });
});

test('a change is built into a fresh folder, of its plugin only', async () => {
  const edit = () => writeFileSync(handler, original.replace('plugin.manifest.version', `'edited'`));
  const built = await after(edit, ({ event }) => event === 'built');
  expect(built).toEqual({
    event: 'built',
    plugin: 'shop',
    dir: expect.any(String) as string,
    ms: expect.any(Number) as number,
  });
  // The reader has had it serve by then.
  expect(seen.slice(0, seen.indexOf(built))).toContainEqual({
    event: 'compiled',
    plugin: 'shop',
    dir: built.dir,
    ms: built.ms,
    early: true,
  });
  const file = join(built.dir ?? '', 'functions/webhook-courier.mjs');
  const module = (await import(pathToFileURL(file).href)) as { handler: () => Promise<unknown> };
  expect(await module.handler()).toBe('edited');

  const again = await after(
    () => writeFileSync(handler, original),
    ({ event }) => event === 'built',
  );
  expect(again.dir).not.toBe(built.dir);
  expect(existsSync(built.dir ?? '')).toBe(true);
});

test('an error is reported and the next good build works', async () => {
  const failed = await after(
    () => writeFileSync(handler, 'export const = ;'),
    ({ event }) => event === 'error',
  );
  expect(failed).toMatchObject({ plugin: 'shop' });
  expect(failed.message).toContain('webhook-courier.ts:1');
  const fixed = await after(
    () => writeFileSync(handler, original),
    ({ event }) => event === 'built',
  );
  expect(fixed.plugin).toBe('shop');
});

test('a new manifest asks for a new synth', async () => {
  const manifest = join(root, 'plugins/shop/plugin.json');
  const text = readFileSync(manifest, 'utf8');
  const line = await after(
    () => writeFileSync(manifest, text.replace('"1.2.0"', '"1.2.1"')),
    ({ event }) => event === 'manifest-changed',
  );
  expect(line).toEqual({ event: 'manifest-changed' });
});

test('so does code that changes the description of the API', async () => {
  const code = join(root, 'plugins/shop/plugin.ts');
  const text = readFileSync(code, 'utf8');
  let round = 0;
  const edit = () =>
    writeFileSync(code, text.replace('Creates an order', `Creates an order, ${(round += 1)}`));
  const line = await after(edit, ({ event }) => event === 'manifest-changed');
  expect(line.event).toBe('manifest-changed');
});

test('it ends when stdin closes, and leaves nothing behind', async () => {
  const { dir } = await after(
    () => writeFileSync(handler, `${original}\n`),
    ({ event }) => event === 'built',
  );
  child.stdin?.end();
  const [code] = (await once(child, 'exit')) as [number];
  expect(code).toBe(0);
  expect(existsSync(dir ?? '')).toBe(false);
});
