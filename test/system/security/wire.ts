import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fuzzed, fuzzFactor } from '../../support/fuzz.ts';
import { exchange } from '../../support/raw-socket.ts';
import { forEach } from '../../support/raw-http.ts';
import { leakIn, memoryOf, secretsOf } from './answers.ts';
import { webhookSigners } from './fuzz-webhooks.ts';
import { fuzzedConnection, type WireRequest } from './fuzz-wire.ts';
import type { SecuredSystem } from './secured-system.ts';

/** HTTP's answer to a version that the server does not speak; any other status from 500 on is a fault of ours. */
const VERSION_NOT_SUPPORTED = 505;

/** The front gives a client 30 seconds for a request; a machine that does much else takes longer to notice. */
const SLOW_WITHIN_MS = 60_000;
const MB = 1024 * 1024;
/** What connections may have of memory, all together and at most. */
const GROWTH_MAX_MB = 150;
/** More than a body may have, and what is on its way when the front closes. */
const ENDLESS_MAX_MB = 40;

const LINE = '\r\n';
const BODY = '{"query":"{ __typename }"}';
const LENGTH = `content-length: ${BODY.length}`;
const CHUNKED = 'transfer-encoding: chunked';
const CHUNKS = `${BODY.length.toString(16)}${LINE}${BODY}${LINE}0${LINE}${LINE}`;

/** Requests before which another follows, how each is framed, and the statuses of the answers. */
const framings: readonly [string, lines: readonly string[], body: string, statuses: readonly number[]][] = [
  ['a length', [LENGTH], BODY, [200, 200]],
  ['chunks', [CHUNKED], CHUNKS, [200, 200]],
  ['a length twice', [LENGTH, LENGTH], BODY, [400]],
  ['two lengths', [LENGTH, 'content-length: 0'], BODY, [400]],
  ['a list of lengths', [`${LENGTH}, ${BODY.length}`], BODY, [400]],
  ['a length with a sign', [`content-length: +${BODY.length}`], BODY, [400]],
  ['a negative length', ['content-length: -1'], BODY, [400]],
  ['a length in hexadecimal', [`content-length: 0x${BODY.length.toString(16)}`], BODY, [400]],
  ['a length beyond every number', [`content-length: ${'9'.repeat(40)}`], BODY, [400]],
  ['a length and chunks', [LENGTH, CHUNKED], CHUNKS, [400]],
  ['chunks and a length', [CHUNKED, 'content-length: 0'], CHUNKS, [400]],
  ['chunks twice', [CHUNKED, CHUNKED], CHUNKS, [400]],
  ['chunks that are not the last encoding', ['transfer-encoding: chunked, gzip'], CHUNKS, [400]],
  ['an encoding that is none', ['transfer-encoding: xchunked'], CHUNKS, [400]],
  ['a length of a chunk that is no number', [CHUNKED], `zz${CHUNKS}`, [400]],
  ['a length of a chunk with a sign', [CHUNKED], `+${CHUNKS}`, [400]],
  ['a chunk longer than it says', [CHUNKED], `1${LINE}${BODY}${LINE}0${LINE}${LINE}`, [400]],
  ['a chunk longer than every number', [CHUNKED], `${'f'.repeat(17)}${LINE}${BODY}`, [400]],
  ['lines that end with a line feed alone', [CHUNKED], CHUNKS.replaceAll(LINE, '\n'), [400]],
];

