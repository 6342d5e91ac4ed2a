import { changeContext } from '../engine/flow.ts';
import { type Repository, type Updated, update } from '../engine/update.ts';
import type { Flow } from '../services.ts';
import type { InboxEntry } from '../store/inbox-store.ts';
import { changeOf } from './model/change.ts';
import { type Payment, operationIn } from './model/payment.ts';
import type { ChangeNotes } from './model/published-events.ts';

/** The payment after a step. `next` is the same object when nothing changes. */
export interface Step {
  readonly next: Payment;
  readonly notes?: ChangeNotes;
  readonly failureCode?: string;
  /** The webhook event is not processed completely by this step. */
  readonly unfinished?: boolean;
}

/** A payment, with the refunds, disputes and the operation that a step changes together with it. */
export function paymentRepository(flow: Flow, paymentId: string): Repository<Payment, Step> {
  const { store } = flow.services;
  return {
    read: () => existingPayment(flow, paymentId),
    async write(before, step, recordsOf) {
      const { notes = {} } = step;
      const next = withFailureCode(before, step);
      const change = next === before ? undefined : changeOf(before, next, notes, changeContext(flow));
      const after = change?.after ?? before;
      const { kind } = await store.write(
        {
          paymentId,
          change,
          operation: endedOperation(before, after, step),
          refunds: notes.refunds?.map(({ after: refund }) => refund),
          disputes: notes.disputes?.map(({ after: dispute }) => dispute),
        },
        recordsOf(after),
      );
      if (kind === 'committed') return { kind, after };
      return { kind: kind === 'duplicate' ? kind : 'stale' };
    },
    async complete(idempotency) {
      await store.write({ paymentId }, { idempotency });
    },
  };
}

/** Whether a step changes the status of the payment's latest operation. */
const endsOperation = ({ operation: before }: Payment, { operation: after }: Payment): boolean =>
  after.id === before.id && after.status !== before.status;

const withFailureCode = (before: Payment, { next, failureCode }: Step): Payment =>
  failureCode !== undefined && endsOperation(before, next)
    ? { ...next, operation: { ...next.operation, failureCode } }
    : next;

/** What changes of an operation that is recorded apart from its payment. */
function endedOperation(before: Payment, after: Payment, { failureCode }: Step) {
  const { operation } = after;
  if (!endsOperation(before, after) || operationIn(after, operation.id) !== undefined) return undefined;
  return {
    id: operation.id,
    status: operation.status,
    ...(failureCode !== undefined && { failureCode }),
  };
}

/** @throws Error when a payment that existed a moment ago does not */
export async function existingPayment(flow: Flow, paymentId: string): Promise<Payment> {
  const payment = await flow.services.store.get(paymentId);
  if (payment === undefined) throw new Error(`Payment ${paymentId} does not exist any more`);
  return payment;
}

/** A payment after a step. */
export type Advanced = Updated<Payment, Step>;

/**
 * Changes a payment by a step, see {@link update}.
 * @param inbox the webhook event to mark as processed, unless the step is unfinished
 */
export const advance = (
  flow: Flow,
  first: Payment,
  take: (payment: Payment, tries: number) => Promise<Step>,
  inbox?: InboxEntry,
): Promise<Advanced> =>
  update(flow, paymentRepository(flow, first.id), first, take, (_after, { unfinished }) => ({
    inbox: unfinished ? undefined : inbox,
  }));
