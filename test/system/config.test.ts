import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Answer, eventually, type Json, request, type RequestOptions } from '#testing/client.ts';
import { filesHolding } from '../support/files.ts';
import { type System, startSystem } from '../support/system.ts';

vi.setConfig({ testTimeout: 120_000 });

let system: System;
const answers: string[] = [];

beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system?.stop());

async function call(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
  const answer = await request(system.url, method, path, options);
  answers.push(JSON.stringify(answer.body));
  return answer;
}

const PATH = '/plugins/payment/config';
const read = () => call('GET', PATH);
const etag = async () => (await read()).headers.get('etag') ?? '';
const patch = async (body: unknown, ifMatch?: string) =>
  call('PATCH', PATH, { body, headers: { 'if-match': ifMatch ?? (await etag()) } });
const rollback = async (version: string) =>
  call('POST', `${PATH}/rollback`, { body: { version }, headers: { 'if-match': await etag() } });
const versions = async () => (await call('GET', `${PATH}/versions`)).body.versions as Json[];
const audit = async () => (await call('GET', '/plugins/payment/audit?limit=100')).body.entries as Json[];
const pay = (amount: number) => call('POST', '/payments', { body: { amount, currency: 'usd' } });
/** Whether payments above an amount are refused by the limit. */
const isLimited = async (amount: number) => (await pay(amount)).body.code === 'limit-exceeded';
const maxAmount = async () => (await read()).body.values.limits?.maxAmount as number | undefined;

