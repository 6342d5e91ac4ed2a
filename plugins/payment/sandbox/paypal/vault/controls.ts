import { actionControl, type Control, ControlError, named, nothing } from '../../shared/controls/control.ts';
import type { Account } from '../account.ts';
import { forgetToken } from './payment-tokens.ts';
import { approveSetup } from './setup-tokens.ts';
import { setupTokenView } from './view.ts';

/** The payer allows an account to be saved, or removes a saved one. */
export function vaultControls(account: Account): readonly Control[] {
  return [
    actionControl(account, 'setup-tokens/{id}/approve', nothing, (_, id) => {
      const token = named(account.store.get('setupToken', id), 'setup token', id);
      const done = approveSetup(account, token);
      if (!done) throw new ControlError(`${id} is ${token.status}; only one that waits can be approved`);
      return { ...setupTokenView(account, done.object), redirect: done.redirect };
    }),
    actionControl(account, 'payment-tokens/{id}/delete', nothing, (_, id) => {
      forgetToken(account, named(account.store.get('paymentToken', id), 'payment token', id));
      return { id, deleted: true };
    }),
  ];
}
