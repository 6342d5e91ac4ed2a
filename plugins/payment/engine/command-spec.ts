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
  /** The id of the operation in its idempotency record. */
  readonly operationId: string;
  readonly repository: AggregateRepository<R, P>;
  readonly successStatus: 200 | 201;
  /** The ids that a problem and the log name. */
  readonly about: Readonly<Record<string, string>>;
  readonly commandOf: (state: State<R, P>) => ProviderCommand;
  withCommand(state: State<R, P>, command: ProviderCommand): State<R, P>;
  request(provider: PaymentProvider, state: State<R, P>, call: ProviderCall): Promise<A>;
  /** See {@link ProviderStep.lookUp}. */
  lookUp?(provider: PaymentProvider, state: State<R, P>, call: ProviderCall): Promise<A | undefined>;
  /** Fetches the object after a command was rejected because of its state; `onSuccess` merges it. */
  fetch?(provider: PaymentProvider, state: State<R, P>, call: ProviderCall): Promise<A>;
  /** The provider's response fetched again, for a state that another invocation has changed since. */
  refresh?(state: State<R, P>, answer: A): Promise<A>;
  /** The state after the provider has executed the command. A webhook may have recorded the same before. */
  onSuccess(state: State<R, P>, answer: A): Next<R, P>;
  /** The state after the command definitely did not happen. */
  onFailure(state: State<R, P>, code: string): Next<R, P>;
  /** The response body as it is stored for replays, without secrets. */
  view(state: State<R, P>): unknown;
  /** Members of a 409 that show the object's state. */
  standing?(state: State<R, P>): Readonly<Record<string, unknown>>;
  /**
   * The stored response to a rejection that this command maps to a code of its own; undefined for the general one.
   */
  refusal?(state: State<R, P>, details: ProviderErrorDetails): Promise<StoredRefusal | undefined>;
}
