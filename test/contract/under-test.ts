import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { createId } from '../../plugins/payment/engine/model/ids.ts';
import type { Snapshot } from '../../plugins/payment/payments/model/snapshot.ts';
import type { SubscriptionSnapshot } from '../../plugins/payment/subscriptions/model/snapshots.ts';
import type { MethodSnapshot } from '../../plugins/payment/customers/model/snapshots.ts';
import type { RefundRequest } from '../../plugins/payment/providers/refunds-and-disputes.ts';
import type { CreateRequest, PaymentProvider } from '../../plugins/payment/providers/provider.ts';
import type { ProviderErrorClass } from '../../plugins/payment/providers/provider-error.ts';
import type { ProviderCall } from '../../plugins/payment/providers/provider-call.ts';
import type { Control } from '../unit/plugins/payment/sandbox/support.ts';

/** What payers, banks and time do, with the controls of a sandbox. */
export interface Hands {
  readonly control: Control;
  /** Creates a payment whose payer pays: at once, or by approving what is then completed. */
  pay(request: CreateRequest, key: string): Promise<Snapshot>;
  /** The same with a payer whose bank says no. */
  payDeclined(request: CreateRequest, key: string): Promise<Snapshot>;
  /** The same, and a refund of {@link REFUND_IN_VAIN_MINOR} fails some seconds after it was made. */
  payRefundedInVain(request: CreateRequest, key: string): Promise<Snapshot>;
  /** A dispute about all of a payment, or only a question before one; the provider's id of it. */
  openDispute(payment: Snapshot, inquiry?: boolean): Promise<string>;
  closeDispute(ref: string, outcome: 'won' | 'lost'): Promise<void>;
  /** The payer's method, where payers are not sent to the provider to allow one. */
  readonly methodToken: string | undefined;
  approveMethod(method: MethodSnapshot): Promise<void>;
  /** A plan of {@link PLAN_MINOR} a month. */
  makePlan(): Promise<string>;
  /** The payer pays what begins a subscription. */
  subscribe(subscription: SubscriptionSnapshot): Promise<void>;
  /** What the subscription's payer has does not pay any more. */
  runDry(subscription: SubscriptionSnapshot): Promise<void>;
}

/** What a provider adapter brings along to be judged. */
export interface ProviderUnderTest extends Hands {
  readonly provider: PaymentProvider;
  /** An adapter of the same sandbox that no oracle listens to, for what is wrong or broken on purpose. */
  readonly direct: PaymentProvider;
  /** The same without several captures, where they depend on the configuration. */
  readonly singleCapture: PaymentProvider | undefined;
  /** An adapter of the same kind whose credentials are refused. */
  readonly unauthorized: PaymentProvider;
  /** An adapter that reaches nobody. */
  readonly unreachable: PaymentProvider;
  readonly currency: string;
  readonly unsupportedCurrency: string;
  /** Currencies that are not written as ISO 4217 has them, or not with two decimals: paid, refunded (minor units). */
  readonly amounts: readonly (readonly [currency: string, paidMinor: number, refundedMinor: number])[];
  /** Amounts that the provider cannot carry. */
  readonly impossible: readonly (readonly [currency: string, amountMinor: number])[];
  /** What is wrong with a create so that the provider refuses it as it stands. */
  readonly wrong: Partial<CreateRequest>;
  /** A part of the path that payments are created at. */
  readonly createPath: string;
  /** The body of a 429. */
  readonly slowDown: object;
  stop(): Promise<void>;
}

export const REFUND_IN_VAIN_MINOR = 2004;
export const PLAN_MINOR = 1900;

/** One call with a key of its own, unless one is given. */
export const call = (idempotencyKey: string = randomUUID(), budgetMs = 20_000): ProviderCall => ({
  budgetMs,
  idempotencyKey,
});

/** Too short for a second try. */
export const once = (idempotencyKey: string = randomUUID()): ProviderCall => call(idempotencyKey, 5_000);

/** Expects a refusal of that class. */
export async function failsAs(promise: Promise<unknown>, errorClass: ProviderErrorClass): Promise<void> {
  await expect(promise).rejects.toMatchObject({ name: 'ProviderError', details: { class: errorClass } });
}

/** What the groups of the suite do alike. */
export function kitOf(given: () => ProviderUnderTest) {
  const requestOf = (more: Partial<CreateRequest> = {}): CreateRequest => ({
    paymentId: createId('pay', Date.now()),
    amountMinor: 2500,
    currency: given().currency,
    captureMethod: 'automatic',
    metadata: { cart: '7' },
    ...more,
  });
  return {
    requestOf,
    pay: (more: Partial<CreateRequest> = {}) => given().pay(requestOf(more), randomUUID()),
    advance: (time: string) => given().control('POST', 'clock', { advance: time }),
    refundOf: (payment: Snapshot, amountMinor: number, captureIndex = 0): RefundRequest => ({
      refundId: createId('rf', Date.now()),
      paymentId: payment.paymentId ?? createId('pay', Date.now()),
      ref: payment.ref,
      captureRef: payment.captures?.[captureIndex]?.ref,
      amountMinor,
      currency: payment.currency,
    }),
  };
}

/** A group of the suite. */
export type Group = (given: () => ProviderUnderTest) => void;
