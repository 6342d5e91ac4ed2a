import type { PluginCaller } from '#runtime/call.ts';
import type { Inbox } from '#runtime/inbox/inbox.ts';
import type manifest from './plugin.json';
import type { PointStore } from './store/points.ts';
import type { Vouchers } from './vouchers.ts';

/** What operations, subscriptions and schedules work with. */
export interface Services {
  readonly points: PointStore;
  readonly vouchers: Vouchers;
  /** Takes each payment that succeeded once. */
  readonly earned: Inbox;
  /** Takes the refunds of a payment in their order. */
  readonly refunded: Inbox;
  readonly plugins: Pick<PluginCaller<typeof manifest>, 'call'>;
  readonly minorUnitsPerPoint: number;
  readonly now: () => Date;
}
