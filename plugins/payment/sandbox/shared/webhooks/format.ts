import type { EventRecord } from '../store/records.ts';

/** How a provider writes and signs a webhook. */
export interface WebhookFormat {
  /** The body that is signed. */
  body(event: EventRecord): string;
  /** A body that claims something else, as a forger on the way would want it. */
  tampered(event: EventRecord): string;
  /** The headers of one attempt, signed anew each time. */
  headers(body: string): Record<string, string>;
}
