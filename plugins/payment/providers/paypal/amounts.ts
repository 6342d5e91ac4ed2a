import type { Money } from '@paypal/paypal-server-sdk';
import { ProviderError } from '../provider-error.ts';
import { unexpected } from './calls.ts';
import { fromPayPalValue, toPayPalValue } from './currencies.ts';

/** PayPal's money in ISO minor units. @throws ProviderError `unknown` for what is not money of that currency */
export function minorOf(money: Money | undefined, currency: string): number {
  if (money?.currencyCode.toLowerCase() !== currency) throw unexpected();
  return minorOfText(money.value, currency);
}

/** The same for a bare amount; refunds stand in some answers as negative ones. */
export function minorOfText(value: string, currency: string): number {
  try {
    return fromPayPalValue(value, currency);
  } catch (error) {
    throw unexpected(error);
  }
}

/** An amount as PayPal takes it. @throws ProviderError `invalid` when it cannot be written: PayPal is not asked */
export function moneyOf(amountMinor: number, currency: string): Money {
  try {
    return { currencyCode: currency.toUpperCase(), value: toPayPalValue(amountMinor, currency) };
  } catch (error) {
    const details = { class: 'invalid', code: 'amount_not_representable', param: 'amount' } as const;
    throw new ProviderError(details, { cause: error });
  }
}
