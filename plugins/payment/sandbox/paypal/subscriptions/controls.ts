import * as z from 'zod/mini';
import { actionControl, type Control, ControlError, named } from '../../shared/controls/control.ts';
import type { Account } from '../account.ts';
import { approveSubscription } from './approve.ts';
import { saveSubscription } from './events.ts';
import { subscriptionView } from './view.ts';

const FAIL_MAX = 1000;
const count = z.int().check(z.minimum(0), z.maximum(FAIL_MAX));
const approveSchema = z.strictObject({ fail: z._default(count, 0) });
const paymentsSchema = z.strictObject({ fail: count });

/** The payer subscribes, and the payer's account pays or not. */
export function subscriptionControls(account: Account): readonly Control[] {
  const subscriptionAt = (id: string) => named(account.store.get('subscription', id), 'subscription', id);
  return [
    actionControl(account, 'subscriptions/{slug}/approve', approveSchema, ({ fail }, id) => {
      const found = subscriptionAt(id);
      const done = approveSubscription(account, found, fail);
      if (!done) throw new ControlError(`${id} is ${found.status}; only one that waits can be approved`);
      return { ...subscriptionView(account, done.object), redirect: done.redirect };
    }),
    actionControl(account, 'subscriptions/{slug}/payments', paymentsSchema, ({ fail }, id) =>
      subscriptionView(account, saveSubscription(account, subscriptionAt(id), { failNext: fail })),
    ),
  ];
}
