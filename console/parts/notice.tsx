import type { ComponentChildren } from 'preact';

/** Something that people should know before they read on. */
export function Notice({
  tone,
  children,
}: {
  readonly tone: 'info' | 'warning' | 'bad';
  readonly children: ComponentChildren;
}) {
  return (
    <div class={`notice ${tone}`} role="status">
      {children}
    </div>
  );
}
