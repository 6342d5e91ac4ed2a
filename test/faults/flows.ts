import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Json } from '#testing/client.ts';
import { ANY_CALL, cool, crashAt, quiet } from './crash-points.ts';
import { newKey, type LocalSystem } from './local-system.ts';

/** One payment in which a crash happens. */
export interface Case {
  /** Tells the payment among all others, also when no answer ever named it. */
  readonly tag: string;
  readonly key: string;
  /** Known from the start when the payment is made before the flow. */
  paymentId?: string;
  /** The provider's event that the flow is about. */
  eventId?: string;
}

/**
 * Who brings a payment to its end after a crash: the caller with the same key, at once or after the provider's
 * webhooks have come, or `verify` before the caller comes back late; or nobody but the reconciler does anything, and
 * the caller comes back when all is settled.
 */
export type Recovery = 'retry' | 'webhook' | 'verify' | 'reconciler';

/** One way through the system, with a crash at each of its calls. */
export interface Flow {
  readonly name: string;
  /** `plugin/function` that crashes. */
  readonly function: string;
  /** What has to exist before the flow begins. */
  prepare(system: LocalSystem, one: Case): Promise<void>;
  /** Carries it out; a caller who got no answer repeats exactly this. */
  run(system: LocalSystem, one: Case): Promise<Answer>;
  /** Preparing leaves a lock behind, which has to end before the flow can begin. */
  readonly afterLock?: boolean;
  /** Ends a warm process of the function, so that the next call starts a new one, as it does after a crash. */
  cool(system: LocalSystem): Promise<void>;
  readonly recoveries: readonly Recovery[];
  /** The caller's answer is stored under its key and comes again. */
  readonly replays: boolean;
  readonly end: {
    readonly status: string;
    readonly capturedMinor: number;
    readonly refundedMinor?: number;
    readonly lostMinor?: number;
  };
}

const API = 'payment/api';
const TOTAL_MINOR = 10_000;
const PART_MINOR = 4_000;
const card = { confirm: true, paymentMethodId: 'pm_card_visa' };
const total = { amount: 100, currency: 'usd' };
const paying = { ...total, ...card };
const holding = { ...paying, captureMethod: 'manual' };
const RELAY_QUIET_MS = 600;

const all: readonly Recovery[] = ['retry', 'webhook', 'verify', 'reconciler'];

const createOf =
  (body: object) =>
  (system: LocalSystem, { tag, key }: Case) =>
    system.api('POST', '/payments', { ...body, metadata: { case: tag } }, { 'idempotency-key': key });

const operationOf =
  (verb: string, body: object = {}) =>
  (system: LocalSystem, { paymentId, key }: Case) =>
    system.api('POST', `/payments/${paymentId}/${verb}`, body, { 'idempotency-key': key });

const verify = (system: LocalSystem, { paymentId }: Case) =>
  system.api('POST', `/payments/${paymentId}/verify`);

/** Makes a payment undisturbed, under another key. */
const made = (body: object) => async (system: LocalSystem, one: Case) => {
  const answer = await createOf(body)(system, { ...one, key: newKey() });
  if (answer.status !== 201) throw new Error(`prepare: ${answer.status} ${JSON.stringify(answer.body)}`);
  one.paymentId = answer.body.id;
  return answer;
};

/** A payment that was paid in the browser, whose webhook was not delivered yet. */
async function paidBeforeWebhook(system: LocalSystem, one: Case): Promise<void> {
  const { body } = await made(total)(system, one);
  await system.pay(body.clientSecret);
  const { deliveries } = await system.sandbox('GET', '/webhooks');
  const paid = ({ type, object }: Json) => type === 'payment_intent.succeeded' && object === body.providerRef;
  one.eventId = eventIdOf(deliveries.find(paid)?.event, 'payment_intent.succeeded');
}

/** The id of an event, which the provider must have. */
function eventIdOf(id: string | undefined, type: string): string {
  if (id === undefined) throw new Error(`prepare: the provider has no ${type}`);
  return id;
}

/** A paid payment with an event at the provider that was not delivered yet. */
const paidThen =
  (happen: (system: LocalSystem, ref: string) => Promise<unknown>, type: string) =>
  async (system: LocalSystem, one: Case): Promise<void> => {
    const { body } = await made(paying)(system, one);
    await happen(system, body.providerRef);
    const { data } = await system.provider(`/v1/events?type=${type}&limit=100`);
    const ours = ({ data: { object } }: Json) => object.payment_intent === body.providerRef;
    one.eventId = eventIdOf(data.find(ours)?.id, type);
  };
const disputed = paidThen(
  (system, ref) => system.sandbox('POST', '/disputes', { ref, reason: 'fraudulent' }),
  'charge.dispute.created',
);
const refundedElsewhere = paidThen(
  (system, ref) => system.refundInDashboard(ref, PART_MINOR),
  'refund.created',
);

/** The flow `run` has crashed, the provider having done its part or not; whoever comes next has to carry on. */
const crashed =
  (run: Flow['run'], when: 'before' | 'after', prepare: Flow['prepare'] = async () => undefined) =>
  async (system: LocalSystem, one: Case) => {
    await prepare(system, one);
    const point = { target: 'provider', n: 1, when, call: ANY_CALL } as const;
    const instead = await crashAt(system, API, point, () => run(system, one));
    if (instead !== undefined) throw new Error(`prepare: ${instead}`);
  };

