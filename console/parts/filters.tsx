import { useLocation } from 'preact-iso';
import { query } from '../api/client.ts';
import { Field, SelectField } from './field.tsx';

/** Values by the names of filters; empty: everything. */
export type FilterValues<Name extends string> = Readonly<Record<Name, string>>;

interface AddressFilters<Name extends string> {
  readonly values: FilterValues<Name>;
  readonly change: (to: Partial<FilterValues<Name>>) => void;
}

/** Filters that are in the address, so that a view can be shared. @param defaults of those that it leaves out */
export function useAddressFilters<Name extends string>(defaults: FilterValues<Name>): AddressFilters<Name> {
  const { query: asked, route, path } = useLocation();
  const values = Object.fromEntries(
    Object.entries<string>(defaults).map(([name, value]) => [name, asked[name] ?? value]),
  ) as FilterValues<Name>;
  return { values, change: (to) => route(`${path}${query({ ...values, ...to })}`, true) };
}

/** One filter: a choice where it has options, else a text. */
export interface Filter<Name extends string> {
  readonly name: Name;
  readonly label: string;
  /** Label by value. */
  readonly options?: Readonly<Record<string, string>>;
  readonly placeholder?: string;
}

interface FiltersProps<Name extends string> extends AddressFilters<Name> {
  readonly filters: readonly Filter<Name>[];
}

/** The fields of filters, which act at once. */
export function Filters<Name extends string>({ filters, values, change }: FiltersProps<Name>) {
  return (
    <div class="filters">
      {filters.map(({ name, label, options, placeholder = '' }) => {
        const shared = { label, name, value: values[name] };
        const onInput = (value: string): void => change({ [name]: value } as Partial<FilterValues<Name>>);
        return options ? (
          <SelectField key={name} {...shared} options={options} onInput={onInput} />
        ) : (
          <Field key={name} {...shared} type="search" placeholder={placeholder} onInput={onInput} />
        );
      })}
    </div>
  );
}

/** The options of a filter by names, with one for all of them. */
export const allOr = (names: readonly string[]): Readonly<Record<string, string>> => ({
  '': 'All',
  ...Object.fromEntries(names.map((name) => [name, name])),
});
