import { useState } from 'preact/hooks';
import { type ConfigFieldProps, defaultText, ConfigField } from './config-field.tsx';
import { useConfigField } from './form-context.ts';
import type { JsonSchema } from './types.ts';

const textOf = (value: unknown): string =>
  value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);

/** Numbers are sent as numbers; text that is none is sent as it is, for the API to say what is wrong with it. */
function parsed(text: string, { type }: JsonSchema): unknown {
  if (text === '') return null;
  return (type === 'number' || type === 'integer') && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

function boundsText({ minimum, maximum, format, type }: JsonSchema): string | undefined {
  const highest = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? ` to ${maximum}` : ' or more';
  if (minimum !== undefined) return `${type === 'integer' ? 'Whole number, ' : ''}${minimum}${highest}.`;
  return format === 'uri' ? 'A URL.' : undefined;
}

/** A text or a number. */
export function TextField(props: ConfigFieldProps) {
  const { schema, path } = props;
  const { value, edit } = useConfigField(path);
  const isNumeric = [schema, ...(schema.anyOf ?? [])].some(
    ({ type }) => type === 'number' || type === 'integer',
  );
  return (
    <ConfigField {...props} hint={boundsText(schema)}>
      {(attributes) => (
        <input
          {...attributes}
          type="text"
          inputMode={isNumeric ? 'decimal' : 'text'}
          spellcheck={false}
          autocomplete="off"
          value={textOf(value)}
          placeholder={defaultText(schema) ?? (props.required ? '' : 'not set')}
          onInput={(event) => edit(parsed(event.currentTarget.value, schema))}
        />
      )}
    </ConfigField>
  );
}

/** One of a few texts. */
export function ChoiceField(props: ConfigFieldProps) {
  const { schema, path } = props;
  const { value, edit } = useConfigField(path);
  return (
    <ConfigField {...props}>
      {(attributes) => (
        <select
          {...attributes}
          value={textOf(value)}
          onInput={(event) => edit(event.currentTarget.value || null)}
        >
          <option value="">{defaultText(schema) ?? 'not set'}</option>
          {schema.enum?.map((option) => (
            <option key={option} value={option}>
              {option}
            </option>
          ))}
        </select>
      )}
    </ConfigField>
  );
}

/** On, off, or as the default is. */
export function BooleanField(props: ConfigFieldProps) {
  const { schema, path } = props;
  const { value, edit } = useConfigField(path);
  const fallback =
    schema.default === undefined ? 'not set' : `default: ${schema.default === true ? 'on' : 'off'}`;
  return (
    <ConfigField {...props}>
      {(attributes) => (
        <select
          {...attributes}
          value={textOf(value)}
          onInput={({ currentTarget: { value: chosen } }) => edit(chosen === '' ? null : chosen === 'true')}
        >
          <option value="">{fallback}</option>
          <option value="true">on</option>
          <option value="false">off</option>
        </select>
      )}
    </ConfigField>
  );
}

/** Everything that has no field of its own, as JSON. */
export function JsonField(props: ConfigFieldProps) {
  const { value, edit } = useConfigField(props.path);
  const [text, setText] = useState(value === undefined ? '' : JSON.stringify(value, null, 2));
  const isJson = text === '' || isValidJson(text);
  return (
    <ConfigField {...props} hint={isJson ? 'As JSON.' : 'This is no JSON yet.'}>
      {(attributes) => (
        <textarea
          {...attributes}
          rows={4}
          spellcheck={false}
          value={text}
          onInput={({ currentTarget: { value: written } }) => {
            setText(written);
            if (written === '') edit(null);
            else if (isValidJson(written)) edit(JSON.parse(written) as unknown);
          }}
        />
      )}
    </ConfigField>
  );
}

function isValidJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
