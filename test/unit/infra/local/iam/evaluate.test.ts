import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate, type Evaluation, type IamRequest } from '../../../../../infra/local/iam/evaluate.ts';
import type { PolicyDocument, PolicyStatement } from '../../../../../infra/local/resources/iam.ts';

type Decision = Evaluation['decision'];

const TABLE = 'arn:aws:dynamodb:us-east-1:000000000000:table/payments';
const ROLE = 'arn:aws:iam::000000000000:role/api';
const ALLOW: Decision = 'allow';
const DENY: Decision = 'explicit-deny';
const NONE: Decision = 'implicit-deny';

const policy = (...statements: readonly object[]): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: statements as readonly PolicyStatement[],
});
const allow = (more: object = {}) => ({
  Effect: 'Allow',
  Action: 'dynamodb:PutItem',
  Resource: TABLE,
  ...more,
});
const deny = (more: object = {}) => ({ ...allow(more), Effect: 'Deny' });
const request = (more: Partial<IamRequest> = {}): IamRequest => ({
  action: 'dynamodb:PutItem',
  resource: TABLE,
  principal: { roleArn: ROLE },
  context: {},
  ...more,
});

describe('statements', () => {
  const { Action: _action, ...noAction } = allow();
  const { Resource: _resource, ...noResource } = allow();
  const vectors: readonly (readonly [string, readonly object[], Decision])[] = [
    ['nothing', [], NONE],
    ['exact', [allow()], ALLOW],
    ['action ignores case', [allow({ Action: 'DynamoDB:putitem' })], ALLOW],
    ['action wildcard', [allow({ Action: 'dynamodb:Put*' })], ALLOW],
    ['action question mark', [allow({ Action: 'dynamodb:PutIte?' })], ALLOW],
    ['every action', [allow({ Action: '*' })], ALLOW],
    ['action list', [allow({ Action: ['dynamodb:GetItem', 'dynamodb:PutItem'] })], ALLOW],
    ['another action', [allow({ Action: 'dynamodb:GetItem' })], NONE],
    ['action is whole', [allow({ Action: 'dynamodb:Put' })], NONE],
    ['NotAction', [{ ...noAction, NotAction: 'dynamodb:GetItem' }], ALLOW],
    ['NotAction hit', [{ ...noAction, NotAction: 'dynamodb:*' }], NONE],
    ['every resource', [allow({ Resource: '*' })], ALLOW],
    ['resource wildcard', [allow({ Resource: 'arn:aws:dynamodb:*:*:table/pay*' })], ALLOW],
    ['resource question mark', [allow({ Resource: TABLE.replace('payments', 'payment?') })], ALLOW],
    ['resource is case-sensitive', [allow({ Resource: TABLE.replace('payments', 'Payments') })], NONE],
    ['index is not its table', [allow({ Resource: `${TABLE}/index/*` })], NONE],
    ['a star ending an ARN part goes on', [allow({ Resource: 'arn:aws:dynamodb:*' })], ALLOW],
    ['a star inside an ARN part does not', [allow({ Resource: 'arn:aws:dynamo*s' })], NONE],
    ['a dot is a dot', [allow({ Resource: TABLE.replace('table', 't.ble') })], NONE],
    ['NotResource', [{ ...noResource, NotResource: `${TABLE}x` }], ALLOW],
    ['NotResource hit', [{ ...noResource, NotResource: [TABLE] }], NONE],
    ['deny', [allow(), deny()], DENY],
    ['deny first', [deny(), allow()], DENY],
    ['deny of something else', [allow(), deny({ Action: 'dynamodb:GetItem' })], ALLOW],
    ['unknown effect', [allow(), allow({ Effect: 'Permit' })], DENY],
    ['no action', [allow(), noAction], DENY],
    ['both action forms', [allow({ NotAction: 's3:*' })], DENY],
    ['no resource', [noResource], DENY],
    ['empty action list', [allow({ Action: [] })], DENY],
    ['action is a number', [allow({ Action: 5 })], DENY],
    ['statement is null', [allow(), null as unknown as object], DENY],
    ['unknown operator', [allow({ Condition: { StringSortOf: { a: 'b' } } })], DENY],
    ['unknown operator in a deny', [allow(), deny({ Condition: { Foo: { a: 'b' } } })], DENY],
  ];
  it.each(vectors)('%s', (_title, statements, expected) => {
    expect(evaluate({ identity: [policy(...statements)] }, request()).decision).toBe(expected);
  });

  it('reads one statement that is no list, and names the statement', () => {
    const Statement = allow({ Sid: 'One' }) as PolicyStatement;
    expect(evaluate({ identity: [{ Version: '2012-10-17', Statement }] }, request()).statement).toBe(
      Statement,
    );
  });
});

