import type { TransactionInformation } from '@paypal/paypal-server-sdk';
import { isPaymentId } from '../../engine/model/ids.ts';
import type { LedgerEntry, ProviderRecords } from '../records.ts';
import { minorOfText } from './amounts.ts';
import { deadline, keyless, unexpected } from './calls.ts';
import type { PayPalConnection } from './client.ts';
import { toProviderEvent } from './event.ts';
import { type Named, paymentNamed } from './marks.ts';
import { toSaleRef } from './sale-ref.ts';
import { REFUNDED, searchTransactions } from './transactions.ts';

const EVENTS_PATH = '/v1/notifications/webhooks-events';
const EVENTS_PAGE_SIZE = 100;
const SUCCESS = 'S';
const PAYMENT_ID_CHARS = 30;

interface RawEvents {
  readonly events?: readonly RawRecord[];
  readonly links?: readonly { readonly rel?: string; readonly href?: string }[];
}

interface RawRecord {
  readonly transmissions?: readonly { readonly status?: string }[];
}

/** PayPal's records: events for 30 days, transactions for 3 years. */
export function payPalRecords(connection: PayPalConnection): ProviderRecords {
  return {
    async missedEvents({ since, until, cursor }, call) {
      const first = new URLSearchParams({
        start_time: since.toISOString(),
        end_time: until.toISOString(),
        page_size: String(EVENTS_PAGE_SIZE),
      });
      const path = `${EVENTS_PATH}?${cursor ?? first.toString()}`;
      const { events = [], links = [] } = (await connection.read(keyless(call), path)) as RawEvents;
      const items = events
        .filter(isMissed)
        .flatMap((event) => toProviderEvent(event) ?? [])
        .filter(({ kind }) => kind !== 'ignored');
      // The path is ours whatever the link says.
      const next = links.find(({ rel }) => rel === 'next')?.href?.split('?')[1];
      return { items, next };
    },
    /** Fetched as a whole: a payment's captures and refunds may stand anywhere in the list. */
    async ledger({ from, to }, call) {
      const within = deadline(call);
      const taken = await searchTransactions(connection, { from, to }, within());
      const back = await searchTransactions(
        connection,
        { from, to: new Date(Math.max(Date.now(), to.getTime())), type: REFUNDED },
        within(),
      );
      return { items: entriesOf(taken.filter(isWithin(from, to)), back) };
    },
  };
}

/** Delivered everywhere is not missed; nothing said of deliveries is. */
const isMissed = ({ transmissions = [] }: RawRecord): boolean =>
  transmissions.length === 0 || transmissions.some(({ status }) => status !== 'SUCCESS');

/** A search may reach back further than it was asked to. PayPal tells times without their fractions. */
function isWithin(from: Date, to: Date): (transaction: TransactionInformation) => boolean {
  const fromMs = Math.floor(from.getTime() / 1000) * 1000;
  return ({ transactionInitiationDate: at = '' }) =>
    Date.parse(at) >= fromMs && Date.parse(at) < to.getTime();
}

/** One entry per payment, with its captured and refunded amounts. */
function entriesOf(
  taken: readonly TransactionInformation[],
  back: readonly TransactionInformation[],
): readonly LedgerEntry[] {
  const refundedMinor = new Map<string, number>();
  for (const refund of back.filter(({ transactionStatus }) => transactionStatus === SUCCESS)) {
    const of = refund.paypalReferenceId ?? '';
    refundedMinor.set(of, (refundedMinor.get(of) ?? 0) + moneyOf(refund).amountMinor);
  }
  const entries = new Map<string, LedgerEntry>();
  for (const payment of taken.filter(isTaken)) {
    const { transactionId: id = '' } = payment;
    const { paymentId, deployment } = namedBy(payment);
    const known = entries.get(paymentId ?? id);
    const { amountMinor, currency } = moneyOf(payment);
    entries.set(paymentId ?? id, {
      ref: known?.ref ?? (isSubscribed(payment) ? toSaleRef(id) : id),
      paymentId,
      ...(deployment !== undefined && { deployment }),
      currency,
      capturedMinor: (known?.capturedMinor ?? 0) + amountMinor,
      refundedMinor: (known?.refundedMinor ?? 0) + (refundedMinor.get(id) ?? 0),
    });
  }
  return [...entries.values()];
}

/** The event codes T00xx are payments; what we paid to others is negative. */
const isTaken = ({
  transactionEventCode: code,
  transactionStatus,
  transactionAmount,
}: TransactionInformation) =>
  code?.startsWith('T00') === true &&
  transactionStatus === SUCCESS &&
  transactionAmount?.value.startsWith('-') === false;

/** T0002 is the payment of a subscription. */
const isSubscribed = ({
  paypalReferenceIdType: type,
  transactionEventCode: code,
}: TransactionInformation): boolean => code === 'T0002' || (type as string | undefined) === 'SUB';

/** Our payment as `custom_field` names it, or else the beginning of `invoice_id`. */
function namedBy({ customField, invoiceId }: TransactionInformation): Named {
  const named = paymentNamed(customField);
  if (isPaymentId(named.paymentId)) return named;
  return { paymentId: [invoiceId?.slice(0, PAYMENT_ID_CHARS)].find(isPaymentId) };
}

function moneyOf({ transactionAmount: amount }: TransactionInformation) {
  if (amount === undefined) throw unexpected();
  const currency = amount.currencyCode.toLowerCase();
  return { currency, amountMinor: minorOfText(amount.value.replace(/^-/, ''), currency) };
}
