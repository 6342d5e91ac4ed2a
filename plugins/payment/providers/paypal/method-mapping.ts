import type { PaymentTokenResponse, SetupTokenResponse } from '@paypal/paypal-server-sdk';
import type { MethodSnapshot } from '../../customers/model/snapshots.ts';
import { unexpected } from './calls.ts';
import { hrefOf } from './links.ts';
import { customerNamed } from './marks.ts';

type Source = NonNullable<PaymentTokenResponse['paymentSource']>;

/** Maps a payment token: the data that identifies the method to its payer, and none about the payer. */
export function toMethodSnapshot(token: PaymentTokenResponse, customerId?: string): MethodSnapshot {
  const { id, customer, paymentSource = {} } = token;
  if (!id) throw unexpected();
  return {
    ref: id,
    status: 'active',
    customerRef: customer?.id ?? customerId,
    ...customerNamed(customer?.merchantCustomerId),
    ...shown(paymentSource),
  };
}

/** A setup token: without `nextAction` once the payer has approved it, so that it can be attached. */
export function toPendingMethod(token: SetupTokenResponse): MethodSnapshot {
  const { id, customer, links, paymentSource = {} } = token;
  const status: string = token.status ?? '';
  if (!id) throw unexpected();
  const approved = status === 'APPROVED' || status === 'VAULTED' || status === 'TOKENIZED';
  const url = hrefOf(links, 'approve', 'payer-action');
  return {
    ref: id,
    status: 'requires_action',
    type: 'card' in paymentSource && paymentSource.card !== undefined ? 'card' : 'paypal',
    customerRef: customer?.id,
    ...customerNamed(customer?.merchantCustomerId),
    ...(!approved && { nextAction: { type: 'redirect', url } }),
  };
}

function shown({ card, venmo, applePay }: Source): Pick<MethodSnapshot, 'type'> & Partial<MethodSnapshot> {
  if (card === undefined) return { type: walletOf(venmo, applePay) };
  const [, year, month] = /^(\d{4})-(\d{2})$/.exec(card.expiry ?? '') ?? [];
  return {
    type: 'card',
    brand: card.brand?.toLowerCase(),
    last4: card.lastDigits,
    expMonth: month === undefined ? undefined : Number(month),
    expYear: year === undefined ? undefined : Number(year),
  };
}

function walletOf(venmo: Source['venmo'], applePay: Source['applePay']): string {
  if (venmo !== undefined) return 'venmo';
  return applePay === undefined ? 'paypal' : 'apple_pay';
}
