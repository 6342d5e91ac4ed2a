import { afterAll, beforeAll, describe, expect } from 'vitest';
import { receiver } from '../unit/plugins/payment/sandbox/support.ts';
import { captures } from './captures.ts';
import { customers } from './customers.ts';
import { disputes } from './disputes.ts';
import type { Judge } from './judge.ts';
import { report } from './judge.ts';
import { money } from './money.ts';
import { payments } from './payments.ts';
import { records } from './records.ts';
import { refunds } from './refunds.ts';
import { refusals } from './refusals.ts';
import { subscriptions } from './subscriptions.ts';
import type { Group, ProviderUnderTest } from './under-test.ts';

const groups: Readonly<Record<string, Group>> = {
  payments,
  captures,
  refunds,
  money,
  disputes,
  customers,
  subscriptions,
  records,
  refusals,
};

/** What starts an adapter at a sandbox of its own, which delivers webhooks to that address. */
export type Start = (
  webhookUrl: string,
) => Promise<{ readonly given: ProviderUnderTest; readonly judge: Judge }>;

/** The port in tests: every provider adapter must pass all of it. */
export function paymentProviderSuite(name: string, start: Start): void {
  describe(`payment provider: ${name}`, () => {
    let judged = 0;
    afterAll(() => report(name, judged));
    for (const [title, group] of Object.entries(groups)) {
      describe(title, () => {
        let started: Awaited<ReturnType<Start>> | undefined;
        let endpoint: Awaited<ReturnType<typeof receiver>>;
        beforeAll(async () => {
          endpoint = await receiver();
          started = await start(endpoint.url);
        }, 240_000);
        afterAll(async () => {
          await started?.given.stop();
          await endpoint.close();
          judged += started?.judge.count() ?? 0;
          expect(started?.judge.faults()).toEqual([]);
        });
        group(() => {
          if (started === undefined) throw new Error('The provider did not start');
          return started.given;
        });
      });
    }
  });
}
