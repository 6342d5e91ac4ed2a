import type { SandboxAccount } from '../account.ts';
import { recordId } from '../ids.ts';
import type { DeliveryRecord, DeliveryState, WebhookSettings } from '../store/records.ts';

const KEEP_MAX = 5000;
/** In `reverse` mode deliveries wait at least this long, so that there is something to turn round. */
const REVERSE_WINDOW_MS = 250;

/** How webhooks are sent now. */
export function webhookSettings(account: SandboxAccount): WebhookSettings {
  return account.store.get('webhookSettings', 'current') ?? { mode: 'auto', delayMs: 0 };
}

/** What a delivery says about its event. */
export interface EventLabel {
  readonly type: string;
  /** The id of the object that the event is about. */
  readonly object: string;
}

/** Queues the webhook of an event as the mode says; without a webhook URL there is none. */
export function enqueue(account: SandboxAccount, event: string, label: EventLabel): void {
  if (account.webhookUrl === undefined) return;
  const { mode, delayMs } = webhookSettings(account);
  const waitMs = mode === 'reverse' ? Math.max(delayMs, REVERSE_WINDOW_MS) : delayMs;
  const states: Partial<Record<typeof mode, DeliveryState>> = { hold: 'held', drop: 'dropped' };
  const nextAttemptAtMs = Date.now() + waitMs;
  for (let copies = mode === 'duplicate' ? 2 : 1; copies > 0; copies -= 1) {
    addDelivery(account, { event, ...label, state: states[mode] ?? 'pending', nextAttemptAtMs });
  }
}

/** Sends an event again, now; undefined without a webhook URL. */
export function resend(
  account: SandboxAccount,
  event: string,
  label: EventLabel,
): DeliveryRecord | undefined {
  if (account.webhookUrl === undefined) return undefined;
  return addDelivery(account, { event, ...label, state: 'pending', nextAttemptAtMs: Date.now() });
}

function addDelivery(
  account: SandboxAccount,
  fields: Omit<DeliveryRecord, 'id' | 'attempts'>,
): DeliveryRecord {
  const delivery: DeliveryRecord = { id: recordId('whd'), ...fields, attempts: [] };
  account.store.put('delivery', delivery.id, delivery);
  account.store.trim('delivery', KEEP_MAX);
  return delivery;
}

/** All deliveries, oldest first. */
export function deliveries(account: SandboxAccount): DeliveryRecord[] {
  return account.store.all('delivery');
}
