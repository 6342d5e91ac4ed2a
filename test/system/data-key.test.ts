import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { eventually, type Json, request } from '#testing/client.ts';
import { createClock } from '#testing/clock.ts';
import { copyProject, editJson } from '#testing/project.ts';
import { payAtOnce, paymentsOf } from '../support/payments.ts';
import { type System, startSystem } from '../support/system.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 300_000 });

let project: string;
let system: System;
beforeAll(async () => {
  project = copyProject();
  editJson(join(project, 'cdk.json'), ({ context }: Json) => {
    context['kms.key'] = 'customer';
  });
  system = await startSystem({ cwd: project });
});
afterAll(async () => {
  await system?.stop();
  rmSync(project, { recursive: true, force: true });
});

const receiptOf = (paymentId: string, withinMs: number) =>
  eventually(
    async () => (await request(system.url, 'GET', '/simple/receipts')).body.receipts as readonly Json[],
    (receipts) => receipts.some((receipt) => receipt.paymentId === paymentId),
    withinMs,
  );

/** What roles may do with the key of tables and queues. */
async function usesOfKey(): Promise<readonly Json[]> {
  const { body } = await request(system.url, 'GET', '/dev/permissions');
  return (body.permissions as Json[]).filter(
    ({ action, resource }) => action.startsWith('kms:') && /:key\/[\da-f]{8}-/.test(resource),
  );
}

it('takes a payment from its creation over the webhook and the event to the receipt of another plugin', async () => {
  const payments = paymentsOf(system);
  const { body: created } = await payments.create();
  await payments.confirm(created.clientSecret, 'pk_test_browser');
  await payments.status(created.id, 'succeeded', 20_000);
  await receiptOf(created.id, 20_000);
  expect(await payments.events('payment.succeeded.v1', created.id)).toHaveLength(1);
});

it('runs a schedule', async () => {
  const run = await createClock(() => system.url).runSchedule('payment/due');
  expect(run).toMatchObject({ status: 'ok' });
});

it('refuses the use of a table whose key the role may not use, in the words of DynamoDB', async () => {
  const [permission] = (await usesOfKey()).filter(({ of }) => of === 'simple-plugin/api');
  expect(permission).toMatchObject({ action: 'kms:Decrypt' });
  await request(system.url, 'POST', '/dev/permissions', { body: permission });
  try {
    const { status } = await request(system.url, 'GET', '/simple/receipts');
    expect(status).toBeGreaterThanOrEqual(500);
    const name = 'anineeplus-local-simple-plugin-api';
    const { body } = await request(system.url, 'GET', `/dev/invocations?function=${name}`);
    const { denied, logs } = (body.invocations as Json[]).at(-1);
    expect(denied).toContainEqual(expect.objectContaining({ action: 'kms:Decrypt' }));
    expect(JSON.stringify(logs)).toMatch(
      /KMS key access denied error: .*is not authorized to perform: kms:Decrypt on resource: arn:aws:kms/,
    );
  } finally {
    await request(system.url, 'DELETE', '/dev/permissions');
  }
  expect((await request(system.url, 'GET', '/simple/receipts')).status).toBe(200);
});

it('feeds no queue whose key the role of its function may not use, and goes on when it may', async () => {
  const [permission] = (await usesOfKey()).filter(({ of }) => of === 'simple-plugin/on-payment-succeeded');
  const { body } = await request(system.url, 'POST', '/dev/permissions', { body: permission });
  expect(body.refused.join('\n')).toMatch(/may not kms:Decrypt on arn:aws:kms/);
  await request(system.url, 'DELETE', '/dev/permissions');
  await receiptOf(await payAtOnce(system), 20_000);
});
