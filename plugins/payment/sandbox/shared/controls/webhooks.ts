import * as z from 'zod/mini';
import type { Core } from '../core.ts';
import type { EventRecord } from '../store/records.ts';
import { WEBHOOK_MODES } from '../store/records.ts';
import { addDelivery, deliveries, webhookSettings } from '../webhooks/queue.ts';
import type { Control, ControlInput } from './control.ts';
import { ControlError, parseControl } from './control.ts';
import { delayMs } from './duration.ts';

const settingsSchema = z.strictObject({
  mode: z.optional(z.enum(WEBHOOK_MODES)),
  delayMs: z.optional(delayMs),
});
const resendSchema = z.strictObject({ id: z.string() });

/** What a delivery says about its event. */
export interface Described {
  readonly type: string;
  readonly object: string;
}

/** `/__sandbox/webhooks`, `/flush` and `/resend`; `describe` names an event's type and object. */
export function webhookControls(core: Core, describe: (event: EventRecord) => Described): readonly Control[] {
  const path = /^\/__sandbox\/webhooks$/;
  return [
    { method: 'POST', path, run: (input) => change(core, input) },
    {
      method: 'GET',
      path,
      run: () => ({
        ...webhookSettings(core),
        url: core.webhookUrl ?? null,
        deliveries: deliveries(core),
      }),
    },
    { method: 'POST', path: /^\/__sandbox\/webhooks\/flush$/, run: () => flush(core) },
    {
      method: 'POST',
      path: /^\/__sandbox\/webhooks\/resend$/,
      run: (input) => resend(core, input, describe),
    },
  ];
}

function change(core: Core, { body }: ControlInput): object {
  const next = { ...webhookSettings(core), ...parseControl(settingsSchema, body) };
  core.store.put('webhookSettings', 'current', next);
  return next;
}

/** Sends what is held and what waits, now. */
function flush(core: Core): object {
  const waiting = deliveries(core).filter(({ state }) => state === 'held' || state === 'pending');
  core.store.transaction(() => {
    for (const delivery of waiting) {
      core.store.put('delivery', delivery.id, {
        ...delivery,
        state: 'pending',
        nextAttemptAtMs: Date.now(),
      });
    }
  });
  return { flushed: waiting.length };
}

/** Sends an event again, by its id or that of a delivery. */
function resend(core: Core, { body }: ControlInput, describe: (event: EventRecord) => Described): object {
  const { id } = parseControl(resendSchema, body);
  const eventId = core.store.get('delivery', id)?.event ?? id;
  const event = core.store.get('event', eventId);
  if (!event) throw new ControlError(`there is no event or delivery ${id}`, 404);
  if (core.webhookUrl === undefined) throw new ControlError('the sandbox was started without a webhook URL');
  const { object, type } = describe(event);
  const fields = { event: event.id, type, object, state: 'pending' } as const;
  return addDelivery(core, { ...fields, nextAttemptAtMs: Date.now() });
}
