import * as z from 'zod/mini';
import { newId } from '../ids.ts';
import { finishThreeDSecure } from '../three-d-secure.ts';
import { WEBHOOK_MODES } from '../store/records.ts';
import { addDelivery, deliveries, webhookSettings } from '../webhooks/queue.ts';
import type { World } from '../world.ts';
import { API_VERSION } from '../world.ts';
import { durationMs } from './duration.ts';

/** A control that cannot be obeyed; the message tells the tester why. */
export class ControlError extends Error {
  readonly status: number;
  constructor(message: string, status = 400) {
    super(message);
    this.name = 'ControlError';
    this.status = status;
  }
}

/** What a control gets: the query, the parsed JSON body and the id in its path. */
export interface ControlInput {
  readonly world: World;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly id: string;
}

const DELAY_MAX_MS = 600_000;
const delay = z.int().check(z.minimum(0), z.maximum(DELAY_MAX_MS));

const faultSchema = z
  .strictObject({
    method: z.optional(z.enum(['GET', 'POST', 'DELETE'])),
    path: z.optional(z.string()),
    times: z._default(z.int().check(z.positive()), 1),
    status: z.optional(z.int().check(z.minimum(200), z.maximum(599))),
    body: z.optional(z.unknown()),
    headers: z.optional(z.record(z.string(), z.string())),
    delayMs: z._default(delay, 0),
    reset: z._default(z.boolean(), false),
    after: z._default(z.boolean(), false),
  })
  .check(
    z.refine(
      (fault) => fault.after || fault.reset || fault.delayMs > 0 || fault.status !== undefined,
      'a fault needs status, reset, after or delayMs',
    ),
  );
const faultsSchema = z.union([z.array(faultSchema), faultSchema]);
const webhooksSchema = z.strictObject({
  mode: z.optional(z.enum(WEBHOOK_MODES)),
  delayMs: z.optional(delay),
});
const resendSchema = z.strictObject({ id: z.string() });
const threeDSecureSchema = z.strictObject({ result: z.enum(['succeeded', 'failed']) });
const clockSchema = z.strictObject({ advance: z.string() });

function parse<S extends z.ZodMiniType>(schema: S, body: unknown): z.output<S> {
  const result = z.safeParse(schema, body);
  if (result.success) return result.data;
  throw new ControlError(z.prettifyError(result.error).replaceAll('\n', ' '));
}

/** `GET /__sandbox/health`. */
export function health({ world }: ControlInput): object {
  return {
    status: 'ok',
    provider: 'stripe',
    apiVersion: API_VERSION,
    now: new Date(world.nowMs()).toISOString(),
  };
}

/** `POST /__sandbox/reset`. */
export function reset({ world }: ControlInput): object {
  world.store.clear();
  return { reset: true };
}

/** `POST /__sandbox/faults`: one fault or several, behind those already there. */
export function addFaults(input: ControlInput): object {
  const parsed = parse(faultsSchema, input.body);
  input.world.store.transaction(() => {
    for (const fault of [parsed].flat()) {
      input.world.store.put('fault', newId('fault'), fault);
    }
  });
  return listFaults(input);
}

/** `GET /__sandbox/faults`: those not used up yet. */
export function listFaults({ world }: ControlInput): object {
  return { faults: world.store.all('fault').map(({ value }) => value) };
}

/** `DELETE /__sandbox/faults`. */
export function clearFaults(input: ControlInput): object {
  input.world.store.trim('fault', 0);
  return listFaults(input);
}

/** `POST /__sandbox/webhooks`. */
export function setWebhooks({ body, world }: ControlInput): object {
  const next = { ...webhookSettings(world), ...parse(webhooksSchema, body) };
  world.store.put('webhookSettings', 'current', next);
  return next;
}

/** `GET /__sandbox/webhooks`: the settings, the URL and all deliveries, oldest first. */
export function listWebhooks({ world }: ControlInput): object {
  return { ...webhookSettings(world), url: world.webhookUrl ?? null, deliveries: deliveries(world) };
}

/** `POST /__sandbox/webhooks/flush`: sends what is held and what waits, now. */
export function flushWebhooks({ world }: ControlInput): object {
  const waiting = deliveries(world).filter(({ state }) => state === 'held' || state === 'pending');
  world.store.transaction(() => {
    for (const delivery of waiting) {
      world.store.put('delivery', delivery.id, {
        ...delivery,
        state: 'pending',
        nextAttemptAtMs: Date.now(),
      });
    }
  });
  return { flushed: waiting.length };
}

/** `POST /__sandbox/webhooks/resend`: sends an event again, by its id or that of a delivery. */
export function resendWebhook({ body, world }: ControlInput): object {
  const { id } = parse(resendSchema, body);
  const eventId = world.store.get('delivery', id)?.event ?? id;
  const event = world.store.get('event', eventId);
  if (!event) throw new ControlError(`there is no event or delivery ${id}`, 404);
  if (world.webhookUrl === undefined) throw new ControlError('the sandbox was started without a webhook URL');
  const object = String((event.data.object as { id?: string }).id);
  const fields = { event: event.id, type: event.type, object, state: 'pending' } as const;
  return addDelivery(world, { ...fields, nextAttemptAtMs: Date.now() });
}

/** `GET /__sandbox/requests?method=&path=&idempotencyKey=&status=`: oldest first; filters are optional. */
export function listRequests({ query, world }: ControlInput): object {
  const text = (name: string) => query.get(name) ?? undefined;
  const [method, path, key, status] = ['method', 'path', 'idempotencyKey', 'status'].map(text);
  const requests = world.store
    .all('request')
    .map(({ value }) => value)
    .filter((request) => method === undefined || request.method === method)
    .filter((request) => request.path.includes(path ?? ''))
    .filter((request) => key === undefined || request.idempotencyKey === key)
    .filter((request) => status === undefined || String(request.status) === status);
  return query.has('count') ? { count: requests.length } : { count: requests.length, requests };
}

/** `GET /__sandbox/signing`. */
export function signing({ world }: ControlInput): object {
  return { secrets: world.webhookSecrets };
}

/** `POST /__sandbox/payment_intents/{id}/3ds`. */
export function threeDSecure({ body, id, world }: ControlInput): object {
  const { result } = parse(threeDSecureSchema, body);
  const intent = world.store.get('intent', id);
  if (!intent) throw new ControlError(`there is no payment intent ${id}`, 404);
  const done = finishThreeDSecure(world, id, result);
  if (!done)
    throw new ControlError(`${id} is ${intent.status}; only an intent in requires_action can be answered`);
  return done;
}

/** `POST /__sandbox/clock`: moves the sandbox's clock forward; what falls due on the way happens. */
export function advanceClock({ body, world }: ControlInput): object {
  const { advance } = parse(clockSchema, body);
  const stepMs = durationMs(advance);
  if (stepMs === undefined)
    throw new ControlError('advance must be a duration such as "90s", "15m", "12h" or "7d"');
  const offsetMs = (world.store.get('clockOffsetMs', 'current') ?? 0) + stepMs;
  world.store.put('clockOffsetMs', 'current', offsetMs);
  return { now: new Date(world.nowMs()).toISOString() };
}
