import type { Call, Made } from './call.ts';

const DAY_MS = 24 * 3_600_000;

/** How long PayPal remembers the request ids of payments. */
export const PAYMENTS_MS = 45 * DAY_MS;

/** One endpoint; the group of `path` is the id. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: RegExp;
  readonly run: (call: Call, id: string) => Made;
  /** For endpoints that act: how what a request id made looks now, and how long that is remembered. */
  readonly replay?: {
    readonly show: (call: Call, ref: string) => Omit<Made, 'status'>;
    readonly lifetimeMs: number;
  };
}
