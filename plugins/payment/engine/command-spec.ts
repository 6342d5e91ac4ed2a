import type { PaymentProvider } from '../providers/provider.ts';
import type { ProviderCall } from '../providers/provider-call.ts';
import type { ProviderErrorDetails } from '../providers/provider-error.ts';
import type { Part, Root } from '../store/aggregate-store.ts';
import { type AggregateRepository, type Next, type State } from './aggregate.ts';
import { type StoredRefusal } from './call-provider.ts';
import { type ProviderCommand } from './model/provider-command.ts';

/**
 * A command to the provider about a customer, a payment method or a subscription: what is sent, and what its outcomes
 * make of the aggregate. `A` is what the provider answers.
 */
export interface CommandSpec<R extends Root, P extends Part, A> {
  /** Names the operation in the record of its idempotency key. */
  readonly operationId: string;
  readonly repository: AggregateRepository<R, P>;
  readonly successStatus: 200 | 201;
  /** Members that say what a refusal is about. */
  readonly about: Readonly<Record<string, string>>;
  readonly commandOf: (state: State<R, P>) => ProviderCommand;
  withCommand(state: State<R, P>, command: ProviderCommand): State<R, P>;
  request(provider: PaymentProvider, state: State<R, P>, call: ProviderCall): Promise<A>;
  /** See {@link ProviderStep.lookUp}. */
  lookUp?(provider: PaymentProvider, state: State<R, P>, call: ProviderCall): Promise<A | undefined>;
  /** The object as it stands, for a command that is refused because of that; `onSuccess` judges it. */
  fetch?(provider: PaymentProvider, state: State<R, P>, call: ProviderCall): Promise<A>;
  /** The provider's answer as of now, for a state that somebody else has changed since it was given. */
  refresh?(state: State<R, P>, answer: A): Promise<A>;
  /** The state after the provider has done it; must also fit when a webhook was faster. */
  onSuccess(state: State<R, P>, answer: A): Next<R, P>;
  /** The state after it definitely did not happen. */
  onFailure(state: State<R, P>, code: string): Next<R, P>;
  /** The answer to the client as it is stored, without secrets. */
  view(state: State<R, P>): unknown;
  /** Members of a refusal that say how the object stands. */
  standing?(state: State<R, P>): Readonly<Record<string, unknown>>;
  /** The answer to a refusal that has a meaning of its own here, as it is stored. */
  refusal?(state: State<R, P>, details: ProviderErrorDetails): Promise<StoredRefusal | undefined>;
}
