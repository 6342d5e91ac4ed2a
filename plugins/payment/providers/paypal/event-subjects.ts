import { isPaymentId } from '../../engine/model/ids.ts';
import { readMarkedId } from '../marked-id.ts';
import { type EventSubject, eventText } from '../event.ts';
import { idAt } from './links.ts';
import { type Named, paymentNamed } from './marks.ts';
import { toSaleRef } from './sale-ref.ts';

/** The resource of an event; every member may be missing or of any type. */
interface Resource {
  readonly id?: unknown;
  readonly order_id?: unknown;
  readonly dispute_id?: unknown;
  readonly sale_id?: unknown;
  readonly billing_agreement_id?: unknown;
  readonly custom_id?: unknown;
  readonly invoice_id?: unknown;
  readonly customer?: { readonly id?: unknown } | null;
  readonly purchase_units?: readonly ({ readonly custom_id?: unknown } | null)[];
  readonly supplementary_data?: { readonly related_ids?: { readonly order_id?: unknown } | null } | null;
  readonly links?: readonly ({ readonly rel?: unknown; readonly href?: unknown } | null)[];
}

type Reader = (resource: Resource) => EventSubject | undefined;

const ID = /^[A-Za-z0-9_-]{1,64}$/;

const idOf = (value: unknown): string | undefined =>
  typeof value === 'string' && ID.test(value) ? value : undefined;

/** The subject of an event; undefined when its resource names nothing. */
export function subjectOf(type: string, resource: Resource): EventSubject | undefined {
  return readerOf(type)?.(resource);
}

function readerOf(type: string): Reader | undefined {
  if (type.startsWith('CUSTOMER.DISPUTE.')) return dispute;
  if (type.startsWith('BILLING.SUBSCRIPTION.')) return subscription;
  if (type.startsWith('VAULT.PAYMENT-TOKEN.')) return paymentMethod;
  return readers.get(type);
}

const order: Reader = (resource) => payment(resource, resource.id);
const ofOrder: Reader = (resource) => payment(resource, resource.order_id);

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['CHECKOUT.ORDER.APPROVED', order],
  ['CHECKOUT.ORDER.COMPLETED', order],
  ['CHECKOUT.ORDER.DECLINED', order],
  ['CHECKOUT.ORDER.VOIDED', order],
  ['CHECKOUT.PAYMENT-APPROVAL.REVERSED', ofOrder],
  ['PAYMENT.AUTHORIZATION.CREATED', ofOrder],
  ['PAYMENT.AUTHORIZATION.VOIDED', ofOrder],
  ['PAYMENT.CAPTURE.PENDING', ofOrder],
  ['PAYMENT.CAPTURE.COMPLETED', ofOrder],
  ['PAYMENT.CAPTURE.DENIED', ofOrder],
  ['PAYMENT.CAPTURE.DECLINED', ofOrder],
  ['PAYMENT.CAPTURE.REFUNDED', refund],
  ['PAYMENT.REFUND.PENDING', refund],
  ['PAYMENT.REFUND.FAILED', refund],
  ['PAYMENT.CAPTURE.REVERSED', reversal],
  ['PAYMENT.SALE.COMPLETED', renewal],
  ['PAYMENT.SALE.PENDING', renewal],
  ['PAYMENT.SALE.DENIED', renewal],
  ['PAYMENT.SALE.REFUNDED', saleRefund],
  ['PAYMENT.SALE.REVERSED', saleReversal],
]);

function payment(resource: Resource, own: unknown): EventSubject | undefined {
  const ref = idOf(own ?? resource.supplementary_data?.related_ids?.order_id);
  const { purchase_units: units } = resource;
  const custom = resource.custom_id ?? (Array.isArray(units) ? units[0]?.custom_id : undefined);
  const named = paymentNamed(custom);
  return ref === undefined && named.paymentId === undefined ? undefined : { kind: 'payment', ref, ...named };
}

/** The resource is the refund; its capture is one link up. `custom_id` is our refund, or else the payment's. */
function refund(resource: Resource): EventSubject | undefined {
  const captureRef = linkedId(resource, 'up', 'captures') ?? linkedId(resource, 'self', 'captures');
  const refundRef = linkedId(resource, 'self', 'captures') === undefined ? idOf(resource.id) : undefined;
  const ref = idOf(resource.supplementary_data?.related_ids?.order_id);
  const [named]: readonly (Named | undefined)[] = [resource.custom_id, resource.invoice_id]
    .map(paymentNamed)
    .filter(({ paymentId }) => isPaymentId(paymentId));
  if (captureRef === undefined && ref === undefined && named === undefined) return undefined;
  return { kind: 'refund', ref, refundRef, captureRef, ...named };
}

/** Without a refund object that has the reversed amount, all refunds of the capture are fetched. */
function reversal(resource: Resource): EventSubject | undefined {
  const refundRef = idOf(resource.id);
  const captureRef = linkedId(resource, 'up', 'captures');
  if (refundRef === undefined || captureRef === undefined) return refund(resource);
  return { kind: 'reversal', refundRef, captureRef };
}

function renewal(resource: Resource): EventSubject | undefined {
  const saleId = idOf(resource.id);
  if (saleId === undefined) return undefined;
  return {
    kind: 'renewal',
    ref: toSaleRef(saleId),
    subscriptionRef: idOf(resource.billing_agreement_id),
  };
}

const soldAs = (resource: Resource): string | undefined =>
  idOf(resource.sale_id) ?? linkedId(resource, 'sale', 'sale');

function saleRefund(resource: Resource): EventSubject | undefined {
  const saleId = soldAs(resource);
  if (saleId === undefined) return undefined;
  return { kind: 'refund', ref: toSaleRef(saleId), refundRef: idOf(resource.id), captureRef: saleId };
}

function saleReversal(resource: Resource): EventSubject | undefined {
  const refundRef = idOf(resource.id);
  const captureRef = soldAs(resource);
  if (refundRef !== undefined && captureRef !== undefined) return { kind: 'reversal', refundRef, captureRef };
  return refundRef === undefined
    ? undefined
    : { kind: 'refund', ref: toSaleRef(refundRef), captureRef: refundRef };
}

function dispute(resource: Resource): EventSubject | undefined {
  const ref = idOf(resource.dispute_id);
  return ref === undefined ? undefined : { kind: 'dispute', ref };
}

function subscription(resource: Resource): EventSubject | undefined {
  const ref = idOf(resource.id);
  const { custom_id: custom } = resource;
  if (ref === undefined) return undefined;
  const written = eventText(custom);
  const { id: subscriptionId = written, deployment } = readMarkedId('sub', custom) ?? {};
  return { kind: 'subscription', ref, subscriptionId, deployment };
}

function paymentMethod(resource: Resource): EventSubject | undefined {
  const ref = idOf(resource.id);
  return ref === undefined
    ? undefined
    : { kind: 'payment_method', ref, customerRef: idOf(resource.customer?.id) };
}

/** The id that a link of that relation leads to, if it leads to such a thing. */
function linkedId({ links }: Resource, relation: string, thing: string): string | undefined {
  if (!Array.isArray(links)) return undefined;
  const href: unknown = links.find((link) => link?.rel === relation)?.href;
  return typeof href === 'string' ? idAt(href, thing) : undefined;
}
