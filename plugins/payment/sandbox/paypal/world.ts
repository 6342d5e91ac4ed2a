import type { Core } from '../shared/core.ts';
import type { Records } from './store/records.ts';

/** What the parts of one sandbox share. */
export interface World extends Core<Records> {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly webhookId: string;
}

/** A time as the API writes it: ISO 8601 in whole seconds. */
export function isoTime(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}

/** The sandbox's clock as the API writes it. */
export function nowIso(world: World): string {
  return isoTime(world.nowMs());
}
