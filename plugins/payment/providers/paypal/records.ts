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

/** PayPal's events and transactions, which it keeps for 30 days and 3 years. */
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
      // Only the query of the link is used, so a response cannot redirect the request to another path.
      const next = links.find(({ rel }) => rel === 'next')?.href?.split('?')[1];
      return { items, next };
    },
    /** All pages at once, because the captures and refunds of a payment may be on different pages. */
    async ledger({ from, to }, call) {
      const within = deadline(call);
      const payments = await searchTransactions(connection, { from, to }, within());
      const refunds = await searchTransactions(
        connection,
        { from, to: new Date(Math.max(Date.now(), to.getTime())), type: REFUNDED },
        within(),
      );
      return { items: entriesOf(payments.filter(isWithin(from, to)), refunds) };
    },
  };
}

/** An event is missed unless it was delivered to every endpoint; without any transmission it counts as missed. */
const isMissed = ({ transmissions = [] }: RawRecord): boolean =>
  transmissions.length === 0 || transmissions.some(({ status }) => status !== 'SUCCESS');

/** Filters out the transactions before the window, which a search may include. PayPal's times have whole seconds. */
function isWithin(from: Date, to: Date): (transaction: TransactionInformation) => boolean {
  const fromMs = Math.floor(from.getTime() / 1000) * 1000;
  return ({ transactionInitiationDate: at = '' }) =>
    Date.parse(at) >= fromMs && Date.parse(at) < to.getTime();
}

/** One entry per payment, with its captured and refunded amounts. */
function entriesOf(
  payments: readonly TransactionInformation[],
  refunds: readonly TransactionInformation[],
): readonly LedgerEntry[] {
  const refundedMinor = new Map<string, number>();
  for (const refund of refunds.filter(({ transactionStatus }) => transactionStatus === SUCCESS)) {
    const of = refund.paypalReferenceId ?? '';
    refundedMinor.set(of, (refundedMinor.get(of) ?? 0) + moneyOf(refund).amountMinor);
  }
  const entries = new Map<string, LedgerEntry>();
  for (const payment of payments.filter(isCaptured)) {
    const { transactionId: id = '' } = payment;
    const { paymentId, deployment } = namedBy(payment);
    const known = entries.get(paymentId ?? id);
    const { amountMinor, currency } = moneyOf(payment);
    entries.set(paymentId ?? id, {
      ref: known?.ref ?? (isSubscriptionPayment(payment) ? toSaleRef(id) : id),
      paymentId,
      ...(deployment !== undefined && { deployment }),
      currency,
      capturedMinor: (known?.capturedMinor ?? 0) + amountMinor,
      refundedMinor: (known?.refundedMinor ?? 0) + (refundedMinor.get(id) ?? 0),
    });
  }
  return [...entries.values()];
}

/** Event codes T00xx are payments; payments to others have a negative amount. */
const isCaptured = ({
  transactionEventCode: code,
  transactionStatus,
  transactionAmount,
}: TransactionInformation) =>
  code?.startsWith('T00') === true &&
  transactionStatus === SUCCESS &&
  transactionAmount?.value.startsWith('-') === false;

/** T0002 is the payment of a subscription. */
const isSubscriptionPayment = ({
  paypalReferenceIdType: type,
  transactionEventCode: code,
}: TransactionInformation): boolean => code === 'T0002' || (type as string | undefined) === 'SUB';

/** The payment that `custom_field` names, otherwise the payment id at the start of `invoice_id`. */
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
