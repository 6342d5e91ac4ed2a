import * as fc from 'fast-check';
import type { Fault } from './provider-objects.ts';

/** Everything that can happen. `pick` chooses among what exists by then, modulo how many there are. */
export type Action =
  | { readonly kind: 'create'; readonly keyed: boolean; readonly input: CreateInput }
  | { readonly kind: 'repeat'; readonly pick: number }
  | { readonly kind: 'misuse'; readonly pick: number }
  | { readonly kind: 'confirm'; readonly pick: number; readonly card: Card }
  | { readonly kind: 'authenticate'; readonly pick: number; readonly result: 'succeeded' | 'failed' }
  | { readonly kind: 'capture'; readonly pick: number; readonly keyed: boolean; readonly part: number | null }
  | { readonly kind: 'cancel'; readonly pick: number; readonly keyed: boolean }
  | { readonly kind: 'verify'; readonly pick: number }
  | { readonly kind: 'refund'; readonly pick: number; readonly keyed: boolean; readonly part: number | null }
  /** A refund in the provider's dashboard. */
  | { readonly kind: 'refundElsewhere'; readonly pick: number; readonly part: number }
  | { readonly kind: 'dispute'; readonly pick: number }
  | { readonly kind: 'closeDispute'; readonly pick: number; readonly outcome: 'won' | 'lost' }
  | { readonly kind: 'reconcile' }
  /** A webhook of the provider, whichever: early, late, again, or before an older one. */
  | { readonly kind: 'deliver'; readonly pick: number };

/** What happens to the system under test itself, and only between actions. */
export type Disturbance =
  | { readonly kind: 'fault'; readonly faults: readonly Fault[] }
  /** Calls that time out here and arrive at the provider later. */
  | { readonly kind: 'delay'; readonly calls: number }
  | { readonly kind: 'heal' }
  | { readonly kind: 'land' }
  | { readonly kind: 'wait'; readonly ms: number };

export interface CreateInput {
  readonly amountMinor: number;
  readonly currency: string;
  readonly captureMethod: 'automatic' | 'manual';
  readonly paymentMethodId?: string;
  readonly confirm?: boolean;
}

export const cards = [
  'pm_card_visa',
  'pm_card_chargeDeclined',
  'pm_card_chargeDeclinedInsufficientFunds',
  'pm_card_threeDSecureRequired',
  'pm_card_authenticationRequiredChargeDeclinedInsufficientFunds',
] as const;
export type Card = (typeof cards)[number];

const pick = fc.nat(63);
const card = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Card>('pm_card_visa') },
  { weight: 4, arbitrary: fc.constantFrom(...cards) },
);
const keyed = fc.boolean();

const createInput: fc.Arbitrary<CreateInput> = fc
  .record({
    amountMinor: fc.integer({ min: 100, max: 5000 }),
    currency: fc.constantFrom('usd', 'jpy'),
    captureMethod: fc.constantFrom('automatic' as const, 'manual' as const, 'manual' as const),
    confirmWith: fc.option(card, { freq: 3 }),
  })
  .map(({ confirmWith, ...input }) =>
    confirmWith === null ? input : { ...input, paymentMethodId: confirmWith, confirm: true },
  );

export const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('create' as const), keyed, input: createInput }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('repeat' as const), pick }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('misuse' as const), pick }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('confirm' as const), pick, card }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('authenticate' as const),
      pick,
      result: fc.constantFrom('succeeded' as const, 'failed' as const),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('capture' as const),
      pick,
      keyed,
      part: fc.option(fc.integer({ min: 1, max: 5000 })),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cancel' as const), pick, keyed }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('verify' as const), pick }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('refund' as const),
      pick,
      keyed,
      part: fc.option(fc.integer({ min: 1, max: 3000 }), { freq: 4 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('refundElsewhere' as const),
      pick,
      part: fc.integer({ min: 1, max: 2000 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('dispute' as const), pick }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('closeDispute' as const),
      pick,
      outcome: fc.constantFrom('won' as const, 'lost' as const),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'reconcile' as const }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('deliver' as const), pick }) },
);

// Reads of the test go to the lists, which no fault matches. The path of a create is part of every other.
const target = fc.constantFrom(
  { method: 'POST' as const, path: '/v1/payment_intents' },
  { method: 'POST' as const, path: '/v1/payment_intents' },
  { method: 'POST' as const, path: '/capture' },
  { method: 'POST' as const, path: '/capture' },
  { method: 'POST' as const, path: '/cancel' },
  { method: 'POST' as const, path: '/v1/refunds' },
  { method: 'POST' as const, path: '/v1/refunds' },
  { method: 'GET' as const, path: '/v1/payment_intents/' },
);
type Damage = Omit<Fault, 'method' | 'path' | 'times'>;
const damage: fc.Arbitrary<Damage> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom<Damage>(
      { status: 500, after: false },
      { status: 500, after: true },
      { status: 429 },
    ),
  },
  // The SDK repeats a request whose connection was cut, half a second later and once, whatever it is told.
  { weight: 1, arbitrary: fc.boolean().map((after) => ({ reset: true, after })) },
  { weight: 1, arbitrary: fc.constant({ delayMs: 15 }) },
);
const faults: fc.Arbitrary<readonly Fault[]> = fc
  .record({
    target,
    inTurn: fc.array(fc.record({ damage, times: fc.integer({ min: 1, max: 2 }) }), {
      minLength: 1,
      maxLength: 3,
    }),
  })
  .map((given) => given.inTurn.map((one) => ({ ...given.target, ...one.damage, times: one.times })));

export const disturbance: fc.Arbitrary<Disturbance> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('fault' as const), faults }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('delay' as const), calls: fc.integer({ min: 1, max: 2 }) }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'heal' as const }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'land' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(5_000, 70_000, 200_000) }),
  },
);

/** Actions that happen at once, and the order of their steps. */
export const together: fc.Arbitrary<{
  readonly actions: readonly Action[];
  readonly picks: readonly number[];
}> = fc.record({
  actions: fc.array(action, { minLength: 2, maxLength: 4 }),
  picks: fc.array(fc.nat(11), { minLength: 1, maxLength: 24 }),
});
