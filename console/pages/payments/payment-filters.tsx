import { useState } from 'preact/hooks';
import type { paymentStatus } from '../../../events/catalog/payment.ts';
import { Field, SelectField } from '../../parts/field.tsx';

export interface Filters {
  readonly status: string;
  readonly customerId: string;
  /** Dates, inclusive, in UTC. */
  readonly from: string;
  readonly to: string;
}

/** By their names in the contracts of events: the compiler refuses a list that is not theirs. */
const STATUSES: Readonly<Record<(typeof paymentStatus.options)[number], string>> = {
  initiating: 'initiating',
  requires_action: 'requires action',
  approved: 'approved',
  processing: 'processing',
  authorized: 'authorized',
  partially_captured: 'partially captured',
  succeeded: 'succeeded',
  canceled: 'canceled',
  failed: 'failed',
};
const options = { '': 'any', ...STATUSES };

/** Which payments are listed. */
export function PaymentFilters({
  filters,
  onChange,
}: {
  readonly filters: Filters;
  readonly onChange: (filters: Filters) => void;
}) {
  const [written, setWritten] = useState(filters);
  return (
    <form
      class="filters"
      aria-label="Filters"
      onSubmit={(event) => {
        event.preventDefault();
        onChange(written);
      }}
    >
      <SelectField
        label="Status"
        name="status"
        value={written.status}
        options={options}
        onInput={(status) => setWritten({ ...written, status })}
      />
      <Field
        label="Customer"
        name="customerId"
        value={written.customerId}
        placeholder="cus_…"
        onInput={(customerId) => setWritten({ ...written, customerId: customerId.trim() })}
      />
      <Field
        label="From"
        name="from"
        type="date"
        value={written.from}
        onInput={(from) => setWritten({ ...written, from })}
      />
      <Field
        label="To"
        name="to"
        type="date"
        value={written.to}
        onInput={(to) => setWritten({ ...written, to })}
      />
      <button type="submit">Filter</button>
      <button
        type="button"
        onClick={() => {
          const none = { status: '', customerId: '', from: '', to: '' };
          setWritten(none);
          onChange(none);
        }}
      >
        Clear
      </button>
    </form>
  );
}
