import { useState } from 'preact/hooks';
import { Field, SelectField } from '../../parts/field.tsx';

export interface Filters {
  readonly status: string;
  readonly customerId: string;
  /** Dates, inclusive, in UTC. */
  readonly from: string;
  readonly to: string;
}

const STATUSES = [
  'initiating',
  'requires_action',
  'approved',
  'processing',
  'authorized',
  'partially_captured',
  'succeeded',
  'canceled',
  'failed',
];
const options = {
  '': 'any',
  ...Object.fromEntries(STATUSES.map((status) => [status, status.replaceAll('_', ' ')])),
};

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
