import { useId } from 'preact/hooks';

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
  const id = useId();
  // The types of Preact bind each kind of input to roles of its own, which a union of kinds cannot satisfy.
  const kind = { type } as { readonly type: 'text' };
  const described = [hint !== undefined && `${id}-hint`, problem !== undefined && `${id}-problem`]
    .filter(Boolean)
    .join(' ');
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        name={name}
        {...kind}
        {...(value !== undefined && (onInput ? { value } : { defaultValue: value }))}
        aria-describedby={described || undefined}
        aria-invalid={problem !== undefined}
        onInput={(event) => onInput?.(event.currentTarget.value)}
        {...rest}
      />
      {hint !== undefined && (
        <small id={`${id}-hint`} class="muted">
          {hint}
        </small>
      )}
      {problem !== undefined && (
        <small id={`${id}-problem`} class="bad">
          {problem}
        </small>
      )}
    </div>
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
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} name={name} value={value} onInput={(event) => onInput(event.currentTarget.value)}>
        {Object.entries(options).map(([key, text]) => (
          <option key={key} value={key}>
            {text}
          </option>
        ))}
      </select>
      {hint !== undefined && <small class="muted">{hint}</small>}
    </div>
  );
}
