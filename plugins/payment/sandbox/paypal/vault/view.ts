import { apiLink } from '../links.ts';
import { PAYER } from '../orders/payer.ts';
import type { PaymentTokenRecord, SetupTokenRecord, VaultCustomer } from '../store/vault-records.ts';
import type { World } from '../world.ts';

/** Where the payer approves a setup token. */
export function setupApprovalUrl(world: World, id: string): string {
  return `${world.origin()}/agreements/approve?approval_session_id=${id}`;
}

/** A setup token. */
export function setupTokenView(world: World, token: SetupTokenRecord): Record<string, unknown> {
  const { customer, id, status, wallet } = token;
  const waits = status === 'PAYER_ACTION_REQUIRED';
  return {
    id,
    customer: customerView(customer),
    status,
    payment_source: { paypal: waits ? wallet : { ...wallet, ...payerOf() } },
    links: [
      ...(waits ? [{ href: setupApprovalUrl(world, id), rel: 'approve', method: 'GET' }] : []),
      apiLink(world, `/v3/vault/setup-tokens/${id}`, 'self'),
    ],
  };
}

/** A saved account. */
export function paymentTokenView(world: World, token: PaymentTokenRecord): Record<string, unknown> {
  const path = `/v3/vault/payment-tokens/${token.id}`;
  return {
    id: token.id,
    customer: customerView(token.customer),
    payment_source: { paypal: { ...token.wallet, ...payerOf() } },
    links: [apiLink(world, path, 'self'), apiLink(world, path, 'delete', 'DELETE')],
  };
}

function customerView({ id, merchantCustomerId }: VaultCustomer): object {
  return { id, ...(merchantCustomerId === undefined ? {} : { merchant_customer_id: merchantCustomerId }) };
}

function payerOf(): object {
  const { email_address, name, payer_id } = PAYER;
  return { email_address, payer_id, account_id: payer_id, name };
}
