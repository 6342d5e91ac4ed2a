import * as z from 'zod/mini';
import type { SandboxAccount } from '../account.ts';
import { type EventRecord, WEBHOOK_MODES } from '../store/records.ts';
import { deliveries, type EventLabel, resend, webhookSettings } from '../webhooks/queue.ts';
import { type Control, controlAt, ControlError, newest, parseControl } from './control.ts';
import { delayMs } from './faults.ts';

const settingsSchema = z.strictObject({
  mode: z.optional(z.enum(WEBHOOK_MODES)),
  delayMs: z.optional(delayMs),
});
const resendSchema = z.strictObject({ id: z.string() });

/** `/__sandbox/webhooks`, `/flush` and `/resend`. */
export function webhookControls(
  account: SandboxAccount,
  labelOf: (event: EventRecord) => EventLabel,
): readonly Control[] {
  return [
    controlAt('POST', 'webhooks', ({ body }) => {
      const next = { ...webhookSettings(account), ...parseControl(settingsSchema, body) };
      account.store.put('webhookSettings', 'current', next);
      return next;
    }),
    controlAt('GET', 'webhooks', ({ query }) => ({
      ...webhookSettings(account),
      url: account.webhookUrl ?? null,
      deliveries: newest(deliveries(account), query),
    })),
    controlAt('POST', 'webhooks/flush', () => flush(account)),
    controlAt('POST', 'webhooks/resend', ({ body }) => {
      const { id } = parseControl(resendSchema, body);
      const event = account.store.get('event', account.store.get('delivery', id)?.event ?? id);
      if (!event) throw new ControlError(`there is no event or delivery ${id}`, 404);
      const made = resend(account, event.id, labelOf(event));
      if (!made) throw new ControlError('the sandbox was started without a webhook URL');
      return made;
    }),
  ];
}

/** Sends what is held and what waits, now. */
function flush(account: SandboxAccount): object {
  const waiting = deliveries(account).filter(({ state }) => state === 'held' || state === 'pending');
  account.store.transaction(() => {
    for (const delivery of waiting) {
      const now = { state: 'pending', nextAttemptAtMs: Date.now() } as const;
      account.store.put('delivery', delivery.id, { ...delivery, ...now });
    }
  });
  return { flushed: waiting.length };
}