async function coolApi(system: LocalSystem): Promise<void> {
  await cool(system, API, () => system.api('GET', '/payments/pay_00000000000000000000000000'));
}

async function coolWebhook(system: LocalSystem): Promise<void> {
  const one: Case = { tag: 'cool', key: newKey() };
  await paidBeforeWebhook(system, one);
  await cool(system, 'payment/webhook-stripe', () => system.deliver(one.eventId ?? ''));
}

/** The relay has nothing to warm up, but it must have published what came before. */
const coolRelay = (): Promise<void> => sleep(RELAY_QUIET_MS);

const webhook = {
  function: 'payment/webhook-stripe',
  run: (system: LocalSystem, { eventId = '' }: Case) => system.deliver(eventId),
  cool: coolWebhook,
  recoveries: ['retry'] as readonly Recovery[],
  replays: false,
};
const api = { function: API, cool: coolApi, recoveries: all, replays: true };
const succeeded = { status: 'succeeded', capturedMinor: TOTAL_MINOR };
const asked = { status: 'requires_action', capturedMinor: 0 };

const capture = operationOf('capture');
const refund = operationOf('refunds');
const refundPart = operationOf('refunds', { amountMinor: PART_MINOR });
const refunds = { ...api, recoveries: ['retry', 'reconciler'] as readonly Recovery[] };
const capturePart = operationOf('capture', { amountMinor: PART_MINOR });
const none = async (): Promise<void> => undefined;
const prepared = (body: object) => async (system: LocalSystem, one: Case) =>
  void (await made(body)(system, one));

/** Flows that begin with somebody else's crash. */
const resumed: readonly Flow[] = (['before', 'after'] as const).flatMap((when): readonly Flow[] => [
  {
    ...api,
    name: `create, resumed (crashed ${when} the provider)`,
    prepare: crashed(createOf(paying), when),
    run: createOf(paying),
    end: succeeded,
    afterLock: true,
  },
  {
    ...api,
    name: `capture, resumed (crashed ${when} the provider)`,
    prepare: crashed(capturePart, when, prepared(holding)),
    run: capturePart,
    end: { status: 'succeeded', capturedMinor: PART_MINOR },
    afterLock: true,
  },
  {
    ...refunds,
    recoveries: ['retry'],
    name: `refund, resumed (crashed ${when} the provider)`,
    prepare: crashed(refundPart, when, prepared(paying)),
    run: refundPart,
    end: { ...succeeded, refundedMinor: PART_MINOR },
    afterLock: true,
  },
]);

/** Everything that exists, those first that take the longest to recover. */
export const flows: readonly Flow[] = [
  {
    name: 'subscriber',
    function: 'simple-plugin/on-payment-succeeded',
    prepare: none,
    run: createOf(paying),
    cool: async (system) => {
      const one: Case = { tag: 'cool', key: newKey() };
      // What was paid while others were prepared would start, and leave warm, a process of its own.
      await quiet(system, 'simple-plugin/on-payment-succeeded');
      await cool(system, 'simple-plugin/on-payment-succeeded', () =>
        createOf(paying)(system, { ...one, key: newKey() }),
      );
    },
    recoveries: ['retry'],
    replays: true,
    end: succeeded,
  },
  ...resumed,
  {
    name: 'relay',
    function: 'payment/relay',
    prepare: none,
    run: createOf(total),
    cool: coolRelay,
    recoveries: ['retry'],
    replays: true,
    end: asked,
  },
  { ...api, name: 'create', prepare: none, run: createOf(total), end: asked },
  { ...api, name: 'create and confirm', prepare: none, run: createOf(paying), end: succeeded },
  {
    ...api,
    name: 'authorize',
    prepare: none,
    run: createOf(holding),
    end: { status: 'authorized', capturedMinor: 0 },
  },
  {
    ...api,
    name: 'confirm with another method',
    prepare: prepared(total),
    run: operationOf('confirm', { paymentMethodId: 'pm_card_visa' }),
    end: succeeded,
  },
  { ...api, name: 'capture', prepare: prepared(holding), run: capture, end: succeeded },
  {
    ...api,
    name: 'partial capture',
    prepare: prepared(holding),
    run: capturePart,
    end: { status: 'succeeded', capturedMinor: PART_MINOR },
  },
  {
    ...api,
    name: 'cancel',
    prepare: prepared(holding),
    run: operationOf('cancel', { reason: 'abandoned' }),
    end: { status: 'canceled', capturedMinor: 0 },
  },
  {
    ...api,
    name: 'verify',
    prepare: paidBeforeWebhook,
    run: verify,
    replays: false,
    end: succeeded,
    recoveries: ['retry'],
  },
  {
    ...webhook,
    name: 'webhook',
    prepare: paidBeforeWebhook,
    recoveries: ['retry', 'webhook', 'reconciler'],
    end: succeeded,
  },
  {
    ...refunds,
    name: 'refund',
    prepare: prepared(paying),
    run: refund,
    end: { ...succeeded, refundedMinor: TOTAL_MINOR },
  },
  {
    ...refunds,
    name: 'partial refund',
    prepare: prepared(paying),
    run: refundPart,
    end: { ...succeeded, refundedMinor: PART_MINOR },
  },
  {
    ...webhook,
    name: 'refund made elsewhere',
    prepare: refundedElsewhere,
    end: { ...succeeded, refundedMinor: PART_MINOR },
  },
  { ...webhook, name: 'dispute', prepare: disputed, end: succeeded },
];
