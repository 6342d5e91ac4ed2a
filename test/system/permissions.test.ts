import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { eventually, type Json, request } from '#testing/client.ts';
import { createClock } from '#testing/clock.ts';
import { copyProject, editJson } from '#testing/project.ts';
import { type System, startSystem } from '../support/system.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 300_000 });

let project: string;
let system: System;
/** Everything that the platform's roles may do. */
let permissions: readonly Permission[];

beforeAll(async () => {
  project = copyProject();
  const examples = join(project, 'plugins/examples');
  for (const name of readdirSync(examples).filter((one) => one !== 'simple-plugin'))
    rmSync(join(examples, name), { recursive: true });
  editJson(join(project, 'cdk.json'), ({ context }: Json) => {
    context['config.backupKey'] = '8r104hZOMyD7bnjt9coKvwVAt8IxYUcKF4opY5Y-WDI';
    // With it, roles need permissions that they do not need without.
    context['kms.key'] = 'customer';
  });
  system = await startSystem({ cwd: project });
  const { body } = await request(system.url, 'GET', '/dev/permissions');
  permissions = (body.permissions as Permission[]).filter(({ of }) => PLATFORM.test(of));
});
afterAll(async () => {
  await system?.stop();
  rmSync(project, { recursive: true, force: true });
});

interface Permission {
  readonly role: string;
  readonly of: string;
  readonly action: string;
  readonly resource: string;
}

/** The functions of the platform, the relay of a plugin among them, and their schedules. */
const PLATFORM = /(?:^|\s)platform\/|\/relay$/;

/** What came of a call that needs a permission. */
interface Outcome {
  readonly ok: boolean;
  readonly answer: unknown;
}

type Call = () => Promise<Outcome>;

