import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StartupError } from '#infra/local/errors.ts';
import { openState } from '#infra/local/state/open.ts';
import { deadQueue, queue } from '../aws-endpoint/fixture.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'anineeplus-'));
});
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(dir, { recursive: true, force: true });
});

/** Runs code on an open state in a process of its own, until it is killed. */
async function elsewhere(code: string) {
  const script = `
    import { openState } from ${JSON.stringify(new URL('../../../../../infra/local/state/open.ts', import.meta.url))};
    const state = openState(${JSON.stringify(dir)});
    ${code}
    console.log('ready');
    setInterval(() => {}, 1000);`;
  const child = spawn('node', ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  await once(child.stdout, 'data');
  return child;
}

describe('state', () => {
  it('survives SIGKILL, and what was in flight is visible again', async () => {
    const child = await elsewhere(`
      const queue = ${JSON.stringify(queue)};
      state.queues.send(queue.name, { body: 'taken' });
      state.queues.receive(queue, 1, 3600);
      state.queues.send(queue.name, { body: 'delayed', delaySeconds: 600 });
      state.secrets.put('s', 'one');
      state.secrets.put('s', 'two');
      state.mappings.setEnabled('m', false);
      state.mappings.setPosition('m', 'arn', { shardId: 'shard', sequenceNumber: '7' });
      state.bus.append({ id: 'e', time: '2026-01-01T00:00:00.000Z', source: 'x', detailType: 'a.b.v1', detail: { n: 1 }, matchedRules: [] });
    `);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const state = openState(dir);
    expect(state.queues.counts(queue.name)).toEqual({ visible: 1, inFlight: 0, delayed: 1 });
    expect(state.queues.receive(queue, 10)).toMatchObject([{ body: 'taken', receiveCount: 2 }]);
    expect(state.secrets.staged('s')?.text).toBe('two');
    expect(state.secrets.staged('s', 'AWSPREVIOUS')?.text).toBe('one');
    expect(state.mappings.enabled('m')).toBe(false);
    expect(state.mappings.position('m', 'arn')).toEqual({ shardId: 'shard', sequenceNumber: '7' });
    expect(state.bus.query()).toMatchObject([{ id: 'e', detail: { n: 1 } }]);
    state.close();
  });

  it('belongs to one process at a time, and names the one that has it', async () => {
    const child = await elsewhere('');
    expect(() => openState(dir)).toThrow(StartupError);
    expect(() => openState(dir)).toThrow(new RegExp(`process ${child.pid}\\).*--state`));
    child.kill('SIGKILL');
    await once(child, 'exit');
    openState(dir).close();
    openState(dir).close();
  });

  it('is readable by its owner only', () => {
    const state = openState(dir);
    expect(statSync(join(dir, 'state.sqlite')).mode & 0o077).toBe(0);
    state.close();
  });

  it('does all of a transaction or nothing', () => {
    const state = openState(dir);
    const failing = () =>
      state.transaction(() => {
        state.queues.send(queue.name, { body: 'x' });
        throw new Error('no');
      });
    expect(failing).toThrow('no');
    expect(state.queues.counts(queue.name).visible).toBe(0);
    state.close();
  });
});

describe('queues', () => {
  it('drop what is older than the retention, also in a dead-letter queue', () => {
    const state = openState(dir);
    state.queues.send(queue.name, { body: 'x' });
    const shortLived = { ...queue, retentionSeconds: -1 };
    expect(state.queues.receive(shortLived, 1)).toEqual([]);
    expect(state.queues.counts(queue.name).visible).toBe(0);
    state.close();
  });

  it('wake who waits when a message comes to a dead-letter queue', async () => {
    const state = openState(dir);
    const waiting = state.queues.untilVisible(deadQueue.name, 20_000);
    state.queues.send(queue.name, { body: 'x' });
    for (let count = 0; count < 3; count++) state.queues.receive(queue, 1, 0);
    await waiting;
    expect(state.queues.receive(deadQueue, 1)).toMatchObject([{ body: 'x', deadLetterSourceArn: queue.arn }]);
    state.close();
  });
});

describe('the bus log', () => {
  it('finds events by type, by its first parts, by time, and after an event', () => {
    const state = openState(dir);
    const types = ['payment.succeeded.v1', 'payment.succeeded.v10', 'payments.x', 'payment.failed.v1'];
    for (const [at, detailType] of types.entries()) {
      const time = `2026-01-01T00:00:0${at}.000Z`;
      state.bus.append({ id: `e${at}`, time, source: 's', detailType, detail: {}, matchedRules: [] });
    }
    const ids = (type?: string, since?: string) => state.bus.query({ type, since }).map(({ id }) => id);
    expect(ids()).toEqual(['e0', 'e1', 'e2', 'e3']);
    expect(ids('payment.succeeded.v1')).toEqual(['e0']);
    for (const type of ['payment', 'payment.', 'payment.*']) expect(ids(type)).toEqual(['e0', 'e1', 'e3']);
    expect(ids(undefined, '2026-01-01T00:00:02Z')).toEqual(['e2', 'e3']);
    expect(ids('payment', 'e1')).toEqual(['e3']);
    expect(ids(undefined, 'unknown')).toEqual([]);
    state.close();
  });

  it('keeps the last 10,000 events', () => {
    const state = openState(dir);
    state.transaction(() => {
      for (let at = 0; at < 10_010; at++) {
        const time = '2026-01-01T00:00:00.000Z';
        state.bus.append({ id: `e${at}`, time, source: 's', detailType: 't', detail: {}, matchedRules: [] });
      }
    });
    const kept = state.bus.query();
    expect(kept).toHaveLength(10_000);
    expect(kept[0]?.id).toBe('e10');
    state.close();
  });
});

describe('a folder that cannot hold the state', () => {
  it.each([
    ['is a file', (folder: string) => writeFileSync(folder, ''), 'cannot hold the state (EEXIST'],
    [
      'has a damaged database',
      (folder: string) => {
        mkdirSync(folder);
        writeFileSync(join(folder, 'state.sqlite'), 'no database at all');
      },
      'state.sqlite cannot be read (file is not a database): try --reset',
    ],
  ])('is refused in one line: it %s', (_, make, message) => {
    const parent = mkdtempSync(join(tmpdir(), 'anineeplus-state-'));
    const folder = join(parent, 'state');
    make(folder);
    for (const _time of [1, 2]) expect(() => openState(folder)).toThrow(message);
    rmSync(parent, { recursive: true });
  });
});
