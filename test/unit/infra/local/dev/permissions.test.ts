import { expect, it } from 'vitest';
import { createPermissionControl } from '#infra/local/dev/permissions.ts';
import { evaluate } from '#infra/local/iam/evaluate.ts';
import type { Assembly } from '#infra/local/resources/assembly.ts';
import type { PolicyStatement, RoleResource } from '#infra/local/resources/iam.ts';
import { accountId, arn, assemblyOf, functionNamed, queue, table } from '../aws-endpoint/fixture.ts';

const role = (name: string, Statement: readonly PolicyStatement[]): RoleResource => ({
  arn: `arn:aws:iam::${accountId}:role/${name}-role`,
  name: `${name}-role`,
  policies: [{ Version: '2012-10-17', Statement }],
  boundary: undefined,
  trust: undefined,
});
const both = [table.arn, arn('dynamodb', 'table/other')];
const reader = role('app-reader', [
  { Effect: 'Allow', Action: ['dynamodb:GetItem', 'dynamodb:PutItem'], Resource: both },
  { Effect: 'Deny', Action: 'dynamodb:DeleteItem', Resource: '*' },
  { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: queue.arn },
]);
const destinations = [{ functionArn: functionNamed('app-reader').arn, arn: queue.arn, path: 'Config' }];

function control(change: Partial<Assembly> = {}) {
  const assembly = { current: assemblyOf({ roles: [reader], mappings: [], destinations, ...change }) };
  const renewed: (readonly string[])[] = [];
  const seen: Assembly[] = [];
  const permissions = createPermissionControl({
    assembly,
    renew: (names) => void renewed.push(names),
    changed: (current) => void seen.push(current),
  });
  const allows = (action: string, resource: string) =>
    evaluate({ identity: assembly.current.roles[0]?.policies ?? [] }, { action, resource, context: {} })
      .decision;
  const withdraw = (action: string, resource: string, from = reader.name) =>
    permissions.withdraw({ role: from, action, resource });
  return { permissions, assembly, allows, withdraw, renewed, seen };
}

it('lists what roles may do, each action on each resource, with the function', () => {
  const { permissions } = control();
  expect(permissions.list()).toHaveLength(5);
  expect(permissions.list()[0]).toEqual({
    role: 'app-reader-role',
    of: 'payment/api',
    action: 'dynamodb:GetItem',
    resource: table.arn,
  });
});

it('takes one action on one resource away, and nothing else', () => {
  const { allows, withdraw, permissions, renewed, seen } = control();
  expect(withdraw('dynamodb:GetItem', table.arn)).toEqual([]);
  expect(allows('dynamodb:GetItem', table.arn)).toBe('implicit-deny');
  expect(allows('dynamodb:GetItem', both[1] ?? '')).toBe('allow');
  expect(allows('dynamodb:PutItem', table.arn)).toBe('allow');
  expect(allows('dynamodb:DeleteItem', table.arn)).toBe('explicit-deny');
  expect(renewed).toEqual([['app-reader']]);
  expect(seen).toHaveLength(1);
  expect(permissions.list()).toHaveLength(4);
});

it('gives back everything, also after several', () => {
  const { allows, withdraw, permissions, assembly } = control();
  const before = assembly.current.roles;
  withdraw('dynamodb:GetItem', table.arn);
  withdraw('dynamodb:PutItem', table.arn);
  permissions.restore();
  expect(assembly.current.roles).toBe(before);
  expect(allows('dynamodb:PutItem', table.arn)).toBe('allow');
  permissions.restore();
  expect(assembly.current.roles).toBe(before);
});

it('leaves the roles of a new assembly whole', () => {
  const { withdraw, permissions, assembly } = control();
  withdraw('dynamodb:GetItem', table.arn);
  const reloaded = assemblyOf();
  assembly.current = reloaded;
  permissions.restore();
  expect(assembly.current).toBe(reloaded);
});

it('knows what AWS would refuse to create without the permission', () => {
  const { withdraw } = control();
  expect(withdraw('sqs:SendMessage', queue.arn)).toEqual([
    `Config: app-reader may not send to ${queue.arn}: its role lacks sqs:SendMessage`,
  ]);
});

it.each([
  ['dynamodb:Scan', table.arn, reader.name],
  ['dynamodb:DeleteItem', '*', reader.name],
  ['dynamodb:GetItem', table.arn, 'nobody'],
])('finds no %s on %s of %s', (action, resource, from) => {
  const { withdraw, renewed } = control();
  expect(withdraw(action, resource, from)).toBeUndefined();
  expect(renewed).toEqual([]);
});
