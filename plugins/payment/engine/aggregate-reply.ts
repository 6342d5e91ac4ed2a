import type { Reply } from '#runtime/contract/reply.ts';
import type { Part, Root } from '../store/aggregate-store.ts';
import { REPLAYED_HEADER } from './idempotency.ts';
import type { Begun, Undertaking } from './undertaking.ts';

const RETRY_AFTER_SECONDS = '2';

interface Viewed {
  readonly id: string;
  readonly operation: { readonly kind: string; readonly status: string };
}

/** How an answer is made of a view. */
export interface Answering<V extends Viewed, A> {
  readonly pathOf: (view: V) => string;
  /** Adds what only the creator may see, from the provider's answer or from another look at its object. */
  readonly withSecrets?: (view: V, answer: A | undefined) => Promise<V>;
}

/** The answer to a call that makes or changes an aggregate; 201 and 202 say where it is. */
export async function aggregateReply<R extends Root, P extends Part, A, V extends Viewed>(
  it: Pick<Undertaking<R, P, A>, 'view'>,
  begun: Begun<R, P, A>,
  { pathOf, withSecrets = async (view) => view }: Answering<V, A>,
): Promise<Reply<V>> {
  const replayed = begun.kind === 'replayed';
  const view = (replayed ? begun.body : it.view(begun.state)) as V;
  const { status } = begun;
  const headers = {
    ...(replayed && REPLAYED_HEADER),
    ...(status !== 200 && { Location: pathOf(view) }),
    ...(status === 202 && { 'Retry-After': RETRY_AFTER_SECONDS }),
  };
  if (status === 201) {
    const body = await withSecrets(view, replayed ? undefined : begun.answer);
    return { status, body, headers };
  }
  // A webhook may have settled it meanwhile; this call itself still does not know, and says so.
  const body = status === 202 ? { ...view, operation: { ...view.operation, status: 'in_doubt' } } : view;
  return { status, body, headers };
}
