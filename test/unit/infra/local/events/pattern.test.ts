import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePattern, matchesPattern, PatternError } from '../../../../../infra/local/events/pattern.ts';

// Expected results follow the EventBridge user guide ("Comparison operators for use in event patterns") and the
// README of aws/event-ruler, whose sample event this is in spirit.
const event = {
  version: '0',
  'detail-type': 'EC2 Instance State-change Notification',
  source: 'aws.ec2',
  resources: ['arn:aws:ec2:us-east-1:123456789012:instance/i-000000aaaaaa00000', 'arn:aws:s3:::b'],
  detail: {
    'c-count': 5,
    'x-limit': 301.8,
    'source-ip': '10.0.0.33',
    'ip-v6': '2001:db8::1',
    state: 'running',
    empty: '',
    nothing: null,
    flag: true,
    star: 'a*b',
    back: 'a\\b',
    none: [],
    nested: [[1, 2], [3]],
    file: 'path/lib/image.PNG',
  },
};
const people = {
  employees: [
    { firstName: 'Anna', lastName: 'Ruiz', ids: [1, 2] },
    { firstName: 'Bob', lastName: 'Stone', nick: 'B' },
  ],
};

const detail = (field: string, ...values: unknown[]) => ({ detail: { [field]: values } });

const vectors: readonly (readonly [title: string, pattern: unknown, subject: unknown, expected: boolean])[] =
  [
    ['exact text', { source: ['aws.ec2'] }, event, true],
    ['exact text is case-sensitive', { source: ['AWS.ec2'] }, event, false],
    ['any of a list', { source: ['aws.s3', 'aws.ec2'] }, event, true],
    ['all fields must match', { source: ['aws.ec2'], version: ['1'] }, event, false],
    ['missing field', { absent: ['x'] }, event, false],
    ['number', detail('c-count', 5), event, true],
    ['number is not text', detail('c-count', '5'), event, false],
    ['text is not number', { version: [0] }, event, false],
    ['null', detail('nothing', null), event, true],
    ['null is not missing', detail('absent', null), event, false],
    ['null is not empty', detail('empty', null), event, false],
    ['empty text', detail('empty', ''), event, true],
    ['boolean', detail('flag', true), event, true],
    ['boolean is not text', detail('flag', 'true'), event, false],
    ['element of an array', { resources: ['arn:aws:s3:::b'] }, event, true],
    ['operator on an element of an array', { resources: [{ prefix: 'arn:aws:ec2:' }] }, event, true],
    ['no element of an array', { resources: ['arn'] }, event, false],
    ['empty array holds nothing', detail('none', { exists: true }), event, false],
    ['nested arrays are flattened', detail('nested', 3), event, true],
    ['a field is no inherited member', { toString: [{ exists: true }] }, event, false],
    ['prefix', { source: [{ prefix: 'aws.' }] }, event, true],
    ['prefix not there', { source: [{ prefix: 'ec2' }] }, event, false],
    ['prefix is for text', detail('c-count', { prefix: '5' }), event, false],
    ['prefix ignoring case', { source: [{ prefix: { 'equals-ignore-case': 'AWS.' } }] }, event, true],
    ['suffix', { source: [{ suffix: '.ec2' }] }, event, true],
    ['suffix is case-sensitive', detail('file', { suffix: '.png' }), event, false],
    ['suffix ignoring case', detail('file', { suffix: { 'equals-ignore-case': '.png' } }), event, true],
    ['equals-ignore-case', detail('state', { 'equals-ignore-case': 'RUNNING' }), event, true],
    ['equals-ignore-case is whole', detail('state', { 'equals-ignore-case': 'RUN' }), event, false],
    ['anything-but text', detail('state', { 'anything-but': 'initializing' }), event, true],
    ['anything-but the text', detail('state', { 'anything-but': 'running' }), event, false],
    ['anything-but list', detail('state', { 'anything-but': ['stopped', 'running'] }), event, false],
    ['anything-but number', detail('x-limit', { 'anything-but': 123 }), event, true],
    ['anything-but numbers', detail('x-limit', { 'anything-but': [100, 301.8] }), event, false],
    ['anything-but needs the field', detail('absent', { 'anything-but': 'x' }), event, false],
    [
      'anything-but on an array: any element',
      { resources: [{ 'anything-but': 'arn:aws:s3:::b' }] },
      event,
      true,
    ],
    ['anything-but prefix', detail('state', { 'anything-but': { prefix: 'init' } }), event, true],
    ['anything-but prefixes', detail('state', { 'anything-but': { prefix: ['a', 'run'] } }), event, false],
    ['anything-but suffix', detail('file', { 'anything-but': { suffix: '.PNG' } }), event, false],
    ['anything-but suffixes', detail('file', { 'anything-but': { suffix: ['.txt', '.rtf'] } }), event, true],
    [
      'anything-but case',
      detail('state', { 'anything-but': { 'equals-ignore-case': 'RUNNING' } }),
      event,
      false,
    ],
    [
      'anything-but cases',
      detail('state', { 'anything-but': { 'equals-ignore-case': ['A', 'B'] } }),
      event,
      true,
    ],
    ['anything-but wildcard', detail('file', { 'anything-but': { wildcard: '*/lib/*' } }), event, false],
    [
      'anything-but wildcards',
      detail('file', { 'anything-but': { wildcard: ['*/bin/*', 'x*'] } }),
      event,
      true,
    ],
    ['numeric equal', detail('c-count', { numeric: ['=', 5] }), event, true],
    ['numeric above', detail('c-count', { numeric: ['>', 5] }), event, false],
    ['numeric at least', detail('c-count', { numeric: ['>=', 5] }), event, true],
    ['numeric below', detail('x-limit', { numeric: ['<', 301.9] }), event, true],
    ['numeric at most', detail('x-limit', { numeric: ['<=', 301] }), event, false],
    ['numeric range', detail('c-count', { numeric: ['>', 0, '<=', 5] }), event, true],
    ['numeric outside a range', detail('c-count', { numeric: ['>', 5, '<', 9] }), event, false],
    ['numeric is for numbers', { version: [{ numeric: ['=', 0] }] }, event, false],
    ['exists', detail('c-count', { exists: true }), event, true],
    ['exists with null', detail('nothing', { exists: true }), event, true],
    ['does not exist', detail('absent', { exists: false }), event, true],
    ['exists after all', detail('c-count', { exists: false }), event, false],
    ['exists is for leaves', { detail: [{ exists: true }] }, event, false],
    ['an object is no leaf, so that it does not exist', { detail: [{ exists: false }] }, event, true],
    ['exponents are the same number', detail('x-limit', { numeric: ['=', 3.018e2] }), event, true],
    [
      'all operators together',
      {
        'detail-type': [{ prefix: 'EC2 ' }],
        detail: {
          state: [{ 'anything-but': 'initializing' }],
          'c-count': [{ numeric: ['>', 0, '<=', 5] }],
          'x-limit': [{ 'anything-but': [100, 200, 300] }],
          'source-ip': [{ cidr: '10.0.0.0/8' }],
        },
      },
      event,
      true,
    ],
    [
      'two $or at different levels: both have to match',
      {
        $or: [{ source: ['aws.ec2'] }, { version: ['9'] }],
        detail: { $or: [{ state: ['stopped'] }, { 'c-count': [6] }] },
      },
      event,
      false,
    ],
    [
      'a branch of $or with several fields and an $or of its own',
      {
        source: ['aws.ec2'],
        $or: [
          { version: ['9'] },
          { version: ['0'], detail: { $or: [{ state: ['stopped'] }, { flag: [true] }] } },
        ],
      },
      event,
      true,
    ],
    [
      'multi-level arrays: fields of one path through them',
      { teams: { members: { name: ['Bo'], role: ['dev'] } } },
      { teams: [{ members: [{ name: 'Bo', role: 'ops' }] }, { members: [{ name: 'Al', role: 'dev' }] }] },
      false,
    ],
    ['absent under an absent parent', { a: { b: [{ exists: false }] } }, event, true],
    ['absent or a value', detail('absent', 'x', { exists: false }), event, true],
    ['cidr', detail('source-ip', { cidr: '10.0.0.0/24' }), event, true],
    ['outside cidr', detail('source-ip', { cidr: '10.0.1.0/24' }), event, false],
    ['cidr of one address', detail('source-ip', { cidr: '10.0.0.33/32' }), event, true],
    ['cidr v6', detail('ip-v6', { cidr: '2001:db8::/32' }), event, true],
    ['cidr v6 does not hold v4', detail('source-ip', { cidr: '::/0' }), event, false],
    ['cidr is for addresses', detail('state', { cidr: '0.0.0.0/0' }), event, false],
    ['wildcard', detail('file', { wildcard: 'path/*/image.*' }), event, true],
    ['wildcard spans nothing', detail('state', { wildcard: 'running*' }), event, true],
    ['wildcard does not match', detail('file', { wildcard: '*.png' }), event, false],
    ['wildcard takes a dot literally', detail('state', { wildcard: 'r.nning' }), event, false],
    ['escaped star', detail('star', { wildcard: 'a\\*b' }), event, true],
    ['escaped star is no wildcard', detail('state', { wildcard: 'run\\*' }), event, false],
    ['escaped backslash', detail('back', { wildcard: 'a\\\\*' }), event, true],
    ['$or first', { $or: [{ source: ['aws.ec2'] }, { version: ['9'] }] }, event, true],
    ['$or second', { $or: [{ source: ['x'] }, { version: ['0'] }] }, event, true],
    ['$or none', { $or: [{ source: ['x'] }, { version: ['9'] }] }, event, false],
    ['$or and a field', { version: ['9'], $or: [{ source: ['aws.ec2'] }, { version: ['0'] }] }, event, false],
    [
      'nested $or',
      {
        detail: {
          $or: [{ 'c-count': [{ numeric: ['>', 9] }] }, { $or: [{ flag: [false] }, { state: ['running'] }] }],
        },
      },
      event,
      true,
    ],
    ['array of objects', { employees: { firstName: ['Anna'] } }, people, true],
    ['same element', { employees: { firstName: ['Anna'], lastName: ['Ruiz'] } }, people, true],
    [
      'fields of different elements',
      { employees: { firstName: ['Anna'], lastName: ['Stone'] } },
      people,
      false,
    ],
    ['array inside an element', { employees: { firstName: ['Anna'], ids: [2] } }, people, true],
    ['array of another element', { employees: { firstName: ['Bob'], ids: [2] } }, people, false],
    ['absent means in no element', { employees: { nick: [{ exists: false }] } }, people, false],
    ['absent in all elements', { employees: { email: [{ exists: false }] } }, people, true],
    ['not an object', { a: ['x'] }, 'text', false],
    [
      'stream record',
      { dynamodb: { Keys: { SK: { S: [{ prefix: 'OUTBOX#' }] } } } },
      record('OUTBOX#1'),
      true,
    ],
    [
      'other stream record',
      { dynamodb: { Keys: { SK: { S: [{ prefix: 'OUTBOX#' }] } } } },
      record('META'),
      false,
    ],
    [
      'queue body',
      { body: { type: ['paid'], amount: [{ numeric: ['>', 10] }] } },
      { body: { type: 'paid', amount: 11 } },
      true,
    ],
  ];

