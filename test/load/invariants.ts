import { isDeepStrictEqual } from 'node:util';
import { type Json, eventually } from '#testing/client.ts';
import type { Target } from './system.ts';

export interface Finding {
  readonly rule: string;
  /** Who breaks it, at most a few; empty when it holds. */
  readonly broken: readonly string[];
  readonly checked: number;
}

const EVENTS_WITHIN_MS = 15_000;

/** Holds what is stored, what was published and what the provider has against each other. */
export async function checkInvariants(target: Target, createdIds: readonly string[]): Promise<Finding[]> {
  const created = new Set(createdIds);
  const intents = await target.atProvider('payment_intents');
  const payments = await target.listed();
  const events = await publishedEvents(target, created.size);
  const histories = new Map<string, Json[]>();
  for (const id of created) histories.set(id, (await target.transactions(id)).body.transactions);

  const intentOwners = intents.map(({ metadata }) => String(metadata.payment_id));
  const byPayment = Map.groupBy(events, ({ detail }) => String(detail.aggregate.id));
  const eventsOf = (id: string): Json[] => byPayment.get(id) ?? [];
  const succeededOnce = (id: string) =>
    histories.get(id)?.filter(({ from, to }) => to === 'succeeded' && from !== to).length === 1 &&
    eventsOf(id).filter(({ detailType }) => detailType === 'payment.succeeded.v1').length === 1;
  const paid = new Map(intents.map((intent) => [String(intent.metadata.payment_id), intent.amount_received]));

  return [
    finding('a payment for each 201, and none besides', created, (id) =>
      payments.some((payment) => payment.id === id),
    ),
    {
      rule: 'as many payments as answers',
      checked: payments.length,
      broken:
        payments.length === created.size ? [] : [`${payments.length} payments, ${created.size} answers`],
    },
    finding(
      'one PaymentIntent each',
      created,
      (id) => intentOwners.filter((owner) => owner === id).length === 1,
    ),
    finding('no PaymentIntent of nobody', intentOwners, (owner) => created.has(owner)),
    finding('every payment is as the provider says', payments, ({ id, status, capturedMinor }) =>
      status === 'succeeded' && capturedMinor === paid.get(id) ? true : `${id} ${status} ${capturedMinor}`,
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
async function publishedEvents(target: Target, payments: number): Promise<Json[]> {
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

function finding<T>(rule: string, all: Iterable<T>, holds: (one: T) => boolean | string): Finding {
  const judged = [...all].map((one) => ({ one, verdict: holds(one) }));
  const broken = judged.filter(({ verdict }) => verdict !== true);
  const shown = broken
    .slice(0, SHOWN_MAX)
    .map(({ one, verdict }) => (typeof verdict === 'string' ? verdict : String(one)));
  const more = broken.length - shown.length;
  return { rule, checked: judged.length, broken: more > 0 ? [...shown, `and ${more} more`] : shown };
}
