import * as fc from 'fast-check';

/** Numbers as JSON text that readers have trouble with; each stands in a document as `RAW_MARK` and its place here. */
const RAW_NUMBERS = [
  '1e400',
  '-1e400',
  '1e-400',
  '-0',
  '99999999999999999999',
  '9007199254740993',
  '0.1000000000000000055511151231257827',
  '1E+2',
  `1${'0'.repeat(400)}`,
] as const;
const RAW_MARK = '@raw:';

/** Texts that code takes for something else, cuts in the wrong place, or cannot store. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '\u0000',
    'a\u0000b',
    '\uD800',
    '\uDFFFx',
    '\u202Etxt',
    '\uFEFF',
    '\r\nset-cookie: a=1',
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    '../../etc/passwd',
    '%00',
    '%2e%2e%2f',
    '${7*7}',
    '{{7*7}}',
    "' OR 1=1 --",
    '<script>alert(1)</script>',
    '#',
    'PAY#x',
    'null',
    'undefined',
    'NaN',
    '-1',
    '1e9999',
    '9'.repeat(40),
    'x'.repeat(300),
    'x'.repeat(5_000),
    '€'.repeat(1_000),
    '2026-13-45T99:99:99Z',
    '+275760-09-13T00:00:00.001Z',
    'pay_01m8k82gh7zh9gn14z1q3bsqey',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
);

const deep = (levels: number, isList: boolean): unknown => {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = isList ? [value] : { a: value };
  return value;
};

/** Values of every kind of JSON, and beyond what a schema expects of each. */
const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: hostileText },
  { weight: 2, arbitrary: fc.constantFrom(...RAW_NUMBERS.keys()).map((at) => `${RAW_MARK}${at}`) },
  {
    weight: 2,
    arbitrary: fc.oneof(fc.integer(), fc.double({ noNaN: true }), fc.constantFrom(0, -1, 0.001, 1e15)),
  },
  { weight: 2, arbitrary: fc.constantFrom(null, true, false, [], {}, [null], [[]], { '': '' }) },
  fc.constantFrom(20, 31, 33, 200).map((levels) => deep(levels, true)),
  fc.constantFrom(20, 31, 33, 200).map((levels) => deep(levels, false)),
  fc.constantFrom(50, 500).map((length) => Array.from({ length }, (_, at) => at)),
  fc
    .constantFrom(60, 500)
    .map((length) => Object.fromEntries(Array.from({ length }, (_, at) => [`k${at}`, 'v']))),
  fc.jsonValue({ maxDepth: 3 }),
);

/** One change of a document: where, and what is put there; undefined takes away what is there. */
interface Change {
  readonly at: number;
  readonly value: unknown;
  /** The name under which the value is put beside what is there, instead of in its place. */
  readonly name: string | undefined;
}

const change: fc.Arbitrary<Change> = fc.record({
  at: fc.nat({ max: 10_000 }),
  value: fc.oneof({ weight: 6, arbitrary: hostileValue }, fc.constant(undefined)),
  name: fc.option(hostileText, { freq: 3, nil: undefined }),
});

type Container = Record<string, unknown> | unknown[];
const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null;

/** Every object and list of a document, the outermost first. */
const containersOf = (value: unknown): Container[] =>
  isContainer(value) ? [value, ...Object.values(value).flatMap(containersOf)] : [];

/** Puts a member into an object without calling what sets its prototype; a list gets another item. */
function put(container: Container, name: string, value: unknown): void {
  if (!Array.isArray(container))
    Object.defineProperty(container, name, { value, enumerable: true, configurable: true, writable: true });
  else if (Object.hasOwn(container, name) && name !== 'length') container[Number(name)] = value;
  else container.push(value);
}

function changed(document: unknown, { at, value, name }: Change): unknown {
  const root = structuredClone(document);
  const containers = containersOf(root);
  const container = containers[at % Math.max(containers.length, 1)];
  if (container === undefined || (at % 17 === 0 && value !== undefined)) return value;
  const names = Object.keys(container);
  const known = name ?? names[at % Math.max(names.length, 1)];
  if (known === undefined) return value;
  if (value === undefined) {
    if (!Array.isArray(container)) delete container[known];
  } else put(container, known, structuredClone(value));
  return root;
}

/** A document as JSON text, numbers with digits that no value has among them. */
export const textOf = (document: unknown): string =>
  (JSON.stringify(document) ?? 'null').replaceAll(
    new RegExp(`"${RAW_MARK}(\\d+)"`, 'g'),
    (_, at: string) => RAW_NUMBERS[Number(at)] ?? '0',
  );

/** A document that is like another one, but for a few members. */
export const mutated = (document: unknown): fc.Arbitrary<unknown> =>
  fc
    .array(change, { minLength: 1, maxLength: 3 })
    .map((changes) => changes.reduce((current, one) => changed(current, one), document));

/** Text that was JSON, or never is: cut, doubled, or of a few bytes changed. */
export const damaged = (text: string): fc.Arbitrary<string | Buffer> => {
  const at = fc.nat({ max: Math.max(text.length - 1, 0) });
  return fc.oneof(
    at.map((end) => text.slice(0, end)),
    at.map((place) => text.slice(0, place) + text.slice(place + 1)),
    fc.tuple(at, hostileText).map(([place, more]) => text.slice(0, place) + more + text.slice(place)),
    fc.constant(`${text}${text}`),
    fc.constant(`\uFEFF${text}`),
    fc.constant(text.replace('{', '{"amount":1,"amount":2,"id":"a","id":"b",')),
    fc.constant(`${'['.repeat(20_000)}${']'.repeat(20_000)}`),
    fc.constant('{"a":'.repeat(20_000)),
    fc.constant(Buffer.from(text, 'utf16le')),
    fc.constant(Buffer.concat([Buffer.from(text.slice(0, 5)), Buffer.from([0xc0, 0xaf, 0xff, 0xfe, 0x80])])),
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
    fc.constantFrom(
      'null',
      '[]',
      '""',
      '0',
      'true',
      '{',
      '}',
      '{}',
      '{"__proto__":{"a":1}}',
      '{"constructor":{"prototype":{"a":1}}}',
    ),
  );
};
