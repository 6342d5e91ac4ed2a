import * as z from 'zod/mini';
import { actionControl, type Control } from '../../shared/controls/control.ts';
import type { Account } from '../account.ts';

const schema = z.strictObject({ afterRetries: z.enum(['cancel', 'unpaid']) });

/** `POST /__sandbox/subscriptions`: what happens when all charges of a renewal failed, an account setting. */
export function subscriptionControl(account: Account): Control {
  return actionControl(account, 'subscriptions', schema, (settings) => {
    account.store.put('afterRetries', 'current', settings.afterRetries);
    return settings;
  });
}
