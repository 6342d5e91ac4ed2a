import type { Account } from '../account.ts';
import { apiLink } from '../links.ts';
import { PAYER } from '../orders/payer.ts';
import type { PaymentTokenRecord, SetupTokenRecord, VaultCustomer } from '../store/vault-records.ts';

/** Where the payer approves a setup token. */
function setupApprovalUrl(account: Account, id: string): string {
  return `${account.origin()}/agreements/approve?approval_session_id=${id}`;
}

/** A setup token. */
export function setupTokenView(account: Account, token: SetupTokenRecord): Record<string, unknown> {
  const { customer, id, status, wallet } = token;
  const waits = status === 'PAYER_ACTION_REQUIRED';
  return {
    id,
    customer: customerView(customer),
    status,
    payment_source: { paypal: waits ? wallet : { ...wallet, ...payerOf() } },
    links: [
      ...(waits ? [{ href: setupApprovalUrl(account, id), rel: 'approve', method: 'GET' }] : []),
      apiLink(account, `/v3/vault/setup-tokens/${id}`, 'self'),
    ],
  };
}

/** A saved account. */
export function paymentTokenView(account: Account, token: PaymentTokenRecord): Record<string, unknown> {
  const path = `/v3/vault/payment-tokens/${token.id}`;
  return {
    id: token.id,
    customer: customerView(token.customer),
    payment_source: { paypal: { ...token.wallet, ...payerOf() } },
    links: [apiLink(account, path, 'self'), apiLink(account, path, 'delete', 'DELETE')],
  };
}

function customerView({ id, merchantCustomerId }: VaultCustomer): object {
  return { id, merchant_customer_id: merchantCustomerId };
}

function payerOf(): object {
  const { email_address, name, payer_id } = PAYER;
  return { email_address, payer_id, account_id: payer_id, name };
}