describe('conditions', () => {
  const vectors: readonly (readonly [string, object, IamRequest['context'], boolean])[] = [
    ['StringEquals', { StringEquals: { k: 'a' } }, { k: 'a' }, true],
    ['StringEquals, other value', { StringEquals: { k: 'a' } }, { k: 'b' }, false],
    ['StringEquals, any value', { StringEquals: { k: ['a', 'b'] } }, { k: 'b' }, true],
    ['StringEquals takes a star literally', { StringEquals: { k: 'a*' } }, { k: 'ab' }, false],
    ['keys ignore case', { StringEquals: { 'AWS:SourceArn': 'a' } }, { 'aws:sourcearn': 'a' }, true],
    ['absent key', { StringEquals: { k: 'a' } }, {}, false],
    ['absent key with IfExists', { StringEqualsIfExists: { k: 'a' } }, {}, true],
    ['IfExists with the key', { StringEqualsIfExists: { k: 'a' } }, { k: 'b' }, false],
    ['StringNotEquals', { StringNotEquals: { k: ['a', 'b'] } }, { k: 'c' }, true],
    ['StringNotEquals hit', { StringNotEquals: { k: ['a', 'b'] } }, { k: 'b' }, false],
    ['StringNotEquals, absent key', { StringNotEquals: { k: 'a' } }, {}, true],
    ['StringEqualsIgnoreCase', { StringEqualsIgnoreCase: { k: 'A' } }, { k: 'a' }, true],
    ['StringNotEqualsIgnoreCase', { StringNotEqualsIgnoreCase: { k: 'A' } }, { k: 'a' }, false],
    ['StringLike', { StringLike: { k: 'pay*.?' } }, { k: 'payment.x' }, true],
    ['StringNotLike', { StringNotLike: { k: 'pay*' } }, { k: 'payment' }, false],
    ['NumericEquals', { NumericEquals: { k: '5' } }, { k: 5 }, true],
    ['NumericNotEquals', { NumericNotEquals: { k: 5 } }, { k: '6' }, true],
    ['NumericLessThan', { NumericLessThan: { k: 5 } }, { k: 5 }, false],
    ['NumericLessThanEquals', { NumericLessThanEquals: { k: 5 } }, { k: 5 }, true],
    ['NumericGreaterThan', { NumericGreaterThan: { k: 10 } }, { k: 9 }, false],
    ['NumericGreaterThanEquals', { NumericGreaterThanEquals: { k: 10 } }, { k: 10 }, true],
    ['numbers compare as numbers', { NumericLessThan: { k: 10 } }, { k: '9' }, true],
    ['text is no number', { NumericLessThan: { k: 10 } }, { k: 'x' }, false],
    ['DateLessThan', { DateLessThan: { k: '2026-01-01T00:00:00Z' } }, { k: '2025-12-31T23:59:59Z' }, true],
    [
      'DateGreaterThan, seconds',
      { DateGreaterThan: { k: '1767225600' } },
      { k: '2025-12-31T00:00:00Z' },
      false,
    ],
    ['Bool', { Bool: { k: 'true' } }, { k: true }, true],
    ['Bool other', { Bool: { k: 'true' } }, { k: false }, false],
    ['Bool absent', { Bool: { k: 'false' } }, {}, false],
    [
      'ArnLike',
      { ArnLike: { k: 'arn:aws:events:*:*:rule/bus/*' } },
      { k: 'arn:aws:events:r:1:rule/bus/x' },
      true,
    ],
    [
      'ArnLike keeps to parts',
      { ArnLike: { k: 'arn:aws:*:rule/x' } },
      { k: 'arn:aws:events:r:1:rule/x' },
      false,
    ],
    ['ArnEquals has wildcards', { ArnEquals: { k: 'arn:aws:sqs:*:*:q' } }, { k: 'arn:aws:sqs:r:1:q' }, true],
    ['ArnNotLike', { ArnNotLike: { k: 'arn:aws:sqs:*:*:q' } }, { k: 'arn:aws:sqs:r:1:q' }, false],
    ['IpAddress', { IpAddress: { k: ['10.0.0.0/8', '::1'] } }, { k: '10.1.2.3' }, true],
    ['IpAddress v6', { IpAddress: { k: '2001:db8::/32' } }, { k: '2001:db8::5' }, true],
    ['NotIpAddress', { NotIpAddress: { k: '10.0.0.0/8' } }, { k: '10.1.2.3' }, false],
    ['Null', { Null: { k: 'true' } }, {}, true],
    ['Null, present', { Null: { k: 'true' } }, { k: 'a' }, false],
    ['Null false', { Null: { k: 'false' } }, { k: 'a' }, true],
    ['BinaryEquals', { BinaryEquals: { k: 'QQ==' } }, { k: 'QQ==' }, true],
    ['ForAllValues', { 'ForAllValues:StringEquals': { k: ['a', 'b'] } }, { k: ['a', 'b'] }, true],
    ['ForAllValues, one outside', { 'ForAllValues:StringEquals': { k: ['a'] } }, { k: ['a', 'c'] }, false],
    ['ForAllValues, absent', { 'ForAllValues:StringEquals': { k: ['a'] } }, {}, true],
    ['ForAnyValue', { 'ForAnyValue:StringLike': { k: ['a*'] } }, { k: ['b', 'ab'] }, true],
    ['ForAnyValue, none', { 'ForAnyValue:StringEquals': { k: ['a'] } }, { k: ['b'] }, false],
    ['ForAnyValue, absent', { 'ForAnyValue:StringEquals': { k: ['a'] } }, {}, false],
    ['ForAnyValue negated, absent', { 'ForAnyValue:StringNotEquals': { k: ['a'] } }, {}, false],
    [
      'all operators must hold',
      { StringEquals: { k: 'a' }, Bool: { b: 'true' } },
      { k: 'a', b: false },
      false,
    ],
    ['all keys must hold', { StringEquals: { k: 'a', l: 'b' } }, { k: 'a', l: 'b' }, true],
    ['variable', { StringEquals: { k: '${aws:user}' } }, { k: 'me', 'aws:user': 'me' }, true],
    ['variable is no wildcard', { StringLike: { k: '${aws:user}' } }, { k: 'me', 'aws:user': '*' }, false],
    ['variable with default', { StringEquals: { k: "${aws:user, 'me'}" } }, { k: 'me' }, true],
    ['literal star', { StringLike: { k: 'a${*}' } }, { k: 'a*' }, true],
    ['literal star is no wildcard', { StringLike: { k: 'a${*}' } }, { k: 'ab' }, false],
  ];
  it.each(vectors)('%s', (_title, Condition, context, holds) => {
    const at = request({ context });
    expect(evaluate({ identity: [policy(allow({ Condition }))] }, at).decision).toBe(holds ? ALLOW : NONE);
    expect(evaluate({ identity: [policy(allow(), deny({ Condition }))] }, at).decision).toBe(
      holds ? DENY : ALLOW,
    );
  });

  const untold: readonly (readonly [string, object, IamRequest['context']])[] = [
    ['a value that is not known', { 'ForAllValues:StringEquals': { k: ['a'] } }, { k: null }],
    ['several values without a set operator', { StringEquals: { k: ['a', 'b'] } }, { k: ['a', 'b'] }],
    ['a variable without value', { StringNotEquals: { k: '${aws:user}' } }, { k: 'me' }],
  ];
  it.each(untold)('%s neither allows nor lifts a deny', (_title, Condition, context) => {
    const at = request({ context });
    expect(evaluate({ identity: [policy(allow({ Condition }))] }, at).decision).toBe(NONE);
    expect(evaluate({ identity: [policy(allow(), deny({ Condition }))] }, at).decision).toBe(DENY);
  });

  it.each([
    { NumericEquals: { k: 'x' } },
    { DateEquals: { k: 'soon' } },
    { Bool: { k: 'yes' } },
    { IpAddress: { k: '10.0.0.0/40' } },
    { Null: { k: 'maybe' } },
    { StringEquals: { k: [] } },
    { StringEquals: 'a' },
    'text',
  ])('a malformed condition %j refuses everything', (Condition) => {
    const result = evaluate({ identity: [policy(allow()), policy(allow({ Condition }))] }, request());
    expect(result).toMatchObject({
      decision: DENY,
      problem: expect.stringContaining('malformed policy') as string,
    });
  });

  it('puts variables into resources, from version 2012-10-17 on', () => {
    const statement = allow({ Resource: TABLE.replace('payments', '${aws:team}') });
    const at = request({ context: { 'aws:team': 'payments' } });
    expect(evaluate({ identity: [policy(statement)] }, at).decision).toBe(ALLOW);
    expect(evaluate({ identity: [policy(statement)] }, request()).decision).toBe(NONE);
    expect(evaluate({ identity: [{ Statement: [statement as PolicyStatement] }] }, at).decision).toBe(NONE);
  });
});

