import type { ComponentChildren } from 'preact';
import { Badge } from '../../parts/badge.tsx';
import { FieldFrame, type InputAttributes } from '../../parts/field-frame.tsx';
import type { Path } from './draft.ts';
import { useConfigField } from './form-context.ts';
import type { JsonSchema } from './types.ts';

export interface ConfigFieldProps {
  readonly schema: JsonSchema;
  readonly path: Path;
  readonly required: boolean;
}

interface ConfigFieldFrameProps extends ConfigFieldProps {
  /** Besides the description of the schema. */
  readonly hint?: string | undefined;
  readonly children: (attributes: InputAttributes & { readonly required: boolean }) => ComponentChildren;
}

/** A value of the configuration with its state and the description of its schema, around its input. */
export function ConfigField({ schema, path, required, hint, children }: ConfigFieldFrameProps) {
  const { isEdited, isOverridden, problem } = useConfigField(path);
  return (
    <FieldFrame
      label={path.at(-1)}
      beside={
        <>
          {required && <span class="muted">required</span>}
          {isEdited && <Badge tone="info">changed</Badge>}
          {isOverridden && <Badge tone="warning">replaced by the environment</Badge>}
        </>
      }
      hint={[schema.description, hint].filter((text) => text !== undefined).join(' ')}
      problem={problem}
    >
      {(attributes) => children({ ...attributes, required })}
    </FieldFrame>
  );
}

/** The default as a hint; undefined without one. */
export const defaultText = ({ default: value }: JsonSchema): string | undefined =>
  value === undefined ? undefined : `default: ${typeof value === 'string' ? value : JSON.stringify(value)}`;
