import { path, query } from '../../api/client.ts';
import { useResource } from '../../api/use-resource.ts';
import { Action } from '../../parts/action.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Money } from '../../parts/money.tsx';
import { Time } from '../../parts/time.tsx';
import { control, type Payment } from './types.ts';

const REFRESH_MS = 3000;
const LISTED_MAX = 50;

/** The payments that wait for a buyer at one provider, each with what a buyer can do. */
export function Buyers({ sandbox }: { readonly sandbox: string }) {
  const payments = useResource<{ readonly payments: readonly Payment[] }>(
    `/payments${query({ status: 'requires_action', limit: LISTED_MAX })}`,
    { everyMs: REFRESH_MS },
  );
  return (
    <Loaded resource={payments} lines={3}>
      {(data) => (
        <DataTable
          caption="Payments that wait for their buyer"
          rows={data.payments.filter(({ provider }) => provider === sandbox)}
          keyOf={({ id }) => id}
          empty="No payment waits."
          emptyHint={<a href="/console/checkout">Order something</a>}
          columns={[
            { label: 'Created', cell: ({ createdAt }) => <Time at={createdAt} /> },
            { label: 'Payment', cell: ({ id }) => <a href={path`/console/payments/${id}`}>{id}</a> },
            {
              label: 'Amount',
              isNumber: true,
              cell: ({ amountMinor, currency }) => <Money amountMinor={amountMinor} currency={currency} />,
            },
            {
              label: 'The buyer',
              cell: (payment) => <Answers payment={payment} sandbox={sandbox} onDone={payments.reload} />,
            },
          ]}
        />
      )}
    </Loaded>
  );
}

interface AnswersProps {
  readonly payment: Payment;
  readonly sandbox: string;
  readonly onDone: () => void;
}

function Answers({ payment: { id, providerRef, nextAction }, sandbox, onDone }: AnswersProps) {
  const act = (name: string, body: unknown, done: string) => async (): Promise<string> => {
    await control(sandbox, name, body);
    onDone();
    return done;
  };
  if (sandbox === 'paypal') {
    const order = path`orders/${providerRef ?? ''}`;
    return (
      <div class="actions">
        <Action label="Approve" run={act(`${order}/approve`, {}, 'The buyer approved the payment.')} />
        <Action label="Turn back" run={act(`${order}/decline`, {}, 'The buyer turned back.')} />
        <Action label="Let it expire" run={act(`${order}/expire`, {}, 'The order is gone at PayPal.')} />
      </div>
    );
  }
  if (nextAction === undefined) return <a href={path`/console/checkout/${id}`}>Choose a payment method</a>;
  const intent = path`payment_intents/${providerRef ?? ''}/3ds`;
  return (
    <div class="actions">
      <Action
        label="Pass 3-D Secure"
        run={act(intent, { result: 'succeeded' }, 'The bank let the buyer pass.')}
      />
      <Action label="Fail it" run={act(intent, { result: 'failed' }, 'The buyer failed 3-D Secure.')} />
    </div>
  );
}
