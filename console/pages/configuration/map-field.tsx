import type { FunctionComponent } from 'preact';
import { useId, useState } from 'preact/hooks';
import { MarkedText } from '../../parts/marked-text.tsx';
import type { ConfigFieldProps } from './config-field.tsx';
import { useConfigField } from './form-context.ts';

interface MapFieldProps extends ConfigFieldProps {
  /** Shows one member. */
  readonly member: FunctionComponent<ConfigFieldProps>;
}

/** Members whose names people choose, such as currencies. */
export function MapField({ schema, path, member: Member }: MapFieldProps) {
  const { value, problem } = useConfigField(path);
  const id = useId();
  const [name, setName] = useState('');
  const stored = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  const [added, setAdded] = useState<readonly string[]>([]);
  const [removed, setRemoved] = useState<readonly string[]>([]);
  const names = [...new Set([...stored, ...added])].filter((one) => !removed.includes(one));
  const pattern = schema.propertyNames?.pattern;
  // A merge patch cannot replace an object by another one: what is taken out comes back after it is saved.
  const isTaken = names.includes(name) || removed.includes(name);
  const isValid = name !== '' && (pattern === undefined || new RegExp(pattern).test(name)) && !isTaken;
  const described = schema.additionalProperties;
  if (typeof described !== 'object') return null;
  return (
    <fieldset>
      <legend>{path.at(-1)}</legend>
      {schema.description !== undefined && (
        <small class="muted">
          <MarkedText text={schema.description} />
        </small>
      )}
      {problem !== undefined && <small class="bad">{problem}</small>}
      {names.map((key) => (
        <div key={key} class="map-member">
          <Member schema={described} path={[...path, key]} required={false} />
          <MemberRemoval
            path={[...path, key]}
            onRemove={() => {
              setAdded(added.filter((one) => one !== key));
              setRemoved([...removed, key]);
            }}
          />
        </div>
      ))}
      <div class="with-button">
        <label class="visually-hidden" for={id}>
          {`New member of ${path.at(-1)}`}
        </label>
        <input
          id={id}
          value={name}
          placeholder="name"
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <button
          type="button"
          disabled={!isValid}
          onClick={() => {
            setAdded([...added, name]);
            setName('');
          }}
        >
          Add
        </button>
      </div>
    </fieldset>
  );
}

function MemberRemoval({
  path,
  onRemove,
}: {
  readonly path: readonly string[];
  readonly onRemove: () => void;
}) {
  const { edit } = useConfigField(path);
  return (
    <div>
      <button
        type="button"
        onClick={() => {
          edit(null);
          onRemove();
        }}
      >
        {`Remove ${path.at(-1)}`}
      </button>
    </div>
  );
}
