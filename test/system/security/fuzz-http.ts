import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import type { RawRequest } from '../../support/raw-http.ts';
import { damaged, hostileText, mutated, textOf } from '../../support/hostile.ts';
import { exampleRequest, type HttpOperation, type PathValues } from './operations.ts';

type HeaderLines = NonNullable<RawRequest['headers']>;

/** A request that is nearly right, or far from it; its answer may be anything but a fault of ours. */
export type Fuzzed = fc.Arbitrary<RawRequest>;

/** Segments of a path as they go over the wire, encoded well, twice, half or not at all. */
const segment: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '..',
    '.',
    '%2e%2e',
    '%2E%2E%2F%2e%2e',
    '%00',
    'a%00b',
    '%',
    '%zz',
    '%c0%af',
    '%ed%a0%80',
    '%ff',
    '%252e%252e',
    '%2f',
    '%5c',
    ';',
    '~',
    '%0d%0aset-cookie:%20a=1',
    '__proto__',
    'constructor',
    'a'.repeat(4_000),
    '%E2%82%AC'.repeat(300),
  ),
  hostileText.map((text) => encodeURIComponent(text.toWellFormed())),
);

const parameterNames = [
  'limit',
  'cursor',
  'status',
  'from',
  'to',
  'customerId',
  'id',
  'name',
  'before',
  'atPeriodEnd',
];
const query: fc.Arbitrary<string> = fc
  .array(
    fc.tuple(
      fc.oneof(fc.constantFrom(...parameterNames, '__proto__', 'constructor', 'limit[]', ''), hostileText),
      fc.oneof(hostileText, fc.constantFrom('1', '0', '-1', '1.5', '1,2', 'true', 'succeeded', '2026-11-30')),
      fc.boolean(),
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((pairs) =>
    pairs
      .map(([name, value, raw]) => {
        const encoded = encodeURIComponent(value.toWellFormed());
        return `${encodeURIComponent(name.toWellFormed())}=${raw ? encoded.replaceAll('%20', '+') : encoded}`;
      })
      .join('&'),
  );

/** The characters that a header may hold. */
const headerText = fc.oneof(
  hostileText.map((text) => text.replaceAll(/[^\t\u0020-\u007e\u0080-\u00ff]/g, '')),
  fc.constantFrom('"', '"a', '\\', '*', '"*"', 'W/"cfg-1"', '"cfg-1", "cfg-2"', ',', 'a'.repeat(3_000)),
);
const header: fc.Arbitrary<HeaderLines> = fc.oneof(
  fc
    .tuple(
      fc.constantFrom(
        'idempotency-key',
        'if-match',
        'traceparent',
        'tracestate',
        'content-type',
        'content-encoding',
        'accept',
        'accept-encoding',
        'cookie',
        'origin',
        'x-forwarded-for',
        'x-request-id',
        'x-amzn-trace-id',
        'x-http-method-override',
        'expect',
        '__proto__',
      ),
      headerText,
    )
    .filter(([name]) => name !== 'expect')
    .map((line) => [line]),
  fc.constantFrom<HeaderLines[]>(
    [['content-type', 'application/json; charset=utf-16']],
    [['content-type', 'multipart/form-data; boundary=x']],
    [['content-type', 'text/plain']],
    [
      ['idempotency-key', 'a'],
      ['idempotency-key', 'b'],
    ],
  ),
);

const bodyOf = (body: unknown): fc.Arbitrary<Partial<RawRequest>> =>
  fc.oneof(
    { weight: 8, arbitrary: mutated(body).map((value) => ({ body: textOf(value) })) },
    { weight: 2, arbitrary: damaged(textOf(body)).map((text) => ({ body: text })) },
    mutated(body).map((value) => ({ body: textOf(value), chunked: true })),
    mutated(body).map((value) => ({
      body: gzipSync(textOf(value)),
      headers: [['content-encoding', 'gzip'] as const],
    })),
    fc.constantFrom('gzip', 'br', 'identity', 'x').map((encoding) => ({
      body: textOf(body),
      headers: [['content-encoding', encoding] as const],
    })),
    fc.constant({ body: `{"a":"${'x'.repeat(1_100_000)}"}` }),
  );

/** Requests of one operation. @param values ids of objects that are there */
export function fuzzedRequest(operation: HttpOperation, values: PathValues): Fuzzed {
  const example = exampleRequest(operation, values);
  const [path = ''] = example.path.split('?');
  const names = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const paths = fc.oneof(
    { weight: 3, arbitrary: fc.constant(path) },
    ...(names.length === 0
      ? []
      : [
          fc
            .tuple(fc.constantFrom(...names), segment)
            .map(([name, text]) =>
              operation.path
                .replace(`{${name}}`, () => text)
                .replaceAll(/\{(\w+)\}/g, (_, other: string) => values[other] ?? 'nothing'),
            ),
        ]),
  );
  const hasBody = operation.body !== undefined;
  return fc
    .tuple(
      paths,
      fc.option(query, { freq: hasBody ? 5 : 1, nil: undefined }),
      fc.option(header, { freq: 3, nil: undefined }),
      hasBody || operation.method === 'GET'
        ? fc.constant(undefined)
        : fc.option(bodyOf({}), { nil: undefined }),
      hasBody ? bodyOf(operation.body) : fc.constant({}),
    )
    .map(([to, asked, more = [], bodyless = {}, bodied]) => {
      const sent = { ...bodyless, ...bodied };
      return {
        method: operation.method,
        path: asked === undefined ? to : `${to}?${asked}`,
        ...sent,
        headers: [
          ...(example.headers ?? []).filter(([name]) => name === 'if-match'),
          ...(sent.headers ?? []),
          ...more,
        ],
      };
    });
}
