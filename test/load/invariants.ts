import { isDeepStrictEqual } from 'node:util';
import { type Json, eventually } from '#testing/client.ts';
import type { Target } from './system.ts';

export interface Finding {
  readonly rule: string;
  /** Who breaks it, at most a few; empty when it holds. */
  readonly broken: readonly string[];
  readonly checked: number;
}

/** A payment that a client was given. */
export interface Given {
  readonly id: string;
  readonly provider: 'stripe' | 'paypal';
  /** What was given back of it by refunds that were answered; undefined when some answers are not known. */
  readonly refundedMinor?: number | undefined;
}

const EVENTS_WITHIN_MS = 15_000;

/** Holds what is stored, what was published and what the providers have against each other. */
export async function checkInvariants(target: Target, given: readonly Given[]): Promise<Finding[]> {
  const created = new Set(given.map(({ id }) => id));
  const payments = await target.listed();
  const truth = await target.truth(payments);
  const events = await publishedEvents(target, created.size);
  const histories = new Map<string, Json[]>();
  for (const id of created) histories.set(id, (await target.transactions(id)).body.transactions);

  const byPayment = Map.groupBy(events, ({ detail }) => String(detail.aggregate.id));
  const eventsOf = (id: string): Json[] => byPayment.get(id) ?? [];
  const succeededOnce = (id: string) =>
    histories.get(id)?.filter(({ from, to }) => to === 'succeeded' && from !== to).length === 1 &&
    eventsOf(id).filter(({ detailType }) => detailType === 'payment.succeeded.v1').length === 1;
  const byId = new Map(payments.map((payment) => [String(payment.id), payment]));

  return [
    finding('a payment for each 201, and none besides', created, (id) => byId.has(id)),
    {
      rule: 'as many payments as answers',
      checked: payments.length,
      broken:
        payments.length === created.size ? [] : [`${payments.length} payments, ${created.size} answers`],
    },
    finding(
      'one PaymentIntent or order each',
      given,
      ({ id }) => truth.filter(({ paymentId }) => paymentId === id).length === 1 || id,
    ),
    finding('no PaymentIntent of nobody', truth, ({ paymentId }) => created.has(paymentId) || paymentId),
    finding('every payment is as the provider says', truth, ({ paymentId, capturedMinor, refundedMinor }) => {
      const { status, ...ours } = byId.get(paymentId) ?? {};
      return status === 'succeeded' &&
        ours.capturedMinor === capturedMinor &&
        ours.refundedMinor === refundedMinor
        ? true
        : `${paymentId} ${status} ${ours.capturedMinor} - ${ours.refundedMinor}, provider: ${capturedMinor} - ${refundedMinor}`;
    }),
    finding(
      'every refund that was answered was made, once',
      given.filter(({ refundedMinor }) => refundedMinor !== undefined),
      ({ id, refundedMinor }) =>
        byId.get(id)?.refundedMinor === refundedMinor ||
        `${id} ${byId.get(id)?.refundedMinor} of ${refundedMinor}`,
    ),
    finding('room for refunds, and what is back, come to what was captured', payments, (payment) => {
      const { id, capturedMinor, refundableMinor, refundPendingMinor, refundedMinor } = payment;
      const sum = refundableMinor + refundPendingMinor + refundedMinor;
      return sum === capturedMinor ? true : `${id} ${sum} of ${capturedMinor}`;
    }),
    finding('every payment succeeded once', created, succeededOnce),
    finding(
      'every event was published once',
      Map.groupBy(events, ({ detail }) => detail.id),
      (group) => (group[1].length === 1 ? true : `${group[0]} ${group[1].length} times`),
    ),
    finding('sequences have no gaps', created, (id) => {
      const numbers = [...new Set(eventsOf(id).map(({ detail }) => detail.sequence))].sort((a, b) => a - b);
      return (
        numbers.length > 0 &&
        isDeepStrictEqual(
          numbers,
          numbers.map((_, index) => index + 1),
        )
      );
    }),
  ];
}

/** The relay works behind the answers: waits until it has told of every payment. */
async function publishedEvents(target: Target, payments: number): Promise<readonly Json[]> {
  const isSuccess = ({ detailType }: Json) => detailType === 'payment.succeeded.v1';
  try {
    return await eventually(
      () => target.busEvents(),
      (all) => all.filter(isSuccess).length >= payments,
      EVENTS_WITHIN_MS,
    );
  } catch {
    return target.busEvents();
  }
}

const SHOWN_MAX = 3;

export function finding<T>(rule: string, all: Iterable<T>, holds: (one: T) => boolean | string): Finding {
  const judged = [...all].map((one) => ({ one, verdict: holds(one) }));
  const broken = judged.filter(({ verdict }) => verdict !== true);
  const shown = broken
    .slice(0, SHOWN_MAX)
    .map(({ one, verdict }) => (typeof verdict === 'string' ? verdict : String(one)));
  const more = broken.length - shown.length;
  return { rule, checked: judged.length, broken: more > 0 ? [...shown, `and ${more} more`] : shown };
}
