import type { Money } from '@paypal/paypal-server-sdk';
import { ProviderError } from '../provider-error.ts';
import { unexpected } from './calls.ts';
import { fromPayPalValue, toPayPalValue } from './currencies.ts';

/**
 * Converts PayPal's money to ISO 4217 minor units.
 * @throws ProviderError `unknown` for an amount of another currency or format
 */
export function minorOf(money: Money | undefined, currency: string): number {
  if (money?.currencyCode.toLowerCase() !== currency) throw unexpected();
  return minorOfText(money.value, currency);
}

/** The same for the text of an amount; some responses have refunds as negative amounts. */
export function minorOfText(value: string, currency: string): number {
  try {
    return fromPayPalValue(value, currency);
  } catch (error) {
    throw unexpected(error);
  }
}

/**
 * Converts an amount to PayPal's money.
 * @throws ProviderError `invalid` when PayPal cannot represent it; no call is made
 */
export function moneyOf(amountMinor: number, currency: string): Money {
  try {
    return { currencyCode: currency.toUpperCase(), value: toPayPalValue(amountMinor, currency) };
  } catch (error) {
    const details = { class: 'invalid', code: 'amount_not_representable', param: 'amount' } as const;
    throw new ProviderError(details, { cause: error });
  }
}
