import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';

interface PageProps {
  readonly title: string;
  /** One sentence below the title. */
  readonly summary?: ComponentChildren;
  /** What one can do on the whole page, at its right. */
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** A page with its title, which the window has too. */
export function Page({ title, summary, actions, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · AnineePlus Plugins`;
  }, [title]);
  return (
    <>
      <header class="page-header">
        <div>
          <h1>{title}</h1>
          {summary !== undefined && <p class="muted">{summary}</p>}
        </div>
        {actions !== undefined && <div class="actions">{actions}</div>}
      </header>
      {children}
    </>
  );
}

/** A part of a page. */
export function Section({ title, actions, children }: Omit<PageProps, 'summary'>) {
  return (
    <section class="card">
      <header>
        <h2>{title}</h2>
        {actions !== undefined && <div class="actions">{actions}</div>}
      </header>
      {children}
    </section>
  );
}
