import { Attempt } from './attempt.tsx';
import { CancelOrder } from './cancel-order.tsx';
import type { Payment } from './types.ts';

/** The way to PayPal's page, and what it means when one came back without having approved. */
export function PayWithPaypal({
  payment,
  onPaid,
}: {
  readonly payment: Payment;
  readonly onPaid: () => void;
}) {
  const url = payment.nextAction?.url;
  const { lastError } = payment;
  return (
    <>
      {lastError && <Attempt said={lastError} advice="Approve it again, with another account or card." />}
      <p>
        PayPal shows you the amount, and you approve it there. It sends you back to this page, and tells the
        system by webhook, which then takes the money.
      </p>
      {url === undefined ? (
        <p role="status">PayPal’s page is not ready yet.</p>
      ) : (
        <div>
          <a class="button primary" href={url}>
            Continue to PayPal
          </a>
        </div>
      )}
      <CancelOrder payment={payment} onDone={onPaid} />
    </>
  );
}
