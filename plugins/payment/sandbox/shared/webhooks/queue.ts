import type { Core } from '../core.ts';
import { recordId } from '../ids.ts';
import type { DeliveryRecord, DeliveryState, WebhookSettings } from '../store/records.ts';

const KEEP_MAX = 5000;
/** In `reverse` mode deliveries wait at least this long, so that there is something to turn round. */
const REVERSE_WINDOW_MS = 250;

/** How webhooks are sent now. */
export function webhookSettings(core: Core): WebhookSettings {
  return core.store.get('webhookSettings', 'current') ?? { mode: 'auto', delayMs: 0 };
}

/** Puts the webhook of an event on the way as the mode says; without a webhook URL there is none. */
export function enqueue(core: Core, event: string, type: string, object: string): void {
  if (core.webhookUrl === undefined) return;
  const { mode, delayMs } = webhookSettings(core);
  const waitMs = mode === 'reverse' ? Math.max(delayMs, REVERSE_WINDOW_MS) : delayMs;
  const states: Partial<Record<typeof mode, DeliveryState>> = { hold: 'held', drop: 'dropped' };
  const nextAttemptAtMs = Date.now() + waitMs;
  for (let copies = mode === 'duplicate' ? 2 : 1; copies > 0; copies -= 1) {
    addDelivery(core, { event, type, object, state: states[mode] ?? 'pending', nextAttemptAtMs });
  }
}

/** Keeps a new delivery. */
export function addDelivery(
  core: Core,
  fields: Pick<DeliveryRecord, 'event' | 'type' | 'object' | 'state' | 'nextAttemptAtMs'>,
): DeliveryRecord {
  const delivery: DeliveryRecord = { id: recordId('whd'), ...fields, attempts: [] };
  core.store.put('delivery', delivery.id, delivery);
  core.store.trim('delivery', KEEP_MAX);
  return delivery;
}

/** All deliveries, oldest first. */
export function deliveries(core: Core): DeliveryRecord[] {
  return core.store.all('delivery').map(({ value }) => value);
}
