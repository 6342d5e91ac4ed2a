import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { Badge } from '../../parts/badge.tsx';
import type { Path } from './draft.ts';
import { useConfigField } from './form-context.ts';
import type { JsonSchema } from './types.ts';

export interface ConfigFieldProps {
  readonly schema: JsonSchema;
  readonly path: Path;
  readonly required: boolean;
}

/** What the frame tells the input in it. */
interface InputAttributes {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': boolean;
  readonly required: boolean;
}

interface FieldFrameProps extends ConfigFieldProps {
  /** Besides the description of the schema. */
  readonly hint?: string | undefined;
  readonly children: (attributes: InputAttributes) => ComponentChildren;
}

/** Label, state, description and problem of one value, around its input. */
export function FieldFrame({ schema, path, required, hint, children }: FieldFrameProps) {
  const id = useId();
  const { isEdited, isOverridden, problem } = useConfigField(path);
  const hints = [schema.description, hint].filter((text) => text !== undefined).join(' ');
  const described = [hints && `${id}-hint`, problem !== undefined && `${id}-problem`]
    .filter(Boolean)
    .join(' ');
  return (
    <div class="field">
      <div class="label">
        <label for={id}>{path.at(-1)}</label>
        {required && <span class="muted">required</span>}
        {isEdited && <Badge tone="info">changed</Badge>}
        {isOverridden && <Badge tone="warning">replaced by the environment</Badge>}
      </div>
      {children({
        id,
        'aria-describedby': described || undefined,
        'aria-invalid': problem !== undefined,
        required,
      })}
      {hints && (
        <small id={`${id}-hint`} class="muted">
          {hints}
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

/** The default as a hint; undefined without one. */
export const defaultText = ({ default: value }: JsonSchema): string | undefined =>
  value === undefined ? undefined : `default: ${typeof value === 'string' ? value : JSON.stringify(value)}`;
