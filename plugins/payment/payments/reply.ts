import type { Reply } from '#runtime/contract/reply.ts';
import type { PaymentView } from '../api/schemas.ts';
import { viewOf, withSecrets } from './payment-view.ts';
import { REPLAYED_HEADER } from '../engine/idempotency.ts';
import { type Repeated } from './repeat.ts';
import type { Ended } from './started.ts';

const RETRY_AFTER_SECONDS = '2';

/** The answer to a call that changes a payment; 201 and 202 say where it is, and only a create shows secrets. */
export function replyOf({ payment, status, snapshot }: Ended): Reply<PaymentView> {
  const view = viewOf(payment);
  return {
    status,
    body: bodyOf(view, status, snapshot),
    headers: {
      ...(status !== 200 && { Location: `/payments/${payment.id}` }),
      ...(status === 202 && { 'Retry-After': RETRY_AFTER_SECONDS }),
    },
  };
}

function bodyOf(view: PaymentView, status: number, snapshot: Ended['snapshot']): PaymentView {
  if (status === 201) return withSecrets(view, snapshot);
  // A webhook may have settled the payment meanwhile; this call itself still does not know, and says so.
  if (status === 202 && view.operation)
    return { ...view, operation: { ...view.operation, status: 'in_doubt' } };
  return view;
}

/** The answer to a call with a key that was seen before. */
export function repeatedReply(repeated: Repeated): Reply<PaymentView> {
  if (repeated.kind === 'resumed') return replyOf(repeated.ended);
  const { status, view, snapshot } = repeated.answer;
  return {
    status,
    body: status === 201 ? withSecrets(view, snapshot) : view,
    headers: { ...REPLAYED_HEADER, ...(status === 201 && { Location: `/payments/${view.id}` }) },
  };
}
