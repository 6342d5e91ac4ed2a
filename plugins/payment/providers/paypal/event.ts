import { problem } from '../../errors.ts';
import { signedBody } from '../signed-body.ts';

/** What a delivery points at. Its amounts and statuses are not used: see `webhook.ts`. */
export type PayPalEvent =
  | { readonly kind: 'ignored'; readonly id: string; readonly type: string }
  | {
      readonly kind: 'payment';
      readonly id: string;
      readonly type: string;
      /** The order that the resource belongs to, where it names one. */
      readonly ref: string | undefined;
      /** Our payment id as the resource carries it. */
      readonly paymentId: string | undefined;
    };

const HANDLED: ReadonlySet<string> = new Set([
  'CHECKOUT.ORDER.APPROVED',
  'CHECKOUT.ORDER.COMPLETED',
  'CHECKOUT.ORDER.DECLINED',
  'CHECKOUT.ORDER.VOIDED',
  'CHECKOUT.PAYMENT-APPROVAL.REVERSED',
  'PAYMENT.AUTHORIZATION.CREATED',
  'PAYMENT.AUTHORIZATION.VOIDED',
  'PAYMENT.CAPTURE.PENDING',
  'PAYMENT.CAPTURE.COMPLETED',
  'PAYMENT.CAPTURE.DENIED',
  'PAYMENT.CAPTURE.DECLINED',
]);
const ORDER_ID = /^[A-Za-z0-9-]{1,64}$/;

interface Resource {
  readonly id?: unknown;
  readonly order_id?: unknown;
  readonly custom_id?: unknown;
  readonly purchase_units?: readonly { readonly custom_id?: unknown }[];
  readonly supplementary_data?: { readonly related_ids?: { readonly order_id?: unknown } };
}

interface RawEvent {
  readonly id?: unknown;
  readonly event_type?: unknown;
  readonly resource?: Resource | null;
}

/** Reads a body whose transmission is verified. @throws ProblemError 400 for what is not an event */
export function readPayPalEvent(rawBody: Buffer): PayPalEvent {
  const { id, event_type: type, resource } = signedBody<RawEvent>(rawBody);
  if (typeof id !== 'string' || id === '' || typeof type !== 'string')
    throw problem('webhook-unusable', { detail: 'The signed body is not an event.' });
  if (!HANDLED.has(type) || typeof resource !== 'object' || resource === null)
    return { kind: 'ignored', id, type };
  const ref = orderOf(type, resource);
  const { purchase_units: units } = resource;
  const paymentId = resource.custom_id ?? (Array.isArray(units) ? units[0]?.custom_id : undefined);
  if (ref === undefined && typeof paymentId !== 'string') return { kind: 'ignored', id, type };
  return { kind: 'payment', id, type, ref, paymentId: typeof paymentId === 'string' ? paymentId : undefined };
}

function orderOf(type: string, resource: Resource): string | undefined {
  const own = type.startsWith('CHECKOUT.ORDER.') ? resource.id : resource.order_id;
  const ref = own ?? resource.supplementary_data?.related_ids?.order_id;
  return typeof ref === 'string' && ORDER_ID.test(ref) ? ref : undefined;
}
