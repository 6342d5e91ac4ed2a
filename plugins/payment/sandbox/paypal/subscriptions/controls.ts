import * as z from 'zod/mini';
import type { Control } from '../../shared/controls/control.ts';
import { ControlError, parseControl } from '../../shared/controls/control.ts';
import type { SubscriptionRecord } from '../store/subscription-records.ts';
import type { Account } from '../account.ts';
import { approveSubscription } from './approve.ts';
import { saveSubscription } from './save.ts';
import { subscriptionView } from './view.ts';

const FAIL_MAX = 1000;
const count = z.int().check(z.minimum(0), z.maximum(FAIL_MAX));
const approveSchema = z.strictObject({ fail: z._default(count, 0) });
const paymentsSchema = z.strictObject({ fail: count });

/** The payer subscribes, and the payer's account pays or not. */
export function subscriptionControls(account: Account): readonly Control[] {
  return [
    {
      method: 'POST',
      path: /^\/__sandbox\/subscriptions\/([\w-]+)\/approve$/,
      run: ({ body, id }) => {
        const { fail } = parseControl(approveSchema, body);
        const found = find(account, id);
        const done = approveSubscription(account, found, fail);
        if (!done) throw new ControlError(`${id} is ${found.status}; only one that waits can be approved`);
        const { redirect, subscription } = done;
        return {
          ...subscriptionView(account, subscription),
          ...(redirect === undefined ? {} : { redirect }),
        };
      },
    },
    {
      method: 'POST',
      path: /^\/__sandbox\/subscriptions\/([\w-]+)\/payments$/,
      run: ({ body, id }) => {
        const { fail } = parseControl(paymentsSchema, body);
        return subscriptionView(account, saveSubscription(account, find(account, id), { failNext: fail }));
      },
    },
  ];
}

function find(account: Account, id: string): SubscriptionRecord {
  const found = account.store.get('subscription', id);
  if (!found) throw new ControlError(`there is no subscription ${id}`, 404);
  return found;
}
