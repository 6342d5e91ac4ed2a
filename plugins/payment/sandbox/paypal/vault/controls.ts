import * as z from 'zod/mini';
import type { Control } from '../../shared/controls/control.ts';
import { ControlError, parseControl } from '../../shared/controls/control.ts';
import type { Account } from '../account.ts';
import { approveSetup } from './approve.ts';
import { forget } from './payment-tokens.ts';
import { setupTokenView } from './view.ts';

const nothingSchema = z.strictObject({});

/** The payer allows an account to be saved, or takes that back. */
export function vaultControls(account: Account): readonly Control[] {
  return [
    {
      method: 'POST',
      path: /^\/__sandbox\/setup-tokens\/(\w+)\/approve$/,
      run: ({ body, id }) => {
        parseControl(nothingSchema, body);
        const token = account.store.get('setupToken', id);
        if (!token) throw new ControlError(`there is no setup token ${id}`, 404);
        const done = approveSetup(account, token);
        if (!done) throw new ControlError(`${id} is ${token.status}; only one that waits can be approved`);
        const { redirect } = done;
        return { ...setupTokenView(account, done.token), ...(redirect === undefined ? {} : { redirect }) };
      },
    },
    {
      method: 'POST',
      path: /^\/__sandbox\/payment-tokens\/(\w+)\/delete$/,
      run: ({ body, id }) => {
        parseControl(nothingSchema, body);
        const token = account.store.get('paymentToken', id);
        if (!token) throw new ControlError(`there is no payment token ${id}`, 404);
        account.store.transaction(() => forget(account, token));
        return { id, deleted: true };
      },
    },
  ];
}
