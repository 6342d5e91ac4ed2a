import type { ComponentChildren } from 'preact';

/** What is said where there is nothing to show, and what one can do about it. */
export function EmptyState({
  title,
  children,
}: {
  readonly title: string;
  readonly children?: ComponentChildren;
}) {
  return (
    <div class="empty-state">
      <p>{title}</p>
      {children !== undefined && <div class="muted">{children}</div>}
    </div>
  );
}
