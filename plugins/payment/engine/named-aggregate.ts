import type { Flow } from '../services.ts';
import type { AggregateStore, Root } from '../store/aggregate-store.ts';
import { missingRecord } from './missing-record.ts';
import { type IdPrefix, isId } from './model/ids.ts';

/** An object at the provider, with our id as it is known or as the object carries it. */
export interface NamedObject {
  readonly ref: string;
  readonly id: string | undefined;
  readonly deployment?: string | undefined;
}

/**
 * The aggregate that a provider's object names, or the outcome of its event without one.
 * @throws ProblemError 503 while its record is missing, so that the event is delivered again
 */
export async function namedAggregate<R extends Root & { readonly ref?: string | undefined }>(
  flow: Flow,
  type: 'customer' | 'subscription',
  prefix: IdPrefix,
  store: Pick<AggregateStore<R, never>, 'get'>,
  provider: string,
  { ref, id, deployment }: NamedObject,
): Promise<R | 'ignored' | 'foreign'> {
  if (!isId(prefix, id)) return 'ignored';
  const about = { [`${type}Id`]: id };
  const root = await store.get(id);
  if (root === undefined) return missingRecord(flow, { deployment }, about);
  if (root.provider === provider && (root.ref ?? ref) === ref) return root;
  flow.log.warn(`An object names a ${type} of ours that belongs to another object`, about);
  return 'ignored';
}
