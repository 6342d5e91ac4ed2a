import type { ComponentChildren } from 'preact';
import { path } from '../../api/client.ts';
import { Money } from '../../parts/money.tsx';
import { ExactTime } from '../../parts/time.tsx';
import { PaymentBadges } from './payment-badges.tsx';
import type { Payment } from './types.ts';

/** What a payment is and how it stands. */
export function PaymentFacts({ payment }: { readonly payment: Payment }) {
  const { currency, operation, nextAction } = payment;
  const money = (amountMinor: number) => <Money {...{ amountMinor, currency }} />;
  return (
    <>
      <InDoubt operation={operation} />
      <dl class="facts">
        <Fact name="Amount">
          <strong>{money(payment.amountMinor)}</strong>
        </Fact>
        <Fact name="Status">
          <PaymentBadges payment={payment} />
        </Fact>
        {payment.capturableMinor > 0 && <Fact name="Can be captured">{money(payment.capturableMinor)}</Fact>}
        {payment.capturedMinor > 0 && <Fact name="Captured">{money(payment.capturedMinor)}</Fact>}
        {payment.refundedMinor > 0 && <Fact name="Refunded">{money(payment.refundedMinor)}</Fact>}
        {payment.refundPendingMinor > 0 && (
          <Fact name="Refunds under way">{money(payment.refundPendingMinor)}</Fact>
        )}
        {payment.capturedMinor > 0 && <Fact name="Can be refunded">{money(payment.refundableMinor)}</Fact>}
        <Fact name="Provider">
          {payment.provider}
          {payment.providerRef !== undefined && (
            <>
              {' '}
              <code>{payment.providerRef}</code>
            </>
          )}
        </Fact>
        {nextAction?.url !== undefined && (
          <Fact name="Waits for the payer">
            <a href={nextAction.url} target="_blank" rel="noreferrer">
              The page of the provider
            </a>
          </Fact>
        )}
        <Fact name="Capture">{payment.captureMethod}</Fact>
        {payment.customerId !== undefined && (
          <Fact name="Customer">
            <a href={path`/console/payments?customerId=${payment.customerId}`}>
              <code>{payment.customerId}</code>
            </a>
          </Fact>
        )}
        {payment.orderReference !== undefined && <Fact name="Order">{payment.orderReference}</Fact>}
        {payment.description !== undefined && <Fact name="Description">{payment.description}</Fact>}
        {Object.entries(payment.metadata).map(([key, value]) => (
          <Fact key={key} name={key}>
            {value}
          </Fact>
        ))}
        <Fact name="Created">
          <ExactTime at={payment.createdAt} />
        </Fact>
        <Fact name="Changed">
          <ExactTime at={payment.updatedAt} />
        </Fact>
      </dl>
    </>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

/** What it means that nobody knows yet how the last operation went. */
function InDoubt({ operation }: Pick<Payment, 'operation'>) {
  if (operation?.status !== 'in_doubt') return null;
  const { kind, nextCheckAt } = operation;
  return (
    <p class="notice" role="status">
      The provider has not said how the last operation ({kind.replaceAll('_', ' ')}) went. Nothing is given
      back until it is known. Verify asks the provider now
      {nextCheckAt !== undefined && (
        <>
          ; the system asks at <ExactTime at={nextCheckAt} />
        </>
      )}
      .
    </p>
  );
}
