import { call, path } from '../../api/client.ts';
import { Action } from '../../parts/action.tsx';
import type { Payment } from './types.ts';

/** Gives up an order that is not paid. */
export function CancelOrder({
  payment: { id },
  onDone,
}: {
  readonly payment: Payment;
  readonly onDone: () => void;
}) {
  const cancel = async (): Promise<string> => {
    await call(path`/payments/${id}/cancel`, { method: 'POST', body: {} });
    onDone();
    return 'The order is canceled.';
  };
  return (
    <div class="actions">
      <Action
        label="Cancel the order"
        tone="danger"
        run={cancel}
        confirm={{ title: 'Cancel the order?', children: <p>It cannot be paid afterwards.</p> }}
      />
    </div>
  );
}
