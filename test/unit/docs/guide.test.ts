import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { App, Stack } from 'aws-cdk-lib';
import { statementsOf } from '#infra/constructs/grantee.ts';
import { grantPermission } from '#infra/constructs/permissions.ts';
import { PlatformBus } from '#infra/constructs/platform-bus.ts';
import { PluginTable } from '#infra/constructs/plugin-table.ts';
import { hostSettingsSchema } from '#infra/manifest/host-settings.ts';
import { permissionForms } from '#infra/manifest/permissions.ts';
import { type Quota, quotas } from '#infra/quotas/quotas.ts';
import { manifestFields } from '#infra/docs/manifest-fields.ts';
import { blocksOf, tableOf } from './markdown.ts';

const root = join(import.meta.dirname, '../../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const guide = read('plugins/DEVELOPMENT_GUIDE.md');
const code = (text: string) => `\`${text}\``;

describe('the tables of the guide', () => {
  it('have every permission with what it allows, and no other', () => {
    const rows = tableOf(guide, ['permission', 'what it allows']);
    expect(rows.map(([permission]) => permission)).toEqual(permissionForms.split(', ').map(code));
    for (const [permission = '', allows = ''] of rows) {
      const told = [...allows.matchAll(/`(\w+:\w+)`/g)].map((match) => match[1]);
      expect(told, permission).toEqual(actionsOf(permission));
    }
  });

  it('have every setting of a project, and no other', () => {
    const rows = tableOf(guide, ['setting', 'what it does']);
    expect(rows.map(([setting]) => setting)).toEqual(Object.keys(hostSettingsSchema.shape).map(code));
  });

  it('of deployments have every quota that is checked, and no other', () => {
    const expected = Object.entries<Quota>(quotas).map(([name, { code: number, title, limit, raisable }]) => [
      number,
      title,
      String(limit),
      raisable ? code(`quotas.${name}`) : 'fixed',
    ]);
    const deployment = read('plugins/DEPLOYMENT.md');
    expect(tableOf(deployment, ['code', 'what is counted', 'limit', 'context'])).toEqual(expected);
  });

  it('have every endpoint under /dev, and no other', () => {
    const told = tableOf(read('plugins/LOCAL.md'), ['endpoint', 'what it does']).map(
      ([endpoint]) => endpoint ?? '',
    );
    const served = [
      ...read('infra/local/dev/dev-api.ts').matchAll(/'((?:GET|POST|DELETE|PUT|ANY) \/dev\/[^']+)'/g),
    ];
    expect(told.toSorted()).toEqual(served.map((match) => code(match[1] as string)).toSorted());
  });
});

describe('the reader of the tables', () => {
  it('sees a field that is missing and one that is too many', () => {
    const schema = { properties: { a: { type: 'string', description: 'A.' } }, required: ['a'] };
    expect(manifestFields(schema)).toEqual([['a', 'text; required', 'A.']]);
    expect(tableOf('| x | y |\n|---|---|\n| `a` | b |\n\n| `c` | d |', ['x', 'y'])).toEqual([['`a`', 'b']]);
    expect(tableOf('| x | y |', ['a', 'b'])).toEqual([]);
  });

  it('takes fenced blocks with what stands before them', () => {
    const [first, second] = blocksOf('one\n```ts a/b.ts\nx\n```\ntwo\n```\ny\n```\n');
    expect(first).toEqual({ language: 'ts', info: 'a/b.ts', text: 'x\n', before: 'one' });
    expect(second).toEqual({ language: '', info: '', text: 'y\n', before: 'two' });
  });
});

/** The actions that a permission compiles to, for any table, event or operation. */
function actionsOf(form: string): readonly string[] {
  const permission = form
    .replaceAll('`', '')
    .replace('<table>', 'orders')
    .replace('<type or type.*>', 'order.*')
    .replace('<plugin>.<operation>', 'shop.buy');
  const stack = new Stack(new App());
  const deployment = {
    stage: 'local',
    auth: { kind: 'none' },
    tracing: { isOn: false, endpoint: 'xray', ratio: 0 },
    debugSampleRate: 0,
    secretOverrides: false,
    throttle: { rate: 1, burst: 1 },
    reservesConcurrency: true,
    archiveDays: 0,
    publicOpenApi: false,
    alarmReceivers: [],
    dashboards: true,
    createsKey: false,
    encryptsWithKey: false,
    isLocal: true,
  } as const;
  const manifest = { partitionKey: 'PK', indexes: {} };
  const targets = {
    tables: { orders: new PluginTable(stack, 'Table', { deployment, tableName: 'orders', manifest }) },
    bus: new PlatformBus(stack, 'Bus', { deployment }),
    eventSource: 'anineeplus.local.shop',
    operationArn: () => 'arn',
  };
  const statements = statementsOf((grantee) => grantPermission(permission, targets, grantee, 'api'));
  return statements.flatMap(({ actions }) => actions);
}