describe('a change of the configuration', () => {
  it('is obeyed by running functions within 5 seconds, and can be taken back', async () => {
    expect((await pay(100)).status).toBe(201);
    const before = await read();
    const pid = system.pid;
    const changed = await patch({ limits: { maxAmount: 50 } }, before.headers.get('etag') ?? '');
    expect(changed).toMatchObject({
      status: 200,
      body: { values: { limits: { maxAmount: 50 } }, changed: ['limits.maxAmount'], updatedBy: 'developer' },
    });
    expect(changed.headers.get('etag')).not.toBe(before.headers.get('etag'));
    await eventually(() => isLimited(100), Boolean, 5_000);
    expect((await rollback(before.body.label)).body).toMatchObject({ label: before.body.label });
    await eventually(
      async () => (await pay(100)).status,
      (status) => status === 201,
      5_000,
    );
    expect(system.pid).toBe(pid);
  });

  it('stands in the history and in the audit, with who, when and which paths', async () => {
    await patch({ limits: { maxAmount: 70, minAmount: 2 } });
    const [newest, ...older] = await versions();
    expect(newest).toMatchObject({
      inForce: true,
      configVersion: 1,
      updatedBy: 'developer',
      changed: ['limits.maxAmount', 'limits.minAmount'],
    });
    expect(Date.parse(newest.updatedAt)).toBeGreaterThan(Date.now() - 60_000);
    expect(older.every(({ inForce }: Json) => !inForce)).toBe(true);
    const [entry] = await audit();
    expect(entry).toMatchObject({
      action: 'config-write',
      by: 'developer',
      after: { label: newest.label, changed: ['limits.maxAmount', 'limits.minAmount'] },
    });
    const diff = await call('GET', `${PATH}/diff?from=${older[0].label}&to=${newest.label}`);
    expect(diff.body.changes).toContainEqual({ path: 'limits.maxAmount', before: 50, after: 70 });
    const one = await call('GET', `${PATH}/versions/${newest.label}`);
    expect(one.body.values).toMatchObject({ stripe: { secretKey: '********' }, limits: { maxAmount: 70 } });
  });

  it('leaves a masked secret as it is, and takes away what is null', async () => {
    const { values } = (await read()).body;
    expect((await patch(values)).body.changed).toEqual([]);
    const answer = await patch({ ...values, limits: { minAmount: null, maxAmount: 71 } });
    expect(answer.body.changed).toEqual(['limits.maxAmount', 'limits.minAmount']);
    expect(answer.body.values.limits).toEqual({ maxAmount: 71 });
    expect((await pay(10)).status).toBe(201);
  });

  it('of one that does not fit, or with which the plugin is unhealthy, leaves the old one in force', async () => {
    const before = await read();
    const bad = await patch({ limits: { maxAmount: 'much' }, stripe: { secretKei: 'sk_test_hunter2' } });
    expect(bad).toMatchObject({
      status: 422,
      body: {
        code: 'config-rejected',
        step: 'schema',
        errors: [{ path: 'limits.maxAmount' }, { path: 'stripe.secretKei' }],
      },
    });
    const refused = await patch({ stripe: { secretKey: 'sk_test_hunter2' } });
    expect(refused).toMatchObject({
      status: 422,
      body: { code: 'config-rejected', step: 'health', reason: 'the provider refuses the credentials' },
    });
    const after = await read();
    expect(after.headers.get('etag')).toBe(before.headers.get('etag'));
    expect(after.body).toEqual(before.body);
    expect((await pay(10)).status).toBe(201);
  });

  it('needs an If-Match that is in force', async () => {
    expect((await call('PATCH', PATH, { body: {} })).body).toMatchObject({
      code: 'precondition-required',
      status: 428,
    });
    expect((await patch({}, 'cfg-1')).body).toMatchObject({ code: 'precondition-invalid', status: 400 });
    expect((await patch({}, '"cfg-1"')).body).toMatchObject({ code: 'precondition-failed', status: 412 });
    expect((await call('POST', `${PATH}/rollback`, { body: { version: 'cfg-1' } })).status).toBe(428);
    expect((await patch({}, '*')).status).toBe(200);
  });

  it('is made by exactly one of five that have seen the same version', async () => {
    const seen = await etag();
    const amounts = [81, 82, 83, 84, 85];
    const all = await Promise.all(amounts.map((amount) => patch({ limits: { maxAmount: amount } }, seen)));
    const statuses = all.map(({ status }) => status).sort((a, b) => a - b);
    expect(statuses).toEqual([200, 412, 412, 412, 412]);
    const winner = amounts[all.findIndex(({ status }) => status === 200)];
    expect(await maxAmount()).toBe(winner);
    const entries = await audit();
    expect(entries.map(({ version }: Json) => version)).toEqual(
      entries.map((_, index) => entries.length - index),
    );
  });

  it('is refused for what there is not', async () => {
    expect((await call('GET', '/plugins/nope/config')).body).toMatchObject({
      status: 404,
      code: 'not-found',
    });
    expect((await call('GET', '/plugins/simple-plugin/config')).body).toMatchObject({
      status: 404,
      code: 'no-configuration',
    });
    expect((await rollback('cfg-999')).body).toMatchObject({ status: 404, code: 'config-version-unknown' });
    expect((await rollback('newest')).body).toMatchObject({ status: 400, code: 'invalid-request' });
  });

  it('needs a scope of its own, and a token without it is refused', async () => {
    const { token } = (
      await call('POST', '/dev/token', { body: { sub: 'eve', scopes: ['plugins:read', 'plugins:write'] } })
    ).body;
    answers.pop();
    const headers = { authorization: `Bearer ${token}` };
    for (const [method, path] of [
      ['GET', PATH],
      ['PATCH', PATH],
      ['GET', `${PATH}/versions`],
      ['POST', `${PATH}/export`],
    ] as const) {
      const body = method === 'GET' ? {} : { body: {} };
      expect((await call(method, path, { headers, ...body })).status).toBe(403);
    }
  });

  it('works while the plugin is unloaded, and is in force when it is loaded', async () => {
    await call('POST', '/plugins/unload', { body: { name: 'payment', cascade: true } });
    expect((await patch({ limits: { maxAmount: 60 } })).status).toBe(200);
    await call('POST', '/plugins/load', { body: { name: 'payment', cascade: true } });
    expect(await isLimited(65)).toBe(true);
  });

  it('keeps the last sixteen versions, and counts on', async () => {
    for (let amount = 100; amount < 118; amount++) await patch({ limits: { maxAmount: amount } }, '*');
    const all = await versions();
    expect(all).toHaveLength(16);
    const numbers = all.map(({ label }: Json) => Number(label.slice('cfg-'.length)));
    expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) - index));
    expect(numbers[0]).toBeGreaterThan(18);
  });
});

