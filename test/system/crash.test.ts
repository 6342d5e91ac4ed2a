import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '#testing/client.ts';
import { paymentsOf } from '../support/payments.ts';
import { type System, startSystem } from '../support/system.ts';

let system: System;

beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system?.stop());

describe('kill -9 of the runner between create and webhook', () => {
  it('leaves no process, loses nothing, and the payment still succeeds', async () => {
    const payments = paymentsOf(system);
    await payments.sandbox('POST', '/webhooks', { mode: 'hold' });
    const { body } = await payments.create();
    await payments.confirm(body.clientSecret, 'pk_test_browser');

    await system.kill9();
    await eventually(
      () => system.leftovers(),
      (pids) => pids.length === 0,
    );

    await system.restart();
    expect((await paymentsOf(system).get(body.id)).body).toMatchObject({
      id: body.id,
      status: 'requires_action',
    });
    await paymentsOf(system).sandbox('POST', '/webhooks', { mode: 'auto' });
    await paymentsOf(system).sandbox('POST', '/webhooks/flush');
    await paymentsOf(system).status(body.id, 'succeeded');
    const events = await eventually(
      () => paymentsOf(system).events('payment.succeeded.v1', body.id),
      (all) => all.length > 0,
    );
    expect(events).toHaveLength(1);
  });
});
