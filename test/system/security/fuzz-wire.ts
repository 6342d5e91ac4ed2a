import * as fc from 'fast-check';
import type { Sent } from '../../support/raw-socket.ts';

/** A well-formed request, which is changed on its way. */
export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

const LINE = '\r\n';
/** More than the front reads of a start line with its headers. */
const LONG = 'x'.repeat(11_000);

/** Header lines that tell the length of a body, and what is sent as the body. */
type Framing = readonly [lines: readonly string[], sent: string];

/** The length of a body: right, wrong, unreadable, twice, in two ways, or not told. */
function framing(body: string): fc.Arbitrary<Framing> {
  const length = Buffer.byteLength(body);
  const hex = length.toString(16);
  const end = `${LINE}0${LINE}${LINE}`;
  const told = fc.constantFrom(
    '',
    ' ',
    '0',
    '1',
    '-1',
    '+1',
    '0x10',
    '1e2',
    'NaN',
    '1,1',
    '9'.repeat(10),
    '9'.repeat(40),
    `${length}`,
    `${length} `,
    `0${length}`,
    `${length}, ${length}`,
    `${length - 1}`,
    `${length + 1}`,
  );
  const chunks = fc.constantFrom(
    `${hex}${LINE}${body}${end}`,
    `${hex};a=b${LINE}${body}${end}`,
    `${hex};a="${LONG}"${LINE}${body}${end}`,
    `zz${LINE}${body}${end}`,
    `-1${LINE}${body}${end}`,
    `1${LINE}${body}${end}`,
    `0x${hex}${LINE}${body}${end}`,
    `ffffffffffffffff${LINE}${body}`,
    `7fffffff${LINE}${body}`,
    body,
    '',
    '0',
    `0${LINE}`,
    `${hex}\n${body}\n0\n\n`,
    `${hex}${LINE}${body}0${LINE}${LINE}`,
    `${hex}${LINE}${body}${LINE}0${LINE}content-length: 1${LINE}authorization: x${LINE}${LINE}`,
    `${hex}${LINE}${body}${LINE}0${LINE}${`a: ${LONG}${LINE}`.repeat(3)}${LINE}`,
  );
  const encoding = fc.constantFrom(
    'chunked',
    'Chunked',
    ' chunked',
    '\tchunked',
    'chunked;a=b',
    '"chunked"',
    'xchunked',
    'identity',
    '',
    'chunked, chunked',
    'gzip, chunked',
    'chunked, gzip',
    ',chunked',
  );
  const lengthLine = told.map((value) => `content-length: ${value}`);
  const encodingLine = encoding.map((value) => `transfer-encoding: ${value}`);
  return fc.oneof(
    { weight: 8, arbitrary: fc.constant<Framing>([[`content-length: ${length}`], body]) },
    lengthLine.map((line): Framing => [[line], body]),
    fc.tuple(lengthLine, lengthLine).map((lines): Framing => [lines, body]),
    fc.tuple(encodingLine, chunks).map(([line, sent]): Framing => [[line], sent]),
    fc.tuple(encodingLine, encodingLine, chunks).map(([one, two, sent]): Framing => [[one, two], sent]),
    fc.tuple(lengthLine, encodingLine, chunks).map(([one, two, sent]): Framing => [[one, two], sent]),
    fc.constant<Framing>([[], body]),
  );
}

const startLine = ({ method, path }: WireRequest): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constant(`${method} ${path} HTTP/1.1`) },
    fc.constantFrom(
      ...['HTTP/1.0', 'HTTP/0.9', 'HTTP/2.0', 'HTTP/3', 'http/1.1', 'HTTP/1.1.1', 'HTTP/', 'ICY/1.1', ''].map(
        (version) => `${method} ${path} ${version}`,
      ),
      ...[
        '',
        '?',
        '?%',
        '?a=%zz&b=%ff',
        '?\u00ff',
        '#a',
        '/../..',
        '/%2e%2e/%00',
        '//',
        '\u0000',
        '\u00ff\u00fe',
      ].map((more) => `${method} ${path}${more} HTTP/1.1`),
      ...['get', 'TRACE', 'PROPFIND', 'HEAD', 'OPTIONS', 'P\u0000ST', 'é', 'X'.repeat(300)].map(
        (other) => `${other} ${path} HTTP/1.1`,
      ),
      `${method}  ${path}  HTTP/1.1`,
      `${method}\t${path}\tHTTP/1.1`,
      ` ${method} ${path} HTTP/1.1`,
      `${method} http://evil.example${path} HTTP/1.1`,
      `${method} //evil.example${path} HTTP/1.1`,
      `${method} evil.example HTTP/1.1`,
      `${method} \\\\evil HTTP/1.1`,
      `${method} %2e HTTP/1.1`,
      'OPTIONS * HTTP/1.1',
      'CONNECT evil.example:443 HTTP/1.1',
      'PRI * HTTP/2.0',
      '',
      LONG,
      `${method} /${LONG} HTTP/1.1`,
      `${method} ${path}?${'a=1&'.repeat(2_000)} HTTP/1.1`,
    ),
  );

