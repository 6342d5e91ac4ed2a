import type { InvocationContext } from '#runtime/contract/operation.ts';
import type { Payment } from './model/payment.ts';

/** Names the payment in the span of a call that works on it, and links the trace of the call that created it. */
export function noteInSpan({ span }: Pick<InvocationContext<unknown>, 'span'>, payment: Payment): void {
  span.set({ 'payment.id': payment.id });
  linkCreation({ span }, payment);
}

/** For a call that works on many payments. */
export function linkCreation(
  { span }: Pick<InvocationContext<unknown>, 'span'>,
  { traceparent }: Pick<Payment, 'traceparent'>,
): void {
  if (traceparent !== undefined) span.link(traceparent);
}