describe('kinds of policies', () => {
  const yes = policy(allow());
  const other = policy(allow({ Action: 's3:*' }));
  const no = policy(deny());
  const shared = (Principal: unknown) => policy(allow({ Principal }));
  const vectors: readonly (readonly [string, Parameters<typeof evaluate>[0], Decision, string])[] = [
    ['within the boundary', { identity: [yes], boundary: yes }, ALLOW, 'identity'],
    ['outside the boundary', { identity: [yes], boundary: other }, NONE, 'boundary'],
    ['a boundary grants nothing', { identity: [], boundary: yes }, NONE, 'identity'],
    ['the boundary denies', { identity: [yes], boundary: no }, DENY, 'boundary'],
    ['within the session', { identity: [yes], session: yes }, ALLOW, 'identity'],
    ['outside the session', { identity: [yes], session: other }, NONE, 'session'],
    ['the resource allows the role', { identity: [], resource: shared({ AWS: ROLE }) }, ALLOW, 'resource'],
    ['the resource allows all', { identity: [], resource: shared('*') }, ALLOW, 'resource'],
    [
      'the resource allows another role',
      { identity: [], resource: shared({ AWS: `${ROLE}2` }) },
      NONE,
      'identity',
    ],
    [
      'the resource trusts the account',
      { identity: [], resource: shared({ AWS: '000000000000' }) },
      NONE,
      'identity',
    ],
    ['a resource policy without principal', { identity: [], resource: yes }, NONE, 'identity'],
    [
      'the resource denies the account',
      {
        identity: [yes],
        resource: policy(deny({ Principal: { AWS: 'arn:aws:iam::000000000000:root' } })),
      },
      DENY,
      'resource',
    ],
    [
      'the resource denies all but',
      {
        identity: [yes],
        resource: policy(deny({ NotPrincipal: { AWS: ROLE } })),
      },
      ALLOW,
      'identity',
    ],
    [
      'the boundary limits the resource',
      { identity: [], boundary: other, resource: shared('*') },
      NONE,
      'boundary',
    ],
    ['malformed principal', { identity: [yes], resource: shared({ Robot: 'x' }) }, DENY, 'resource'],
  ];
  it.each(vectors)('%s', (_title, policies, decision, by) => {
    expect(evaluate(policies, request())).toMatchObject({ decision, by });
  });

  it('a queue policy alone lets EventBridge send for one rule', () => {
    const resource = policy({
      Effect: 'Allow',
      Action: 'sqs:SendMessage',
      Resource: 'arn:aws:sqs:r:1:q',
      Principal: { Service: 'events.amazonaws.com' },
      Condition: { ArnEquals: { 'aws:SourceArn': 'arn:aws:events:r:1:rule/bus/a' } },
    });
    const send = (service: string, source: string) =>
      evaluate(
        { identity: [], resource },
        {
          action: 'sqs:SendMessage',
          resource: 'arn:aws:sqs:r:1:q',
          principal: { service },
          context: { 'aws:SourceArn': source },
        },
      ).decision;
    expect(send('events.amazonaws.com', 'arn:aws:events:r:1:rule/bus/a')).toBe(ALLOW);
    expect(send('events.amazonaws.com', 'arn:aws:events:r:1:rule/bus/b')).toBe(NONE);
    expect(send('sns.amazonaws.com', 'arn:aws:events:r:1:rule/bus/a')).toBe(NONE);
  });
});

