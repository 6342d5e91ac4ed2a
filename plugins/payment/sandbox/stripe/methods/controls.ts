import * as z from 'zod/mini';
import { actionControl, type Control, named } from '../../shared/controls/control.ts';
import type { Account } from '../account.ts';

const schema = z.strictObject({ decline: z.boolean() });

/** `POST /__sandbox/payment_methods/{id}/charges`: whether the payer's bank declines charges from now on. */
export function methodControl(account: Account): Control {
  return actionControl(account, 'payment_methods/{id}/charges', schema, ({ decline }, id) => {
    const method = named(account.store.get('method', id), 'payment method', id);
    account.store.put('method', id, { ...method, declines: decline });
    return { id, decline };
  });
}
