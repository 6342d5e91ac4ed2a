import type { LimitUse } from './limit-use.ts';
import type { LimitsConfig } from '../../config.ts';
import type { AmountRange } from '../../money/amount-range.ts';
import { exponentOf } from '../../money/currencies.ts';
import type { Payment } from '../../payments/model/payment.ts';

/** A rule that an amount breaks; `capMinor` is what the rule allows. */
export interface LimitBreach {
  readonly limit: 'minAmount' | 'maxAmount' | 'dailyLimit' | 'dailyCount';
  readonly capMinor?: number;
}

/** A use to reserve, with the caps that must hold afterwards, in minor units; an absent cap is no limit. */
export interface LimitReservation extends LimitUse {
  readonly dailyMinor: number | undefined;
  readonly dailyCount: number | undefined;
}

type Rules = Pick<LimitsConfig, 'minAmount' | 'maxAmount' | 'dailyLimit' | 'dailyCount'>;

/** The rules for one currency: its own before the general ones. */
export function limitsFor(
  {
    currencies = {},
    ...general
  }: Rules & { readonly currencies?: Readonly<Record<string, Rules>> | undefined },
  currency: string,
): Rules {
  return { ...general, ...currencies[currency.toLowerCase()] };
}

/** The smallest and the largest amount of one payment that the configuration allows, in minor units. */
export function boundsFor(config: LimitsConfig, currency: string): Partial<AmountRange> {
  const { minAmount, maxAmount } = limitsFor(config, currency);
  const minMinor = toMinor(minAmount, currency, 'up');
  const maxMinor = toMinor(maxAmount, currency, 'down');
  return { ...(minMinor !== undefined && { minMinor }), ...(maxMinor !== undefined && { maxMinor }) };
}

/** Judges an amount by the smallest and largest that are allowed. */
export function breachOf(
  { minMinor, maxMinor }: Partial<AmountRange>,
  amountMinor: number,
): LimitBreach | undefined {
  if (minMinor !== undefined && amountMinor < minMinor) return { limit: 'minAmount', capMinor: minMinor };
  if (maxMinor !== undefined && amountMinor > maxMinor) return { limit: 'maxAmount', capMinor: maxMinor };
  return undefined;
}

/** What a new payment reserves of the limits of its day: one reservation per scope that has any limit. */
export function reservationsOf(
  config: LimitsConfig,
  payment: Pick<Payment, 'amountMinor' | 'currency' | 'customerId' | 'createdAt'>,
): readonly LimitReservation[] {
  const { amountMinor, currency, customerId, createdAt } = payment;
  const day = createdAt.slice(0, 10).replaceAll('-', '');
  const scopes = [
    { scope: 'tenant', limits: limitsFor(config, currency) },
    ...(customerId === undefined || config.customer === undefined
      ? []
      : [{ scope: `customer:${customerId}`, limits: limitsFor(config.customer, currency) }]),
  ];
  return scopes
    .map(({ scope, limits: { dailyLimit, dailyCount } }) => ({
      scope,
      day,
      countedMinor: amountMinor,
      dailyMinor: toMinor(dailyLimit, currency, 'down'),
      dailyCount,
    }))
    .filter(({ dailyMinor, dailyCount }) => dailyMinor !== undefined || dailyCount !== undefined);
}

/** A new payment with what it counts against the limits: caps may change later, the use stays. */
export function withUses(config: LimitsConfig, payment: Payment): Payment {
  const uses = reservationsOf(config, payment).map(({ scope, day, countedMinor }) => ({
    scope,
    day,
    countedMinor,
  }));
  return uses.length === 0 ? payment : { ...payment, limitUses: uses };
}

/** The limit that the payment exceeds by itself, even if nothing of it was used yet. */
export function exceedsOnItsOwn(reservations: readonly LimitReservation[]): LimitReservation | undefined {
  return reservations.find(
    ({ dailyMinor = Infinity, dailyCount = Infinity, countedMinor }) =>
      countedMinor > dailyMinor || dailyCount < 1,
  );
}

/** The uses after a change of the payment: an amount that will never be captured no longer counts. */
export function settledUses({ limitUses, status, amountMinor, capturedMinor }: Payment): readonly LimitUse[] {
  const ended = status === 'canceled' || status === 'failed' || status === 'succeeded';
  const countedMinor = ended ? capturedMinor : amountMinor;
  return (limitUses ?? []).map((use) => ({ ...use, countedMinor }));
}

/** What a change of a payment adds to a counter of its day, or releases, in minor units. */
export interface LimitDelta {
  readonly use: LimitUse;
  readonly deltaMinor: number;
  /** 1 or -1 when the payment begins or ceases to count at all. */
  readonly deltaCount: number;
}

export function limitDeltas(before: Payment, after: Payment): readonly LimitDelta[] {
  return (after.limitUses ?? []).flatMap((use) => {
    const was = before.limitUses?.find(({ scope }) => scope === use.scope)?.countedMinor ?? 0;
    const deltaMinor = use.countedMinor - was;
    const deltaCount = Math.sign(use.countedMinor) - Math.sign(was);
    return deltaMinor === 0 ? [] : [{ use, deltaMinor, deltaCount }];
  });
}

/**
 * An amount of the configuration, in major units, as minor units of a currency. What the currency cannot
 * represent is rounded to the strict side.
 */
function toMinor(
  amount: number | string | undefined,
  currency: string,
  round: 'up' | 'down',
): number | undefined {
  if (amount === undefined) return undefined;
  const exponent = exponentOf(currency) ?? 0;
  const [whole = '0', fraction = ''] = String(amount).split('.');
  const minor = BigInt(whole + fraction.slice(0, exponent).padEnd(exponent, '0'));
  const lost = /[1-9]/.test(fraction.slice(exponent));
  return Number(minor) + (lost && round === 'up' ? 1 : 0);
}
