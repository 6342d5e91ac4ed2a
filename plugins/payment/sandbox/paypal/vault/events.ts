import { emit } from '../events.ts';
import type { PaymentTokenRecord } from '../store/vault-records.ts';
import type { Account } from '../account.ts';
import { paymentTokenView } from './view.ts';

/** Announces a saved account, or its end. */
export function emitToken(account: Account, what: 'CREATED' | 'DELETED', token: PaymentTokenRecord): void {
  emit(account, {
    resource_type: 'payment_token',
    resource_version: '3.0',
    event_type: `VAULT.PAYMENT-TOKEN.${what}`,
    summary: `A payment token has been ${what.toLowerCase()}.`,
    resource: paymentTokenView(account, token),
  });
}