const ask =
  (method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Call =>
  async () => {
    const { status, body: answer } = await request(system.url, method, path, {
      ...(body !== undefined && { body }),
      headers,
    });
    return { ok: status < 400 && answer.errors === undefined, answer };
  };

const CONFIG = '/plugins/payment/config';
let amount = 100;
const read = ask('GET', CONFIG);
const change: Call = () => ask('PATCH', CONFIG, { limits: { maxAmount: ++amount } }, { 'if-match': '*' })();
/** A change that the plugin rejects, which is withdrawn; it is right when it says so. */
const reject: Call = async () => {
  const { answer } = await ask('PATCH', CONFIG, { limits: { maxAmount: 'much' } }, { 'if-match': '*' })();
  return { ok: (answer as Json).code === 'config-rejected', answer };
};
const list = ask('GET', '/plugins');
const audit = ask('GET', '/plugins/payment/audit');
/** Its list has the name that faults of GraphQL have. */
const errorsOf: Call = async () => {
  const { answer } = await ask('GET', '/plugins/payment/errors')();
  return { ok: (answer as Json).cursor !== undefined, answer };
};
const drift = ask('GET', '/plugins/drift');
const transition: Call = async () => {
  const unloaded = await ask('POST', '/plugins/unload', { name: 'simple-plugin' })();
  return unloaded.ok ? ask('POST', '/plugins/load', { name: 'simple-plugin' })() : unloaded;
};
const healthOf =
  (name: string): Call =>
  async () => {
    const { answer } = await ask('GET', '/plugins/health')();
    const found = (answer as Json).plugins.find((plugin: Json) => plugin.name === name).health;
    // `unknown`: it answers, and has not asked its providers yet.
    return { ok: found.status !== 'unhealthy', answer: found };
  };
const query = (text: string) => ask('POST', '/graphql', { query: text });
const receipts = query('{ receipts { receipts { eventId } } }');
const backUp: Call = async () => {
  const run = await createClock(() => system.url).runSchedule('platform/backup');
  return { ok: run.status === 'ok', answer: run };
};
const backupsOf = ask('GET', `${CONFIG}/backups`);
const backupOf: Call = async () => {
  const { answer } = await ask('GET', `${CONFIG}/backups/2026-01-01T00:00:00.000Z`)();
  return { ok: (answer as Json).code === 'config-backup-unknown', answer };
};
/** A payment whose events have reached the bus. */
const publish: Call = async () => {
  const { body } = await request(system.url, 'POST', '/payments', { body: { amount: 100, currency: 'usd' } });
  const onBus = async () => JSON.stringify((await request(system.url, 'GET', '/dev/events')).body);
  const arrived = await eventually(onBus, (events) => events.includes(body.id), 1_500).catch(() => undefined);
  return { ok: arrived !== undefined, answer: `the event of ${body.id} is not on the bus` };
};

/** Lambda writes the log with the rights of the role, so the call itself goes well. */
const logged =
  (fn: string, call: Call, lines: 'lines' | 'no lines'): Call =>
  async () => {
    await call();
    const { body } = await request(system.url, 'GET', `/dev/invocations?function=anineeplus-local-${fn}`);
    const { logs, denied } = (body.invocations as Json[]).at(-1);
    return { ok: (lines === 'no lines' || logs.length > 0) && denied.length === 0, answer: denied };
  };

/** No call: without it CloudFormation creates nothing that needs it. */
const DEPLOYMENT = undefined;

const registry = 'table/anineeplus-local-registry';
const errorsTable = 'table/anineeplus-local-errors';
const backups = 'table/anineeplus-local-config-backups';
const secret = 'secret:anineeplus/local/plugins/*';
const anyKey = 'key/*';
/** That of tables and queues. */
const dataKey = 'key/e33d912b-e268-77cb-0beb-4deac4d60399';
const stream = 'table/anineeplus-local-payment-payments/stream/2024-01-01T00:00:00.000';
/** The code of the answer; elsewhere than locally it names no role and no account. */
const accessDenied = /access-denied/;

/** Whose permission, which, on what; the call that needs it, and what its answer says without it. */
type Case = readonly [string, string, string, Call | undefined, RegExp];

const logsOf = (fn: string, call: Call, lines: 'lines' | 'no lines' = 'lines'): readonly Case[] =>
  ['logs:CreateLogStream', 'logs:PutLogEvents'].map((action) => [
    fn,
    action,
    `log-group:/aws/lambda/anineeplus-local-${fn.replace('/', '-')}:*`,
    logged(fn.replace('/', '-'), call, lines),
    /rights of the role/,
  ]);

const invokes = (alias: string) => `function:anineeplus-local-${alias}`;

const cases: readonly Case[] = [
  ...logsOf('platform/plugins', list),
  ['platform/plugins', 'dynamodb:GetItem', registry, list, accessDenied],
  ['platform/plugins', 'dynamodb:PutItem', registry, transition, accessDenied],
  ['platform/plugins', 'dynamodb:Query', registry, audit, accessDenied],
  ['platform/plugins', 'dynamodb:Query', errorsTable, errorsOf, accessDenied],
  ['platform/plugins', 'kms:Decrypt', dataKey, list, accessDenied],
  ['platform/plugins', 'lambda:InvokeFunction', invokes('*:health'), healthOf('payment'), /not authorized/],
  ['platform/plugins', 'lambda:ListEventSourceMappings', '*', drift, accessDenied],
  ['platform/plugins', 'apigateway:PATCH', 'stages/$default', DEPLOYMENT, /may not/],
  ['platform/plugins', 'apigateway:DELETE', 'stages/$default/routesettings/*', DEPLOYMENT, /may not/],
  ['platform/plugins', 'lambda:UpdateEventSourceMapping', 'event-source-mapping:*', transition, accessDenied],

  ...logsOf('platform/config', read),
  ['platform/config', 'dynamodb:GetItem', registry, read, accessDenied],
  ['platform/config', 'dynamodb:Query', registry, read, accessDenied],
  ['platform/config', 'dynamodb:PutItem', registry, change, accessDenied],
  ['platform/config', 'dynamodb:DeleteItem', registry, reject, accessDenied],
  ['platform/config', 'dynamodb:Query', backups, backupsOf, accessDenied],
  ['platform/config', 'dynamodb:GetItem', backups, backupOf, accessDenied],
  ['platform/config', 'secretsmanager:GetSecretValue', secret, read, accessDenied],
  ['platform/config', 'secretsmanager:ListSecretVersionIds', secret, read, accessDenied],
  ['platform/config', 'secretsmanager:PutSecretValue', secret, change, accessDenied],
  ['platform/config', 'secretsmanager:UpdateSecretVersionStage', secret, change, accessDenied],
  ['platform/config', 'kms:Decrypt', anyKey, read, accessDenied],
  ['platform/config', 'kms:GenerateDataKey', anyKey, change, accessDenied],
  ['platform/config', 'kms:Decrypt', dataKey, read, accessDenied],
  ['platform/config', 'lambda:InvokeFunction', invokes('*:config'), change, accessDenied],

  ...logsOf('platform/graphql', receipts),
  ['platform/graphql', 'lambda:InvokeFunction', invokes('*:graphql'), receipts, accessDenied],

  // It serves files, and has nothing to say of its own.
  ...logsOf('platform/console', ask('GET', '/console'), 'no lines'),

  ...logsOf('platform/backup', backUp),
  ['platform/backup', 'dynamodb:PutItem', backups, backUp, /There is no backup of payment/],
  ['platform/backup', 'secretsmanager:GetSecretValue', secret, backUp, /There is no backup of payment/],
  ['platform/backup', 'kms:Decrypt', anyKey, backUp, /There is no backup of payment/],
  ['platform/backup', 'kms:Decrypt', dataKey, backUp, /There is no backup of payment/],
  ['platform/backup', 'kms:GenerateDataKey', dataKey, DEPLOYMENT, /lacks/],
  ['platform/backup', 'sqs:SendMessage', 'anineeplus-local-platform-schedules-dlq', DEPLOYMENT, /lacks/],
  ['schedule platform/backup', 'lambda:InvokeFunction', invokes('platform-backup:live'), backUp, /denied/],
  ['schedule platform/backup', 'kms:Decrypt', dataKey, backUp, /denied/],
  ['schedule platform/backup', 'kms:GenerateDataKey', dataKey, backUp, /denied/],
  [
    'schedule platform/backup',
    'sqs:SendMessage',
    'anineeplus-local-platform-schedules-dlq',
    backUp,
    /denied/,
  ],

  ...logsOf('payment/relay', publish),
  ['payment/relay', 'events:PutEvents', 'event-bus/anineeplus-local', publish, /is not on the bus/],
  ['payment/relay', 'dynamodb:DescribeStream', stream, DEPLOYMENT, /may not/],
  ['payment/relay', 'dynamodb:GetRecords', stream, DEPLOYMENT, /may not/],
  ['payment/relay', 'dynamodb:GetShardIterator', stream, DEPLOYMENT, /may not/],
  ['payment/relay', 'dynamodb:ListStreams', stream, DEPLOYMENT, /may not/],
  ['payment/relay', 'kms:Decrypt', dataKey, DEPLOYMENT, /may not/],
  ['payment/relay', 'kms:GenerateDataKey', dataKey, DEPLOYMENT, /may not/],
  ['payment/relay', 'sqs:SendMessage', 'anineeplus-local-relay-dlq', DEPLOYMENT, /may not/],
];

/** A report of before is shown for 5 seconds. */
const HEALTH_CACHE_MS = 8_000;

const isOn = (resource: string, on: string): boolean =>
  resource === on || resource.endsWith(`:${on}`) || resource.endsWith(`/${on}`);

/** Spans and grouped errors: their lack breaks no call, as the tests of tracing and error tracking show. */
const isRecording = ({ of, action, resource }: Permission): boolean =>
  action.startsWith('xray:') ||
  // It uses no other table than that of errors.
  (of === 'platform/graphql' && isOn(resource, dataKey)) ||
  (isOn(resource, errorsTable) && ['dynamodb:PutItem', 'dynamodb:UpdateItem'].includes(action));

/** It is made as the relay of every plugin is, whose permissions have cases. */
const isOfErrorRelay = ({ of }: Permission): boolean => of === 'platform/relay';

describe('each permission of the roles of the platform', () => {
  it('has a case below', () => {
    const judged = permissions.filter((one) => !isRecording(one) && !isOfErrorRelay(one));
    const without = judged.filter(
      ({ of, action, resource }) =>
        !cases.some((one) => one[0] === of && one[1] === action && isOn(resource, one[2])),
    );
    expect(without).toEqual([]);
    expect(judged).toHaveLength(cases.length);
  });

  it('is needed by the relay of errors as by those of plugins', () => {
    const of = (relay: string) =>
      permissions.filter((one) => one.of === relay && !isRecording(one)).map(({ action }) => action);
    expect(of('platform/relay')).not.toEqual([]);
    expect(of('platform/relay').sort()).toEqual(of('payment/relay').sort());
  });

  it.each(cases)('is needed: %s %s on %s', async (of, action, on, call, says) => {
    const permission = permissions.find(
      (one) => one.of === of && one.action === action && isOn(one.resource, on),
    );
    const inForce = (await read()).answer as Json;
    const since = new Date().toISOString();
    const withdrawn = await request(system.url, 'POST', '/dev/permissions', { body: permission });
    expect(withdrawn.status).toBe(201);
    try {
      if (call === DEPLOYMENT) {
        const refused = withdrawn.body.refused.join('\n');
        expect(refused).toMatch(says);
        expect(refused).toContain(action);
        return;
      }
      const { ok, answer } = await call();
      expect(JSON.stringify(answer)).toMatch(says);
      expect(ok).toBe(false);
      if (of.startsWith('schedule')) expect(JSON.stringify(answer)).toContain(action);
      else expect(await denialsOf(of, since)).toContain(action);
    } finally {
      await request(system.url, 'DELETE', '/dev/permissions');
    }
    // Nothing is half done: the old version is in force, and the same call succeeds.
    expect(((await read()).answer as Json).version).toBe(inForce.version);
    if (call) await eventually(call, ({ ok }) => ok, HEALTH_CACHE_MS);
  });

  it('leaves the audit without a gap when it is back', async () => {
    for (const name of ['payment', 'simple-plugin']) {
      const { body } = await request(system.url, 'GET', `/plugins/${name}/audit?limit=100`);
      const versions = body.entries.map(({ version }: Json) => version as number);
      expect(versions.length).toBeGreaterThan(0);
      expect(versions).toEqual(versions.map((_: number, index: number) => versions.length - index));
    }
    const { body } = await request(system.url, 'GET', '/plugins/drift');
    expect(body).toEqual({ drift: [] });
  });
});

/** What a function was denied since a time. */
async function denialsOf(of: string, since: string): Promise<readonly string[]> {
  const name = `anineeplus-local-${of.replace('/', '-')}`;
  const { body } = await request(system.url, 'GET', `/dev/invocations?function=${name}`);
  const denied = (body.invocations as Json[]).flatMap((one) => one.denied as Json[]);
  return denied.filter(({ at }) => at >= since).map(({ action }) => action as string);
}
