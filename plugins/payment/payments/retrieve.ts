import { callProvider, readProvider, unavailable } from '../engine/call-provider.ts';
import type { Flow } from '../services.ts';
import type { Snapshot } from './model/snapshot.ts';

/** The provider's object as it is now. @throws ProblemError 503 when the provider cannot be asked */
export const retrieve = (flow: Flow, name: string, ref: string): Promise<Snapshot> =>
  readProvider(flow, name, (provider, call) => provider.retrieve(ref, call));

/**
 * The provider's object as it is now, or `undefined` when the provider does not know it (any more).
 * @throws ProblemError 503 when the provider cannot be asked
 */
export async function retrieveIfThere(flow: Flow, name: string, ref: string): Promise<Snapshot | undefined> {
  const result = await callProvider(flow, name, undefined, (provider, call) => provider.retrieve(ref, call));
  if (result.kind === 'ok') return result.value;
  if (result.kind === 'error' && result.details.missing) return undefined;
  throw unavailable(result);
}