/** Header lines that mean something to a server, or cannot be read. */
const LINES = [
  'host: evil.example',
  'host:',
  'host: localhost',
  'no colon',
  'name : value',
  ' folded',
  ': empty',
  'a\u0000b: c',
  'a: \u0000',
  'a: \u0001\u007f',
  'a: b\rc',
  'a: b\nc',
  'a: \u00ff\u00fe',
  '\u00e9: a',
  'content-type: text/plain',
  'content-type: ',
  'content-encoding: gzip',
  'cookie: a=1',
  'cookie: ;;=',
  'expect: 100-continue',
  'expect: the-unexpected',
  'upgrade: websocket',
  'connection: upgrade',
  'connection: close',
  'connection: keep-alive, authorization',
  'te: trailers',
  'trailer: authorization',
  '__proto__: x',
  'constructor: x',
  'x-forwarded-host: evil.example',
  'x-http-method-override: DELETE',
  `a: ${LONG}`,
  `${LONG}: a`,
  Array.from({ length: 2_100 }, () => 'a:b').join(LINE),
];

/** Header lines beside those of the request, among them a second one of its own. */
const moreLines = ({ headers }: WireRequest): fc.Arbitrary<readonly string[]> => {
  const again = headers.flatMap(([name, value]) => [`${name}: ${value}`, `${name}: other`]);
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 2, arbitrary: fc.array(fc.constantFrom(...again, ...LINES), { minLength: 1, maxLength: 3 }) },
  );
};

/** A request of which any part may be what no client sends. */
const oneRequest = (requests: readonly WireRequest[]): fc.Arbitrary<Buffer> =>
  fc.constantFrom(...requests).chain((request) =>
    fc
      .tuple(startLine(request), moreLines(request), framing(request.body), fc.nat(9))
      .map(([start, more, [lines, sent], hasHost]) => {
        const own = request.headers.map(([name, value]) => `${name}: ${value}`);
        const all = [start, ...(hasHost > 0 ? ['host: localhost'] : []), ...own, ...more, ...lines];
        return Buffer.from(`${all.join(LINE)}${LINE}${LINE}${sent}`, 'latin1');
      }),
  );

/** What is sent over one connection: bytes with requests in them or not, in one piece or several, and how it ends. */
export function fuzzedConnection(requests: readonly WireRequest[]): fc.Arbitrary<Sent> {
  const one = oneRequest(requests);
  const bytes = fc.oneof(
    { weight: 8, arbitrary: one },
    // One after the other on a connection, of which the first may take a part of the second for its body.
    { weight: 3, arbitrary: fc.tuple(one, one).map((both) => Buffer.concat(both)) },
    { weight: 2, arbitrary: fc.tuple(one, fc.nat()).map(([all, end]) => all.subarray(0, end % all.length)) },
    {
      weight: 2,
      arbitrary: fc.tuple(one, fc.nat(), fc.nat(255)).map(([all, at, byte]) => {
        const changed = Buffer.from(all);
        changed[at % changed.length] = byte;
        return changed;
      }),
    },
    fc.uint8Array({ minLength: 1, maxLength: 200 }).map((some) => Buffer.from(some)),
    // The beginning of TLS.
    fc.constant(Buffer.from('16030100c8010000c40303', 'hex')),
  );
  const ending = fc.oneof(
    { weight: 4, arbitrary: fc.constant('half-close-when-quiet' as const) },
    fc.constantFrom('half-close' as const, 'reset' as const),
  );
  return fc.tuple(bytes, fc.array(fc.nat(), { maxLength: 3 }), ending).map(([all, cuts, end]) => {
    const places = [0, ...cuts.map((cut) => cut % all.length), all.length].toSorted((a, b) => a - b);
    const pieces = places.slice(1).map((to, index) => all.subarray(places[index], to));
    return { pieces, ending: end, ...(cuts.length > 0 && { pauseMs: 2 }) };
  });
}
