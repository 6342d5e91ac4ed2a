import { setTimeout as sleep } from 'node:timers/promises';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventStream } from '#infra/local/dev/event-stream.ts';
import { type HttpServer, startHttpServer } from '#infra/local/http/server.ts';
import { openState } from '#infra/local/state/open.ts';
import type { State } from '#infra/local/state/types.ts';

let stateDir: string;
let state: State;
let server: HttpServer;
let begin: { type?: string; since?: string; last: number };

beforeEach(async () => {
  stateDir = mkdtempSync(join(tmpdir(), 'anineeplus-stream-'));
  state = openState(stateDir);
  begin = { last: 0 };
  server = await startHttpServer(0, async () =>
    eventStream(state.bus, { type: begin.type, aggregate: undefined, since: begin.since, last: begin.last }),
  );
});
afterEach(async () => {
  await server.close();
  state.close();
  rmSync(stateDir, { recursive: true, force: true });
});

const put = (id: string, detailType = 'payment.paid.v1') =>
  state.bus.append({
    id,
    detailType,
    time: '2026-11-24T10:00:00.000Z',
    source: 's',
    detail: {},
    matchedRules: [],
  });

/** Reads the stream until it has so many events. */
async function read(count: number, meanwhile: () => void = () => {}) {
  const response = await fetch(`http://127.0.0.1:${server.port}/`);
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = (await reader.read()).value ?? '';
  meanwhile();
  while (text.split('data: ').length <= count) {
    const { value, done } = await reader.read();
    if (done) break;
    text += value;
  }
  await reader.cancel();
  return [...text.matchAll(/^id: (.+)\ndata: (.+)\n\n/gm)].map(([, id, data]) => {
    expect(JSON.parse(data!)).toMatchObject({ id });
    return id;
  });
}

it('begins with the last events and goes on with those that come', async () => {
  ['1', '2', '3'].forEach((id) => put(id));
  begin = { last: 2 };
  expect(await read(4, () => ['4', '5'].forEach((id) => put(id)))).toEqual(['2', '3', '4', '5']);
});

it('begins with nothing, also on an empty bus', async () => {
  expect(await read(1, () => put('1'))).toEqual(['1']);
  expect(await read(1, () => put('2'))).toEqual(['2']);
});

it('goes on where a client that comes back has left off, by type', async () => {
  put('1');
  put('2', 'refund.succeeded.v1');
  put('3');
  begin = { since: '1', type: 'payment', last: 100 };
  expect(
    await read(2, () => {
      put('4', 'refund.succeeded.v1');
      put('5');
    }),
  ).toEqual(['3', '5']);
});

it('sends no event that was taken back with its transaction', async () => {
  const undone = () =>
    state.transaction(() => {
      put('1');
      throw new Error('undone');
    });
  expect(
    await read(1, () => {
      expect(undone).toThrow('undone');
      put('2');
    }),
  ).toEqual(['2']);
});

it('ends with the server, which does not wait for it', async () => {
  const response = await fetch(`http://127.0.0.1:${server.port}/`);
  const ended = response.text().then(
    () => 'ended',
    () => 'ended',
  );
  const startedAt = performance.now();
  await server.close();
  expect(performance.now() - startedAt).toBeLessThan(1500);
  expect(await Promise.race([ended, sleep(1000, 'still open')])).toBe('ended');
});
