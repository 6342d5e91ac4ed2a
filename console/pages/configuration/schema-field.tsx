import { MarkedText } from '../../parts/marked-text.tsx';
import type { Path } from './draft.ts';
import { BooleanField, ChoiceField, JsonField, TextField } from './leaf-fields.tsx';
import { ListField } from './list-field.tsx';
import { MapField } from './map-field.tsx';
import { SecretField } from './secret-field.tsx';
import type { JsonSchema } from './types.ts';

interface SchemaFieldProps {
  readonly schema: JsonSchema;
  readonly path: Path;
  readonly required?: boolean;
}

/** The field, or the group of fields, for what a schema describes. */
export function SchemaField({ schema, path, required = false }: SchemaFieldProps) {
  const props = { schema, path, required };
  if (schema.writeOnly) return <SecretField {...props} />;
  if (schema.type === 'object' && schema.properties) return <GroupField {...props} />;
  if (schema.type === 'object' && typeof schema.additionalProperties === 'object')
    return <MapField {...props} member={SchemaField} />;
  if (schema.enum) return <ChoiceField {...props} />;
  if (schema.type === 'boolean') return <BooleanField {...props} />;
  if (schema.type === 'array' && schema.items?.type === 'string') return <ListField {...props} />;
  const kinds = schema.anyOf?.map(({ type }) => type) ?? [schema.type];
  if (kinds.every((kind) => kind === 'string' || kind === 'number' || kind === 'integer')) {
    return <TextField {...props} />;
  }
  return <JsonField {...props} />;
}

/** The members of an object, in a frame of their own below the first level. */
export function GroupField({ schema, path }: SchemaFieldProps) {
  const fields = Object.entries(schema.properties ?? {}).map(([key, member]) => (
    <SchemaField
      key={key}
      schema={member}
      path={[...path, key]}
      required={schema.required?.includes(key) ?? false}
    />
  ));
  if (path.length === 0) return <div class="config-form">{fields}</div>;
  return (
    <fieldset>
      <legend>{path.at(-1)}</legend>
      {schema.description !== undefined && (
        <small class="muted">
          <MarkedText text={schema.description} />
        </small>
      )}
      {fields}
    </fieldset>
  );
}