/** Requests that no client sends, and the statuses of the answers; nothing is read after them. */
const refused: readonly [string, head: readonly string[], status: number][] = [
  ['no host', ['GET /plugins HTTP/1.1'], 400],
  ['two hosts', ['GET /plugins HTTP/1.1', 'host: localhost', 'host: localhost'], 400],
  ['another host', ['GET /plugins HTTP/1.1', 'host: evil.example'], 403],
  ['an address of another host', ['GET http://evil.example/plugins HTTP/1.1', 'host: localhost'], 400],
  ['a tunnel', ['CONNECT evil.example:443 HTTP/1.1', 'host: localhost'], 400],
  ['no path', ['OPTIONS * HTTP/1.1', 'host: localhost'], 400],
  ['no such method', ['STEAL /plugins HTTP/1.1', 'host: localhost'], 400],
  ['HTTP/2', ['GET /plugins HTTP/2.0', 'host: localhost'], VERSION_NOT_SUPPORTED],
  ['HTTP/0.9', ['GET /plugins'], VERSION_NOT_SUPPORTED],
  ['a NUL in the path', ['GET /plugins\u0000 HTTP/1.1', 'host: localhost'], 400],
  ['half an encoded byte', ['GET /plugins/%2 HTTP/1.1', 'host: localhost'], 400],
  ['an encoded byte that is no text', ['GET /plugins/%ff HTTP/1.1', 'host: localhost'], 400],
  ['bytes that are no ASCII in the path', ['GET /plugins/\u00ff HTTP/1.1', 'host: localhost'], 400],
  ['a path without end', [`GET /${'a'.repeat(11_000)} HTTP/1.1`, 'host: localhost'], 431],
  ['a NUL in a header', ['GET /plugins HTTP/1.1', 'host: localhost', 'a: \u0000'], 400],
  ['a space before the colon', ['GET /plugins HTTP/1.1', 'host: localhost', 'authorization : x'], 400],
  ['a folded header', ['GET /plugins HTTP/1.1', 'host: localhost', 'a: b', ' c'], 400],
  ['a header without end', ['GET /plugins HTTP/1.1', 'host: localhost', `a: ${'b'.repeat(11_000)}`], 431],
  [
    'headers without end',
    ['GET /plugins HTTP/1.1', 'host: localhost', ...Array.from({ length: 3_000 }, () => 'a: b')],
    431,
  ],
  ['an expectation that is none', ['GET /plugins HTTP/1.1', 'host: localhost', 'expect: money'], 417],
];