describe('an export', () => {
  const key = randomBytes(32).toString('base64');

  it('restores the configuration, and shows nothing of it', async () => {
    await patch({ limits: { maxAmount: 42 } }, '*');
    const { status, body: envelope } = await call('POST', `${PATH}/export`, { body: { key } });
    expect(status).toBe(200);
    await patch({ limits: { maxAmount: 43 } }, '*');
    const restore = (body: unknown) => call('POST', `${PATH}/import`, { body, headers: { 'if-match': '*' } });
    expect((await restore({ key: randomBytes(32).toString('base64'), envelope })).body).toMatchObject({
      status: 422,
      code: 'envelope-invalid',
    });
    expect((await restore({ key: 'short', envelope })).body).toMatchObject({ code: 'export-key-invalid' });
    const restored = await restore({ key, envelope });
    expect(restored.body).toMatchObject({
      changed: ['limits.maxAmount'],
      values: { limits: { maxAmount: 42 } },
    });
    expect((await audit())[0]).toMatchObject({ action: 'config-import' });
  });
});

describe('backups', () => {
  it('are off in a deployment without a key for them, which is said', async () => {
    const { body } = await call('GET', `${PATH}/backups`);
    expect(body).toMatchObject({ status: 404, code: 'config-backups-off' });
    expect(body.detail).toContain('config.backupKey');
  });
});

describe('a crash of the config function', () => {
  /** Lets its n-th AWS call from now on fail by a crash before it leaves. */
  const crashAt = (n: number) =>
    call('POST', '/dev/faults', {
      body: { function: 'platform/config', kind: 'crash', call: { target: 'aws', n, when: 'before' } },
    });
  const waiting = async () => (await call('GET', '/dev/faults')).body.faults as Json[];

  it(
    'at any of its calls leaves the old version or the new one, and the next call repairs the rest',
    { timeout: 300_000 },
    async () => {
      let crashes = 0;
      let applied = 0;
      for (let n = 1; ; n++) {
        const before = await maxAmount();
        const wanted = 500 + n;
        const ifMatch = await etag();
        await crashAt(n);
        const answer = await patch({ limits: { maxAmount: wanted } }, ifMatch);
        const struck = (await waiting()).length === 0;
        await call('DELETE', '/dev/faults');
        if (!struck) {
          expect(answer.status).toBe(200);
          break;
        }
        crashes++;
        expect(answer.status).toBe(500);
        const now = await maxAmount();
        expect([before, wanted]).toContain(now);
        if (now === wanted) applied++;
        const [newest] = await audit();
        const { version, label } = (await read()).body;
        expect(newest.after).toMatchObject({ configVersionId: version, label });
        expect((await versions()).filter(({ inForce }: Json) => inForce)).toHaveLength(1);
      }
      expect(crashes).toBeGreaterThan(10);
      expect(applied).toBeGreaterThan(2);
      expect(applied).toBeLessThan(crashes);
      const entries = await audit();
      const ids = entries.map(({ version }: Json) => version as number);
      expect(ids).toEqual(ids.map((_, index) => (ids[0] ?? 0) - index));
      await eventually(() => isLimited(10_000), Boolean, 5_000);
    },
  );
});

describe('secrets', () => {
  it('stand in no answer, no log and no item of the registry', async () => {
    const keys = JSON.parse(readFileSync(join(system.stateDir, 'sandboxes.json'), 'utf8')) as Record<
      string,
      string
    >;
    const secrets = Object.entries(keys)
      .filter(([name]) => /secretKey|webhookSecret|clientSecret/.test(name))
      .map(([, value]) => value);
    secrets.push('sk_test_hunter2');
    expect(secrets.length).toBeGreaterThan(3);
    const logs = JSON.stringify((await request(system.url, 'GET', '/dev/invocations')).body);
    const shown = [...answers, logs, system.output()].join('\n');
    for (const secret of secrets) expect(shown.includes(secret), secret.slice(0, 8)).toBe(false);
    const holders = filesHolding(system.stateDir, secrets);
    // Secrets Manager's own store, and what the sandboxes of the providers keep.
    expect(holders).not.toEqual([]);
    expect(holders.filter((file) => !/^(?:state\.sqlite|sandboxes)/.test(file))).toEqual([]);
  });
});
