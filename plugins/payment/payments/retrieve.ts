import { readIfThere, readProvider } from '../engine/call-provider.ts';
import type { Flow } from '../services.ts';
import type { Snapshot } from './model/snapshot.ts';

/** Fetches the provider's object. @throws ProblemError 503 when the fetch fails */
export const retrieve = (flow: Flow, name: string, ref: string): Promise<Snapshot> =>
  readProvider(flow, name, (provider, call) => provider.retrieve(ref, call));

/**
 * Fetches the provider's object; undefined when the provider has no such object, or no longer.
 * @throws ProblemError 503 when the fetch fails
 */
export const retrieveIfThere = (flow: Flow, name: string, ref: string): Promise<Snapshot | undefined> =>
  readIfThere(flow, name, (provider, call) => provider.retrieve(ref, call));
