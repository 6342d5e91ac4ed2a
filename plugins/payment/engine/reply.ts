import type { Reply } from '#runtime/contract/reply.ts';
import type { OperationResult } from './durable-operation.ts';
import { REPLAYED_HEADER } from './idempotency.ts';

const RETRY_AFTER_SECONDS = '2';

/** How the answer to a caller is made of the result of an operation. `V` is a view. */
export interface Answering<S, O, V> {
  readonly viewOf: (state: S) => V;
  readonly pathOf: (view: V) => string;
  /** Adds what only the creator may see, from the outcome of the call or from another look at the provider's object. */
  readonly withSecrets?: (view: V, outcome: O | undefined) => Promise<V>;
}

/** The answer to a call that makes or changes something; 201 and 202 say where it is. */
export async function replyTo<S, O, V extends object>(
  result: OperationResult<S, O>,
  { viewOf, pathOf, withSecrets = async (view) => view }: Answering<S, O, V>,
): Promise<Reply<V>> {
  const isReplayed = result.kind === 'replayed';
  const { status } = result;
  const view = isReplayed ? (result.body as V) : viewOf(result.state);
  const headers = {
    ...(isReplayed && REPLAYED_HEADER),
    ...(status !== 200 && { Location: pathOf(view) }),
    ...(status === 202 && { 'Retry-After': RETRY_AFTER_SECONDS }),
  };
  if (status === 201)
    return { status, body: await withSecrets(view, isReplayed ? undefined : result.outcome), headers };
  return { status, body: status === 202 ? inDoubt(view) : view, headers };
}

/** A webhook may have settled the operation meanwhile; this call itself still does not know, and says so. */
function inDoubt<V extends object>(view: V): V {
  return 'operation' in view
    ? { ...view, operation: { ...(view.operation as object), status: 'in_doubt' } }
    : view;
}
