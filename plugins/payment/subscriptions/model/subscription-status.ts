import type { subscriptionStatus } from '#events/catalog/subscription.ts';
import type * as z from 'zod/mini';

/** `initiating` and `failed` are ours; `canceling` is active until the end of its period. */
export type SubscriptionStatus = z.infer<typeof subscriptionStatus>;

const LIVE = ['trialing', 'active', 'past_due', 'unpaid', 'paused', 'canceling'] as const;
const ENDED = ['canceled', 'expired'] as const;

/** The allowed transitions. An ended subscription stays ended, and a live one never returns to `incomplete`. */
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
  // Failed here, and found at the provider later.
  failed: ['incomplete', ...LIVE, ...ENDED],
};

export const mayFollow = (from: SubscriptionStatus, to: SubscriptionStatus): boolean =>
  from === to || moves[from].includes(to);

/** Whether it has started and not ended. */
export const isLive = (status: SubscriptionStatus): boolean => LIVE.some((each) => each === status);

/** Whether no further change is expected. */
export const hasEnded = (status: SubscriptionStatus): boolean =>
  status === 'canceled' || status === 'expired' || status === 'failed';
