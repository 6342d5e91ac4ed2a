import type { JobRecord } from './store/records.ts';
import { cancel, decline, latestCharge, succeed } from './intents/transitions.ts';
import { emit } from './events.ts';
import { magicOf, methodOf } from './methods/methods.ts';
import type { World } from './world.ts';
import { NO_REQUEST } from './world.ts';

const SLEEP_MAX_MS = 60_000;

/** Does what falls due on the sandbox's clock. */
export interface JobRunner {
  /** Runs everything due now and sets the alarm for the next. */
  run(): void;
  close(): void;
}

/** Starts the runner; jobs that fell due while the sandbox was down run at once. */
export function startJobs(world: World): JobRunner {
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  const run = (): void => {
    clearTimeout(timer);
    if (closed) return;
    const jobs = world.store.all('job').sort((a, b) => a.value.dueAtMs - b.value.dueAtMs);
    for (const { id, value } of jobs) {
      if (value.dueAtMs > world.nowMs()) {
        // The whole sandbox wakes, because what happens then has webhooks.
        timer = setTimeout(world.wake, Math.min(value.dueAtMs - world.nowMs() + 1, SLEEP_MAX_MS));
        return;
      }
      world.store.transaction(() => {
        world.store.delete('job', id);
        perform(world, value);
      });
    }
  };
  return {
    run,
    close: () => {
      closed = true;
      clearTimeout(timer);
    },
  };
}

function perform(world: World, { intentId, kind }: JobRecord): void {
  const intent = world.store.get('intent', intentId);
  if (!intent) return;
  if (kind === 'expire-authorization') {
    if (intent.status === 'requires_capture') cancel(world, NO_REQUEST, intent, 'expired');
    return;
  }
  if (intent.status === 'processing') settle(world, intentId);
}

function settle(world: World, intentId: string): void {
  const intent = world.store.get('intent', intentId);
  const method = intent && methodOf(world, intent);
  if (!intent || !method) return;
  const reason = magicOf(method.magic).decline;
  if (reason) return void decline(world, NO_REQUEST, intent, method, reason);
  const pending = latestCharge(world, intent);
  const done = {
    ...pending,
    status: 'succeeded',
    paid: true,
    captured: true,
    amount_captured: pending.amount,
  } as const;
  world.store.put('charge', done.id, done);
  emit(world, NO_REQUEST, 'charge.succeeded', done);
  succeed(world, NO_REQUEST, intent, intent.amount);
}
