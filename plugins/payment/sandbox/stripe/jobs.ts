import { cancel, decline, latestCharge, succeed } from './intents/transitions.ts';
import { emit } from './events.ts';
import { magicOf, methodOf } from './methods/methods.ts';
import type { JobRecord } from './store/records.ts';
import type { World } from './world.ts';
import { NO_REQUEST } from './world.ts';

/** Does what fell due: an authorisation ends, a slow payment method gets its outcome. */
export function perform(world: World, { intentId, kind }: JobRecord): void {
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
