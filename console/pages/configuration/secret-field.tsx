import { MASK } from './draft.ts';
import { type ConfigFieldProps, ConfigField } from './config-field.tsx';
import { useConfigField } from './form-context.ts';

/** A secret: it can be replaced, and is never shown. Several of them, where the schema takes a list, one on each line. */
export function SecretField(props: ConfigFieldProps) {
  const { schema, path, required } = props;
  const { value, isEdited, edit } = useConfigField(path);
  const isSet = value === MASK;
  const takesList = schema.anyOf?.some(({ type }) => type === 'array') ?? schema.type === 'array';
  const write = (text: string): void => {
    // An empty field keeps what is stored.
    if (text === '') return edit(MASK);
    const lines = text.split('\n').filter((line) => line !== '');
    edit(takesList && lines.length > 1 ? lines : text.trim());
  };
  const written = isEdited ? textOf(value) : '';
  const hint = isSet ? 'Set. Write a new one to replace it.' : 'Not set.';
  return (
    <ConfigField {...props} hint={takesList ? `${hint} Several: one on each line.` : hint}>
      {(attributes) => (
        <div class="with-button">
          {takesList ? (
            <textarea
              {...attributes}
              required={required && !isSet}
              rows={1}
              spellcheck={false}
              value={written}
              placeholder={isSet ? '••••••••' : ''}
              onInput={(event) => write(event.currentTarget.value)}
            />
          ) : (
            <input
              {...attributes}
              required={required && !isSet}
              type="password"
              autocomplete="new-password"
              value={written}
              placeholder={isSet ? '••••••••' : ''}
              onInput={(event) => write(event.currentTarget.value)}
            />
          )}
          {isSet && !required && (
            <button type="button" onClick={() => edit(null)}>
              Remove
            </button>
          )}
        </div>
      )}
    </ConfigField>
  );
}

/** What was written, one secret on each line. */
const textOf = (value: unknown): string =>
  Array.isArray(value) ? value.map(String).join('\n') : typeof value === 'string' ? value : '';
