import type { subscriptionStatus } from '#events/catalog/subscription.ts';
import type * as z from 'zod/mini';

/** `initiating` and `failed` are ours; `canceling` is an active one that ends with its period. */
export type SubscriptionStatus = z.infer<typeof subscriptionStatus>;

const LIVE = ['trialing', 'active', 'past_due', 'unpaid', 'paused', 'canceling'] as const;
const ENDED = ['canceled', 'expired'] as const;

/** Which status may follow which. What has ended never comes back, and what has begun is never incomplete again. */
const moves: Readonly<Record<SubscriptionStatus, readonly SubscriptionStatus[]>> = {
  initiating: ['incomplete', ...LIVE, ...ENDED, 'failed'],
  incomplete: [...LIVE, ...ENDED],
  trialing: [...LIVE, ...ENDED],
  active: [...LIVE, ...ENDED],
  past_due: [...LIVE, ...ENDED],
  unpaid: [...LIVE, ...ENDED],
  paused: [...LIVE, ...ENDED],
  canceling: [...LIVE, ...ENDED],
  canceled: [],
  expired: [],
  // Given up here, and found at the provider after all.
  failed: ['incomplete', ...LIVE, ...ENDED],
};

export const mayFollow = (from: SubscriptionStatus, to: SubscriptionStatus): boolean =>
  from === to || moves[from].includes(to);

/** Whether it has come into force and has not ended. */
export const isLive = (status: SubscriptionStatus): boolean => LIVE.some((each) => each === status);

/** True when nothing more is expected of it. */
export const hasEnded = (status: SubscriptionStatus): boolean =>
  status === 'canceled' || status === 'expired' || status === 'failed';
