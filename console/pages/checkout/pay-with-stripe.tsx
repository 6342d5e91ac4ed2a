import { useState } from 'preact/hooks';
import { type ApiProblem, problemOf } from '../../api/problem.ts';
import { Action } from '../../parts/action.tsx';
import { Attempt } from './attempt.tsx';
import { CancelOrder } from './cancel-order.tsx';
import { bankPageOf } from './order.ts';
import { bankAccounts, confirmAtStripe, type TestMethod, testMethods } from './stripe.ts';
import type { Payment } from './types.ts';

/** Stripe's test payment methods as buttons. A declined one leaves the payment to be tried with another. */
export function PayWithStripe({
  payment,
  onPaid,
}: {
  readonly payment: Payment;
  readonly onPaid: () => void;
}) {
  const [busy, setBusy] = useState<string>();
  const [problem, setProblem] = useState<ApiProblem>();
  const methods = payment.currency === 'usd' ? [...testMethods, ...bankAccounts] : testMethods;
  const pay = async (method: TestMethod): Promise<void> => {
    setBusy(method.id);
    setProblem(undefined);
    try {
      const bank = await confirmAtStripe(payment, method);
      if (bank !== undefined) {
        location.assign(bank);
        return;
      }
      onPaid();
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(undefined);
    }
  };
  const asksBank = payment.nextAction !== undefined;
  const said = problem ?? payment.lastError;
  return (
    <>
      {said && <Attempt said={said} advice="Try another one." />}
      {asksBank && <BankQuestion id={payment.id} />}
      <fieldset disabled={busy !== undefined}>
        <legend>{asksBank ? 'Or pay with another one' : 'Choose a test payment method'}</legend>
        <ul class="methods">
          {methods.map((method) => (
            <li key={method.id}>
              <button type="button" aria-busy={busy === method.id} onClick={() => void pay(method)}>
                <strong>{method.name}</strong>
                <span class="muted">{method.outcome}</span>
              </button>
            </li>
          ))}
        </ul>
      </fieldset>
      <p class="muted">
        This page confirms at Stripe’s sandbox, with the publishable key and the client secret of the payment,
        as Stripe.js does: the API of this system takes no part in it, and hears of it by webhook.
      </p>
      <CancelOrder payment={payment} onDone={onPaid} />
    </>
  );
}

/** For whoever came back from the bank's page without an answer. */
function BankQuestion({ id }: { readonly id: string }) {
  const goToBank = async (): Promise<undefined> => {
    location.assign(await bankPageOf(id));
    return undefined;
  };
  return (
    <div class="stack">
      <p>Your bank asks you to confirm this payment.</p>
      <div>
        <Action label="Continue to 3-D Secure" tone="primary" run={goToBank} />
      </div>
    </div>
  );
}
