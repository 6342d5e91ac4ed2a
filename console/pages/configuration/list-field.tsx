import { type ConfigFieldProps, ConfigField } from './config-field.tsx';
import { useConfigField } from './form-context.ts';

/** A list of texts, each in a field that takes several lines, as certificates have. */
export function ListField(props: ConfigFieldProps) {
  const { value, edit } = useConfigField(props.path);
  const items: readonly string[] = Array.isArray(value) ? value.map(String) : [];
  const put = (next: readonly string[]): void => edit(next.length === 0 ? null : next);
  return (
    <ConfigField {...props} hint={items.length === 0 ? 'None.' : undefined}>
      {({ id, required: _required, ...attributes }) => (
        <div class="stack">
          {items.map((item, index) => (
            <div key={index} class="with-button">
              <textarea
                {...attributes}
                id={index === 0 ? id : `${id}-${index}`}
                aria-label={`${props.path.at(-1)} ${index + 1}`}
                rows={1}
                spellcheck={false}
                value={item}
                onInput={(event) => put(items.with(index, event.currentTarget.value))}
              />
              <button type="button" onClick={() => put(items.toSpliced(index, 1))}>
                Remove
              </button>
            </div>
          ))}
          <div>
            <button
              type="button"
              id={items.length === 0 ? id : undefined}
              onClick={() => put([...items, ''])}
            >
              Add
            </button>
          </div>
        </div>
      )}
    </ConfigField>
  );
}