function record(sortKey: string) {
  return { eventName: 'INSERT', dynamodb: { Keys: { PK: { S: 'a' }, SK: { S: sortKey } } } };
}

describe('event patterns', () => {
  it.each(vectors)('%s', (_title, pattern, subject, expected) => {
    expect(matchesPattern(pattern, subject)).toBe(expected);
  });

  const refused: readonly (readonly [pattern: unknown, path: string])[] = [
    ['text', '$'],
    [{}, '$'],
    [{ a: [] }, '$.a'],
    [{ a: {} }, '$.a'],
    [{ a: 'x' }, '$.a'],
    [{ a: [['x']] }, '$.a[0]'],
    [{ a: [{}] }, '$.a[0]'],
    [{ a: [{ prefix: 'x', suffix: 'y' }] }, '$.a[0]'],
    [{ a: ['x', { startsWith: 'x' }] }, '$.a[1]'],
    [{ a: [{ toString: 'x' }] }, '$.a[0]'],
    [{ a: [{ prefix: 1 }] }, '$.a[0].prefix'],
    [{ a: [{ prefix: { wildcard: 'x' } }] }, '$.a[0].prefix'],
    [{ a: [{ exists: 'yes' }] }, '$.a[0].exists'],
    [{ a: [{ 'anything-but': [] }] }, '$.a[0].anything-but'],
    [{ a: [{ 'anything-but': ['x', 1] }] }, '$.a[0].anything-but'],
    [{ a: [{ 'anything-but': null }] }, '$.a[0].anything-but'],
    [{ a: [{ 'anything-but': { cidr: '10.0.0.0/8' } }] }, '$.a[0].anything-but'],
    [{ a: [{ 'anything-but': { prefix: '' } }] }, '$.a[0].anything-but.prefix'],
    [{ a: [{ numeric: [] }] }, '$.a[0].numeric'],
    [{ a: [{ numeric: ['>', '5'] }] }, '$.a[0].numeric'],
    [{ a: [{ numeric: ['!=', 5] }] }, '$.a[0].numeric'],
    [{ a: [{ numeric: ['>', 5, '<', 5] }] }, '$.a[0].numeric'],
    [{ a: [{ numeric: ['<', 5, '>', 1] }] }, '$.a[0].numeric'],
    [{ a: [{ numeric: ['<', 6e9] }] }, '$.a[0].numeric'],
    [{ a: [{ cidr: '10.0.0.1' }] }, '$.a[0].cidr'],
    [{ a: [{ cidr: '10.0.0.0/33' }] }, '$.a[0].cidr'],
    [{ a: [{ wildcard: 'a**b' }] }, '$.a[0].wildcard'],
    [{ a: [{ wildcard: 'a\\b' }] }, '$.a[0].wildcard'],
    [{ $or: [{ a: ['x'] }] }, '$.$or'],
    [{ b: { $or: [{ a: ['x'] }, { a: [] }] } }, '$.b.$or[1].a'],
  ];
  it.each(refused)('refuses %j, naming %s', (pattern, path) => {
    expect(() => compilePattern(pattern)).toThrow(PatternError);
    expect(() => compilePattern(pattern)).toThrow(expect.objectContaining({ path }));
  });

  const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));

  it('anything-but is the negation of a value, for scalars', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('a', 'b', 'A'),
        fc.oneof(scalar, fc.constantFrom('a', 'b')),
        (value, actual) => {
          const subject = { f: actual };
          expect(matchesPattern({ f: [{ 'anything-but': value }] }, subject)).toBe(
            !matchesPattern({ f: [value] }, subject),
          );
        },
      ),
    );
  });

  it('prefix, suffix and wildcard agree with the methods of strings', () => {
    const short = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 4 });
    fc.assert(
      fc.property(short, short, (part, actual) => {
        const subject = { f: actual };
        expect(matchesPattern({ f: [{ prefix: part }] }, subject)).toBe(actual.startsWith(part));
        expect(matchesPattern({ f: [{ suffix: part }] }, subject)).toBe(actual.endsWith(part));
        expect(matchesPattern({ f: [{ wildcard: `${part}*` }] }, subject)).toBe(actual.startsWith(part));
        if (part !== '') {
          expect(matchesPattern({ f: [{ wildcard: `*${part}*` }] }, subject)).toBe(actual.includes(part));
        }
      }),
    );
  });

  it('$or is the union, a list is the union, further fields the intersection', () => {
    const leaf = fc.constantFrom('a', 'b', 1, { prefix: 'a' }, { exists: false }, { 'anything-but': 'b' });
    const subject = fc.record({ f: scalar, g: fc.constantFrom('a', 'b', 1) }, { requiredKeys: ['g'] });
    fc.assert(
      fc.property(leaf, leaf, subject, (left, right, actual) => {
        const [f, g] = [matchesPattern({ f: [left] }, actual), matchesPattern({ g: [right] }, actual)];
        expect(matchesPattern({ $or: [{ f: [left] }, { g: [right] }] }, actual)).toBe(f || g);
        expect(matchesPattern({ f: [left], g: [right] }, actual)).toBe(f && g);
        expect(matchesPattern({ f: [left, right] }, actual)).toBe(
          f || matchesPattern({ f: [right] }, actual),
        );
      }),
    );
  });
});