/** The HTTP front by bytes, as they come over a socket. @param system the started one */
export function wireTests(system: () => SecuredSystem): void {
  const own = () => system().ownHeaders.map(([name, value]) => `${name}: ${value}`);
  const sendText = (text: string) =>
    exchange(system().platform.url, { pieces: [Buffer.from(text, 'latin1')], ending: 'wait' });
  const get = (path: string, ...more: readonly string[]) =>
    [`GET ${path} HTTP/1.1`, 'host: localhost', ...own(), ...more, '', ''].join(LINE);

  describe('whose request tells its length by', () => {
    it.each(framings)('%s', async (_, lines, body, statuses) => {
      const head = ['POST /graphql HTTP/1.1', 'host: localhost', ...own(), ...lines, '', ''].join(LINE);
      const next = get('/plugins', 'connection: close');
      expect((await sendText(head + body + next)).statuses).toEqual(statuses);
    });
  });

  it.each(refused)('is refused with %s', async (_, head, status) => {
    const { statuses, text } = await sendText([...head, 'connection: close', '', ''].join(LINE));
    expect(statuses).toEqual([status]);
    expect(leakIn(text, secretsOf(system()))).toBeUndefined();
  });

  it('may be broken off at any time', async () => {
    const { platform, send, ownHeaders } = system();
    const post = ['POST /graphql HTTP/1.1', 'host: localhost', ...own(), LENGTH, '', BODY].join(LINE);
    const sent = [...refused.map(([, head]) => [...head, '', ''].join(LINE)), get('/plugins'), post];
    // The reset has to come between the arrival of the request and the answer, which takes several tries.
    const moments = sent.flatMap((text) =>
      Array.from({ length: 40 }, (_, at) => ({ text, pauseMs: at % 4 })),
    );
    await forEach(moments, ({ text, pauseMs }) => {
      const pieces = [Buffer.from(text, 'latin1'), Buffer.from('x')];
      return exchange(platform.url, { pieces, pauseMs, ending: 'reset' });
    });
    expect((await send({ method: 'GET', path: '/plugins', headers: ownHeaders })).status).toBe(200);
  });

  it('is answered in the order of its requests, however many come at once', async () => {
    const many = (get('/plugins') + get('/no-such-path')).repeat(30);
    const { statuses } = await sendText(many + get('/plugins', 'connection: close'));
    expect(statuses).toEqual(Array.from({ length: 61 }, (__, index) => (index % 2 === 0 ? 200 : 404)));
  });

  it('is closed when it is slow, and keeps nobody else waiting', async () => {
    const { platform, send, ownHeaders } = system();
    const bytes = (text: string) => Array.from(text, (one) => Buffer.from(one));
    const head = ['POST /graphql HTTP/1.1', 'host: localhost', ...own(), LENGTH, '', ''].join(LINE);
    const slow: Readonly<Record<string, Parameters<typeof exchange>[1]>> = {
      nothing: { pieces: [], ending: 'wait' },
      'half a line': { pieces: [Buffer.from('POST /gra')], ending: 'wait' },
      'headers by the byte': { pieces: bytes(head), pauseMs: 500, ending: 'wait' },
      'no body': { pieces: [Buffer.from(head)], ending: 'wait' },
      'a body by the byte': { pieces: [Buffer.from(head), ...bytes(BODY)], pauseMs: 2_500, ending: 'wait' },
    };
    const closing = Promise.all(
      Object.entries(slow).map(async ([name, sent]) => {
        const { statuses } = await exchange(platform.url, sent, SLOW_WITHIN_MS);
        return [name, statuses] as const;
      }),
    );
    const healthy = await send({ method: 'GET', path: '/plugins', headers: ownHeaders });
    expect(healthy.status).toBe(200);
    expect(Object.fromEntries(await closing)).toEqual(
      Object.fromEntries(Object.keys(slow).map((name) => [name, [408]])),
    );
  });

  it('is closed when what it sends has no end, before memory does', async () => {
    const { platform } = system();
    const endless = function* (head: string, piece: string): Generator<Buffer> {
      yield Buffer.from(head);
      for (const bytes = Buffer.from(piece); ;) yield bytes;
    };
    const start = ['POST /graphql HTTP/1.1', 'host: localhost', ...own()].join(LINE);
    const chunked = `${start}${LINE}${CHUNKED}${LINE}${LINE}`;
    const chunk = `10000${LINE}${'x'.repeat(0x10000)}${LINE}`;
    const huge = `${start}${LINE}content-length: ${10 ** 12}${LINE}${LINE}`;
    const before = memoryOf(system());
    const kinds = {
      'a start line': [endless('', 'x'.repeat(1_000)), 400],
      headers: [endless(`${start}${LINE}`, `a: b${LINE}`.repeat(100)), 431],
      chunks: [endless(chunked, chunk), 413],
      'an extension of a chunk': [endless(`${chunked}5;`, 'x'.repeat(1_000)), 413],
      'a body that says how long it is': [endless(huge, 'x'.repeat(65_536)), 413],
    } as const;
    for (const [name, [pieces, status]] of Object.entries(kinds)) {
      const sent = exchange(platform.url, { pieces, ending: 'wait' });
      const { statuses, sentBytes } = await sent.catch((error: Error) => {
        throw new Error(`${name}: ${error.message}`);
      });
      // What came after the answer may have reset the connection before the answer was read.
      expect([[], [status]], name).toContainEqual(statuses);
      expect(sentBytes, name).toBeLessThan(ENDLESS_MAX_MB * MB);
    }
    const grown = [...memoryOf(system())].filter(([pid, mb]) => mb > (before.get(pid) ?? mb) + GROWTH_MAX_MB);
    expect(grown).toEqual([]);
  });

  it('is closed in time, without a fault or a leak, whatever comes', async () => {
    const { platform, ownHeaders, send } = system();
    const secrets = secretsOf(system());
    const signers = await webhookSigners(platform);
    const delivery = '{"id":"evt_1","object":"event","type":"thing.happened"}';
    const requests: readonly WireRequest[] = [
      { method: 'POST', path: '/payments', body: '{"amount":1,"currency":"usd"}', headers: ownHeaders },
      { method: 'POST', path: '/graphql', body: BODY, headers: ownHeaders },
      { method: 'GET', path: '/payments', body: '', headers: ownHeaders },
      {
        method: 'POST',
        path: '/webhooks/stripe',
        body: delivery,
        headers: signers.stripe(Buffer.from(delivery)),
      },
      { method: 'POST', path: '/dev/token', body: '{"sub":"a"}', headers: [] },
    ];
    const inputs = fc.sample(fuzzedConnection(requests), fuzzed(300));
    const seen = new Map<number, number>();
    const faults = await forEach(inputs, async (sent) => {
      const shown = JSON.stringify(
        Buffer.concat([...sent.pieces])
          .toString('latin1')
          .slice(0, 600),
      );
      const answer = await exchange(platform.url, sent).catch((error: Error) => error);
      if (answer instanceof Error) return `${answer.message}: ${shown}`;
      for (const status of answer.statuses) seen.set(status, (seen.get(status) ?? 0) + 1);
      const isFault = answer.statuses.some((status) => status >= 500 && status !== VERSION_NOT_SUPPORTED);
      const fault = isFault ? 'a fault' : leakIn(answer.text, secrets);
      return fault && `${fault}: ${answer.text.slice(0, 400)}\n  of ${shown}`;
    });
    expect(faults.filter((fault) => fault !== undefined)).toEqual([]);
    expect((await send({ method: 'GET', path: '/plugins', headers: ownHeaders })).status).toBe(200);
    const answers = [...seen].toSorted(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`);
    console.log(`fuzz: ${inputs.length} connections (${fuzzFactor} times), answers ${answers.join(', ')}`);
  });
}
