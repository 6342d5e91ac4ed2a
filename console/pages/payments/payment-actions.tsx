import { useState } from 'preact/hooks';
import { call, path } from '../../api/client.ts';
import { Action } from '../../parts/action.tsx';
import { Field, SelectField } from '../../parts/field.tsx';
import { moneyText } from '../../parts/money.tsx';
import type { Payment, Refund } from './types.ts';

interface PaymentActionsProps {
  readonly payment: Payment;
  readonly onDone: () => void;
}

const CANCELABLE = [
  'initiating',
  'requires_action',
  'approved',
  'processing',
  'authorized',
  'partially_captured',
];

/** What can be done with a payment as it stands. */
export function PaymentActions(props: PaymentActionsProps) {
  const { payment } = props;
  return (
    <>
      {payment.capturableMinor > 0 && <Capture {...props} />}
      {payment.refundableMinor > 0 && <RefundAction {...props} />}
      {CANCELABLE.includes(payment.status) && <Cancel {...props} />}
      <Verify {...props} />
    </>
  );
}

/** A new one for each change that people decide on, so that sending it again changes nothing twice. */
const newKey = (): string => crypto.randomUUID();

/** An answer of 202: the provider has not said how it went. */
const outcome = (status: number, done: string): string =>
  status === 202 ? 'The provider has not answered yet; the outcome is being found out.' : done;

/** Minor units as the API takes major units: an exact decimal. */
function majorText(amountMinor: number, currency: string): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency: currency.toUpperCase() });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  if (digits === 0) return String(amountMinor);
  const padded = String(amountMinor).padStart(digits + 1, '0');
  return `${padded.slice(0, -digits)}.${padded.slice(-digits)}`;
}

function Capture({ payment, onDone }: PaymentActionsProps) {
  const { id, currency, capturableMinor } = payment;
  const [amount, setAmount] = useState(majorText(capturableMinor, currency));
  const [key] = useState(newKey);
  const run = async (): Promise<string> => {
    const { status } = await call(path`/payments/${id}/capture`, {
      method: 'POST',
      headers: { 'idempotency-key': `${key}-${amount}` },
      body: { amount },
    });
    onDone();
    return outcome(status, 'Captured.');
  };
  return (
    <Action
      label="Capture"
      tone="primary"
      run={run}
      confirm={{
        title: 'Capture this payment?',
        canRun: amount !== '',
        children: (
          <>
            <p>
              At most {moneyText(capturableMinor, currency)}. What is not captured is given back to the payer,
              unless the provider takes several captures.
            </p>
            <AmountField {...{ amount, currency, setAmount }} />
          </>
        ),
      }}
    />
  );
}

const REASONS = {
  '': 'none given',
  requested_by_customer: 'requested by the customer',
  duplicate: 'duplicate',
  fraudulent: 'fraudulent',
};

function RefundAction({ payment, onDone }: PaymentActionsProps) {
  const { id, currency, refundableMinor, version } = payment;
  const [amount, setAmount] = useState<string>();
  const [reason, setReason] = useState('');
  const [key, setKey] = useState(newKey);
  const given = amount ?? majorText(refundableMinor, currency);
  const run = async (): Promise<string> => {
    const { status, body } = await call<Refund>(path`/payments/${id}/refunds`, {
      method: 'POST',
      headers: { 'idempotency-key': `${key}-${version}-${given}-${reason}` },
      body: { amount: given, ...(reason !== '' && { reason }) },
    });
    setKey(newKey());
    setAmount(undefined);
    onDone();
    return outcome(status, `Refunded ${moneyText(body.amountMinor, currency)}.`);
  };
  return (
    <Action
      label="Refund"
      tone="danger"
      run={run}
      confirm={{
        title: 'Refund this payment?',
        canRun: given !== '',
        children: (
          <>
            <p>At most {moneyText(refundableMinor, currency)}. The money goes back the way it came.</p>
            <AmountField {...{ amount: given, currency, setAmount }} />
            <SelectField label="Reason" name="reason" value={reason} options={REASONS} onInput={setReason} />
          </>
        ),
      }}
    />
  );
}

interface AmountFieldProps {
  readonly amount: string;
  readonly currency: string;
  readonly setAmount: (amount: string) => void;
}

const AmountField = ({ amount, currency, setAmount }: AmountFieldProps) => (
  <Field
    label={`Amount in ${currency.toUpperCase()}`}
    name="amount"
    value={amount}
    inputMode="decimal"
    required
    onInput={(text) => setAmount(text.trim())}
  />
);

function Cancel({ payment: { id, status }, onDone }: PaymentActionsProps) {
  const run = async (): Promise<string> => {
    const answer = await call(path`/payments/${id}/cancel`, {
      method: 'POST',
      body: { reason: 'requested_by_customer' },
    });
    onDone();
    return outcome(answer.status, 'Canceled.');
  };
  return (
    <Action
      label="Cancel"
      tone="danger"
      run={run}
      confirm={{
        title: 'Cancel this payment?',
        children: (
          <p>
            {status === 'authorized'
              ? 'What is authorized is released. It cannot be captured afterwards.'
              : 'The payer cannot pay it afterwards.'}
          </p>
        ),
      }}
    />
  );
}

function Verify({ payment: { id }, onDone }: PaymentActionsProps) {
  const run = async (): Promise<string> => {
    const { body } = await call<Payment>(path`/payments/${id}/verify`, { method: 'POST' });
    onDone();
    return `The provider says: ${body.status.replaceAll('_', ' ')}.`;
  };
  return (
    <Action
      label="Verify"
      run={run}
      confirm={{
        title: 'Ask the provider?',
        children: (
          <p>Fetches the provider’s view of this payment, and applies it where it differs from ours.</p>
        ),
      }}
    />
  );
}
