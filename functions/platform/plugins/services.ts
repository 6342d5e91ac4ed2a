import type { Drift } from './drift.ts';
import type { ErrorGroups } from './error-groups.ts';
import type { PlatformHealth } from './health.ts';
import type { RouteThrottles } from './route-throttles.ts';
import type { TransitionServices } from './transition.ts';

/** What the platform's operations on plugins work with. */
export interface PluginsServices extends TransitionServices {
  readonly health: () => Promise<PlatformHealth>;
  readonly drift: () => Promise<readonly Drift[]>;
  readonly openApi: () => unknown;
  readonly errorGroups: ErrorGroups;
  readonly throttles: RouteThrottles;
}
