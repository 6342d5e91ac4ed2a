import { FieldFrame } from './field-frame.tsx';

interface FieldProps {
  readonly label: string;
  readonly name: string;
  readonly value?: string;
  readonly type?: 'text' | 'number' | 'password' | 'search' | 'date';
  readonly hint?: string;
  /** What is wrong with the value. */
  readonly problem?: string | undefined;
  readonly required?: boolean;
  readonly placeholder?: string;
  readonly inputMode?: 'decimal' | 'text';
  readonly onInput?: (value: string) => void;
}

/** A text field with its label, a hint, and what is wrong with it. */
export function Field({ label, name, hint, problem, value, onInput, type = 'text', ...rest }: FieldProps) {
  // The types of Preact bind each kind of input to roles of its own, which a union of kinds cannot satisfy.
  const kind = { type } as { readonly type: 'text' };
  return (
    <FieldFrame label={label} hint={hint} problem={problem}>
      {(attributes) => (
        <input
          {...attributes}
          name={name}
          {...kind}
          {...(value !== undefined && (onInput ? { value } : { defaultValue: value }))}
          onInput={(event) => onInput?.(event.currentTarget.value)}
          {...rest}
        />
      )}
    </FieldFrame>
  );
}

interface SelectFieldProps {
  readonly label: string;
  readonly name: string;
  readonly value: string;
  /** Label by value. */
  readonly options: Readonly<Record<string, string>>;
  readonly hint?: string;
  readonly onInput: (value: string) => void;
}

/** A choice of a few values. */
export function SelectField({ label, name, value, options, hint, onInput }: SelectFieldProps) {
  return (
    <FieldFrame label={label} hint={hint}>
      {(attributes) => (
        <select
          {...attributes}
          name={name}
          value={value}
          onInput={(event) => onInput(event.currentTarget.value)}
        >
          {Object.entries(options).map(([key, text]) => (
            <option key={key} value={key}>
              {text}
            </option>
          ))}
        </select>
      )}
    </FieldFrame>
  );
}
