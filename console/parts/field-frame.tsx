import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { MarkedText } from './marked-text.tsx';

/** What the frame tells the input in it. */
export interface InputAttributes {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': boolean;
}

interface FieldFrameProps {
  readonly label: ComponentChildren;
  /** Shown beside the label. */
  readonly beside?: ComponentChildren;
  readonly hint?: string | undefined;
  /** What is wrong with the value. */
  readonly problem?: string | undefined;
  readonly children: (attributes: InputAttributes) => ComponentChildren;
}

/** Label, hint and problem of one value, around its input. */
export function FieldFrame({ label, beside, hint = '', problem, children }: FieldFrameProps) {
  const id = useId();
  const described = [hint !== '' && `${id}-hint`, problem !== undefined && `${id}-problem`].filter(Boolean);
  return (
    <div class="field">
      <div class="label">
        <label for={id}>{label}</label>
        {beside}
      </div>
      {children({
        id,
        'aria-describedby': described.join(' ') || undefined,
        'aria-invalid': problem !== undefined,
      })}
      {hint !== '' && (
        <small id={`${id}-hint`} class="muted">
          <MarkedText text={hint} />
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