describe('properties', () => {
  const statement: fc.Arbitrary<PolicyStatement> = fc.record({
    Effect: fc.constantFrom('Allow' as const, 'Deny' as const),
    Action: fc.constantFrom('a:X', 'a:*', 'b:X', '*'),
    Resource: fc.constantFrom('arn:aws:a:r:1:x', 'arn:aws:a:r:1:*', '*'),
    Condition: fc.constantFrom<NonNullable<PolicyStatement['Condition']>>(
      {},
      { StringEquals: { k: 'v' } },
      { 'ForAllValues:StringEquals': { k: ['v', 'w'] } },
    ),
  });
  const statements = fc.array(statement, { maxLength: 5, minLength: 1 });
  const wanted: fc.Arbitrary<IamRequest> = fc.record({
    action: fc.constantFrom('a:X', 'b:X', 'b:Y'),
    resource: fc.constantFrom('arn:aws:a:r:1:x', 'arn:aws:a:r:1:y'),
    context: fc.constantFrom<IamRequest['context']>({}, { k: 'v' }, { k: 'z' }, { k: null }),
  });
  const decide = (list: readonly PolicyStatement[], at: IamRequest, boundary?: PolicyDocument) =>
    evaluate({ identity: [policy(...list)], boundary }, at).decision;

  it('a deny that fits always wins', () => {
    fc.assert(
      fc.property(statements, wanted, (list, at) => {
        const wins = { Effect: 'Deny' as const, Action: at.action, Resource: at.resource };
        expect(decide([...list, wins], at)).toBe(DENY);
      }),
    );
  });

  it('a further allow never removes access, a boundary never adds it, order is irrelevant', () => {
    fc.assert(
      fc.property(statements, statement, wanted, statements, (list, extra, at, limit) => {
        const before = decide(list, at);
        const more = decide([...list, { ...extra, Effect: 'Allow' as const }], at);
        if (before === ALLOW) expect(more).toBe(ALLOW);
        if (decide(list, at, policy(...limit)) === ALLOW) expect(before).toBe(ALLOW);
        expect(decide(list.toReversed(), at)).toBe(before);
      }),
    );
  });

  it('wildcards agree with a reference expression', () => {
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '.'), minLength: 1, maxLength: 6 });
    const name = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 6 });
    fc.assert(
      fc.property(pattern, name, (given, actual) => {
        const source = given
          .split('')
          .map((one) => (one === '*' ? '[^]*' : one === '?' ? '[^]' : `[${one}]`))
          .join('');
        const expected = new RegExp(`^${source}$`).test(actual) ? ALLOW : NONE;
        const prefix = 'arn:aws:sqs:r:1:';
        const only = [{ Effect: 'Allow' as const, Action: '*', Resource: prefix + given }];
        expect(decide(only, { action: 'a:X', resource: prefix + actual, context: {} })).toBe(expected);
        const acting = [{ Effect: 'Allow' as const, Action: `s:${given}`, Resource: '*' }];
        expect(decide(acting, { action: `s:${actual}`, resource: 'x', context: {} })).toBe(expected);
      }),
    );
  });
});
