import type { Reply } from '#runtime/contract/reply.ts';
import type { OperationResult } from './durable-operation.ts';
import { REPLAYED_HEADER } from './idempotency.ts';

const RETRY_AFTER_SECONDS = '2';

/** How the HTTP response is made from the result of an operation. `V` is the view. */
export interface Answering<S, O, V> {
  readonly viewOf: (state: S) => V;
  readonly pathOf: (view: V) => string;
  /** Adds the secrets that only the creator may see, from the outcome of the call or from a fresh fetch. */
  readonly withSecrets?: (view: V, outcome: O | undefined) => Promise<V>;
}

/**
 * The HTTP response to a call that creates or changes something; 201 and 202 have `Location`, 202 has
 * `Retry-After`.
 */
export async function replyTo<S, O, V extends object>(
  result: OperationResult<S, O>,
  { viewOf, pathOf, withSecrets = async (view) => view }: Answering<S, O, V>,
): Promise<Reply<V>> {
  const isReplayed = result.kind === 'replayed';
  const { status } = result;
  const { body = isReplayed ? undefined : viewOf(result.state) } = result;
  const view = body as V;
  const headers = {
    ...(isReplayed && REPLAYED_HEADER),
    ...(status !== 200 && { Location: pathOf(view) }),
    ...(status === 202 && { 'Retry-After': RETRY_AFTER_SECONDS }),
  };
  if (status === 201)
    return { status, body: await withSecrets(view, isReplayed ? undefined : result.outcome), headers };
  return { status, body: status === 202 ? inDoubt(view) : view, headers };
}

/** A webhook may have recorded the outcome meanwhile, but a 202 reports what this call knows: `in_doubt`. */
function inDoubt<V extends object>(view: V): V {
  return 'operation' in view
    ? { ...view, operation: { ...(view.operation as object), status: 'in_doubt' } }
    : view;
}
