import * as z from 'zod/mini';
import type { SandboxAccount } from '../account.ts';
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
export function webhookControls(
  account: SandboxAccount,
  describe: (event: EventRecord) => Described,
): readonly Control[] {
  const path = /^\/__sandbox\/webhooks$/;
  return [
    { method: 'POST', path, run: (input) => change(account, input) },
    {
      method: 'GET',
      path,
      run: () => ({
        ...webhookSettings(account),
        url: account.webhookUrl ?? null,
        deliveries: deliveries(account),
      }),
    },
    { method: 'POST', path: /^\/__sandbox\/webhooks\/flush$/, run: () => flush(account) },
    {
      method: 'POST',
      path: /^\/__sandbox\/webhooks\/resend$/,
      run: (input) => resend(account, input, describe),
    },
  ];
}

function change(account: SandboxAccount, { body }: ControlInput): object {
  const next = { ...webhookSettings(account), ...parseControl(settingsSchema, body) };
  account.store.put('webhookSettings', 'current', next);
  return next;
}

/** Sends what is held and what waits, now. */
function flush(account: SandboxAccount): object {
  const waiting = deliveries(account).filter(({ state }) => state === 'held' || state === 'pending');
  account.store.transaction(() => {
    for (const delivery of waiting) {
      account.store.put('delivery', delivery.id, {
        ...delivery,
        state: 'pending',
        nextAttemptAtMs: Date.now(),
      });
    }
  });
  return { flushed: waiting.length };
}

/** Sends an event again, by its id or that of a delivery. */
function resend(
  account: SandboxAccount,
  { body }: ControlInput,
  describe: (event: EventRecord) => Described,
): object {
  const { id } = parseControl(resendSchema, body);
  const eventId = account.store.get('delivery', id)?.event ?? id;
  const event = account.store.get('event', eventId);
  if (!event) throw new ControlError(`there is no event or delivery ${id}`, 404);
  if (account.webhookUrl === undefined)
    throw new ControlError('the sandbox was started without a webhook URL');
  const { object, type } = describe(event);
  const fields = { event: event.id, type, object, state: 'pending' } as const;
  return addDelivery(account, { ...fields, nextAttemptAtMs: Date.now() });
}
