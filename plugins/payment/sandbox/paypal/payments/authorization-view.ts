import type { Account } from '../account.ts';
import { apiLink } from '../links.ts';
import { moneyOf } from '../money.ts';
import { PAYEE } from '../orders/payer.ts';
import type { AuthorizationRecord } from '../store/records.ts';
import { SELLER_PROTECTION } from './capture-view.ts';

/** An authorization inside its order. */
export function authorizationCore(account: Account, held: AuthorizationRecord): Record<string, unknown> {
  return {
    id: held.id,
    status: held.status,
    amount: moneyOf(held.amountMinor, held.currency),
    seller_protection: SELLER_PROTECTION,
    custom_id: held.customId,
    invoice_id: held.invoiceId,
    expiration_time: held.expiresAt,
    create_time: held.createdAt,
    update_time: held.updatedAt,
    links: authorizationLinks(account, held),
  };
}

/** What an authorization that was made anew shows by default. */
export function authorizationMinimal(account: Account, held: AuthorizationRecord): object {
  return { id: held.id, status: held.status, links: authorizationLinks(account, held) };
}

/** An authorization by itself: with the id of its order. */
export function authorizationView(account: Account, held: AuthorizationRecord): Record<string, unknown> {
  return {
    ...authorizationCore(account, held),
    supplementary_data: { related_ids: { order_id: held.orderId } },
    payee: PAYEE,
  };
}

function authorizationLinks(
  account: Account,
  { id, orderId, renewed, status }: AuthorizationRecord,
): readonly object[] {
  const path = `/v2/payments/authorizations/${id}`;
  const open = status === 'CREATED' || status === 'PARTIALLY_CAPTURED';
  return [
    apiLink(account, path, 'self'),
    ...(open ? [apiLink(account, `${path}/capture`, 'capture', 'POST')] : []),
    ...(open ? [apiLink(account, `${path}/void`, 'void', 'POST')] : []),
    ...(status === 'CREATED' && renewed !== true
      ? [apiLink(account, `${path}/reauthorize`, 'reauthorize', 'POST')]
      : []),
    apiLink(account, `/v2/checkout/orders/${orderId}`, 'up'),
  ];
}
