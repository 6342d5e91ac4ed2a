import { callProvider, readProvider, unavailable } from '../engine/call-provider.ts';
import type { Flow } from '../services.ts';
import type { Snapshot } from './model/snapshot.ts';

/** Fetches the provider's object. @throws ProblemError 503 when the fetch fails */
export const retrieve = (flow: Flow, name: string, ref: string): Promise<Snapshot> =>
  readProvider(flow, name, (provider, call) => provider.retrieve(ref, call));

/**
 * Fetches the provider's object; undefined when the provider has no such object, or no longer.
 * @throws ProblemError 503 when the fetch fails
 */
export async function retrieveIfThere(flow: Flow, name: string, ref: string): Promise<Snapshot | undefined> {
  const result = await callProvider(flow, name, undefined, (provider, call) => provider.retrieve(ref, call));
  if (result.kind === 'ok') return result.value;
  if (result.kind === 'error' && result.details.missing) return undefined;
  throw unavailable(result);
}
