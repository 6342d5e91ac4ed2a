import { within } from '../within.ts';
import type { Lifecycle } from './lifecycle.ts';
import { isServing, type StateReader } from './registry-state.ts';

/** What an invocation needs before it reaches plugin code. */
interface Needed {
  readonly lifecycle: Pick<Lifecycle, 'prefetch' | 'ready'>;
  /** Undefined for a function that cannot be unloaded. */
  readonly state: StateReader | undefined;
}

/** How long initialization waits; Lambda leaves it ten seconds. What takes longer goes on, and the first call waits for it. */
const INIT_WAIT_MS = 1000;

/**
 * Reads the registry's state and the configuration and initializes the plugin before the first invocation, which finds
 * the outcome where it would have put it: in the caches of both and in the lifecycle. All of that ages as usual, so an
 * environment that waits for its first call reads it again. Never rejects: what failed is done again, and reported, by
 * the first invocation.
 *
 * Initialization waits, for a second at most, because Lambda does not throttle it by the function's memory, and because
 * it may freeze the environment right after: requests on their way would then be answered to nobody.
 */
export function startEarly(needed: Needed, waitMs = INIT_WAIT_MS): Promise<void> {
  const started = start(needed).catch(() => {});
  return within(started, waitMs, () => {});
}

async function start({ lifecycle, state }: Needed): Promise<void> {
  lifecycle.prefetch();
  const now = await state?.read();
  // An unloaded plugin is not initialized: no invocation reaches it.
  if (now && !isServing(now.state)) return;
  const lease = await lifecycle.ready(now?.configVersionId);
  lease.release();
}
