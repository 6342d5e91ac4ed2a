import type { Call } from './model/provider-command.ts';
import type { PaymentProvider } from '../providers/provider.ts';
import type { ProviderErrorDetails } from '../providers/provider-error.ts';
import type { ProviderCall } from '../providers/provider-call.ts';
import type { Part, Root } from '../store/aggregate-store.ts';
import type { IdempotencyKey } from '../store/idempotency.ts';
import type { Kept, Next, State } from './aggregate.ts';
import type { Flow } from '../services.ts';
import type { StoredRefusal } from './call-provider.ts';

/**
 * A call to the provider about an aggregate, and what its outcomes mean. The same rules as for payments: written
 * down before it is made, repeated with the same key, given up only when it definitely did not happen.
 */
export interface Undertaking<R extends Root, P extends Part, A> extends Kept<R, P> {
  /** Names the operation in the record of its idempotency key. */
  readonly operationId: string;
  readonly successStatus: 200 | 201;
  callOf(state: State<R, P>): Call;
  withCall(state: State<R, P>, call: Call): State<R, P>;
  request(provider: PaymentProvider, state: State<R, P>, call: ProviderCall): Promise<A>;
  /** What the provider has of it; for calls that may not simply be made again when their key is forgotten. */
  lookUp?(provider: PaymentProvider, state: State<R, P>, call: ProviderCall): Promise<A | undefined>;
  /** How the provider's object stands, for a call that is refused because of that; `done` judges it. */
  lookAt?(provider: PaymentProvider, state: State<R, P>, call: ProviderCall): Promise<A>;
  /** What is to be known beside the answer, once more for a state that somebody else has changed meanwhile. */
  lookBeside?(state: State<R, P>, answer: A): Promise<A>;
  /** The state after the provider has done it; must also fit when a webhook was faster. */
  done(state: State<R, P>, answer: A): Next<R, P>;
  /** The state after it definitely did not happen. */
  undone(state: State<R, P>, code: string): Next<R, P>;
  /** The answer to the client as it is stored, without secrets. */
  view(state: State<R, P>): unknown;
  /** Members of a refusal that say how it stands. */
  standing?(state: State<R, P>): Readonly<Record<string, unknown>>;
  /** The answer to a refusal that has a meaning of its own here, as it is stored. */
  refusal?(state: State<R, P>, details: ProviderErrorDetails): Promise<StoredRefusal | undefined>;
  /** Members that say what a refusal is about. */
  readonly about: Readonly<Record<string, string>>;
}

/** How it ended: known, with what the provider showed if it was asked just now, or in doubt. */
export interface Undertaken<R, P, A> {
  readonly state: State<R, P>;
  readonly status: 200 | 201 | 202;
  readonly answer?: A | undefined;
}

export type Begun<R, P, A> =
  | ({ readonly kind: 'ended' } & Undertaken<R, P, A>)
  | { readonly kind: 'replayed'; readonly status: number; readonly body: unknown };

/** One undertaking in one invocation; `key` names the record to answer in. */
export interface Run<R extends Root, P extends Part, A> {
  readonly flow: Flow;
  readonly it: Undertaking<R, P, A>;
  readonly key: IdempotencyKey | undefined;
}
