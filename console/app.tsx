import { ErrorBoundary, LocationProvider, Route, Router, useLocation } from 'preact-iso';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useResource } from './api/use-resource.ts';
import { SessionProvider, useSession } from './auth/session.tsx';
import { forgetToken } from './auth/token.ts';
import { type ConsolePage, localViewers, pages } from './pages.ts';
import { problemOf } from './api/problem.ts';
import { EmptyState } from './parts/empty-state.tsx';
import { ProblemBox } from './parts/problem-box.tsx';
import { ToastsProvider } from './parts/toasts.tsx';

export function App() {
  return (
    <ToastsProvider>
      <SessionProvider>
        <LocationProvider scope="/console">
          <Shell />
        </LocationProvider>
      </SessionProvider>
    </ToastsProvider>
  );
}

/** Without the pages of what this deployment does not have. */
function useOfferedPages(): readonly ConsolePage[] {
  const { isLocal } = useSession();
  const { data } = useResource<{ readonly plugins: readonly { readonly name: string }[] }>('/plugins');
  const deployed = data?.plugins.map(({ name }) => name);
  return pages.filter(
    (page) =>
      (isLocal || page.isLocal !== true) &&
      (page.plugin === undefined || deployed === undefined || deployed.includes(page.plugin)),
  );
}

function Shell() {
  const offered = useOfferedPages();
  const [error, setError] = useState<Error>();
  const main = useRef<HTMLElement>(null);
  const followed = (): void => {
    setError(undefined);
    // So that the keyboard, and who listens to the page, begin at the new page.
    main.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  };
  return (
    <div class="shell">
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <Navigation pages={offered} />
      <main id="content" ref={main} tabIndex={-1}>
        {error && <ProblemBox problem={problemOf(error)} onRetry={() => location.reload()} />}
        <ErrorBoundary onError={setError}>
          <Router onRouteChange={followed}>
            {offered.map(({ path, component }) => (
              <Route key={path} path={path} component={component} />
            ))}
            <Route default component={NotFound} />
          </Router>
        </ErrorBoundary>
      </main>
    </div>
  );
}

const GROUPS = ['System', 'Business', 'Operations', 'Local'] as const;

function Navigation({ pages: offered }: { readonly pages: readonly ConsolePage[] }) {
  const { settings, isLocal, isSignedIn } = useSession();
  const { path } = useLocation();
  const [isOpen, setOpen] = useState(false);
  useEffect(() => setOpen(false), [path]);
  const isCurrent = (page: ConsolePage): boolean =>
    page.path === path || (page.path !== '/console' && path.startsWith(`${page.path}/`));
  return (
    <header class="navigation">
      <div class="brand">
        <a href="/console">
          <img src="/console/icon.svg" alt="" width="28" height="28" />
          <span>AnineePlus</span>
        </a>
        <span class="badge neutral">{settings.stage}</span>
        <button
          type="button"
          class="menu"
          aria-expanded={isOpen}
          aria-controls="pages"
          onClick={() => setOpen(!isOpen)}
        >
          Menu
        </button>
      </div>
      <nav id="pages" aria-label="Pages" class={isOpen ? 'open' : undefined}>
        {GROUPS.map((group) => {
          const shown = offered.filter((page) => page.group === group);
          if (shown.length === 0) return null;
          return (
            <div key={group}>
              <h2>{group}</h2>
              <ul>
                {shown.map((page) => (
                  <li key={page.path}>
                    <a href={page.path} aria-current={isCurrent(page) ? 'page' : undefined}>
                      {page.title}
                    </a>
                  </li>
                ))}
                {group === 'Local' &&
                  isLocal &&
                  localViewers.map(({ title, path: to }) => (
                    <li key={to}>
                      <a href={to}>{title}</a>
                    </li>
                  ))}
              </ul>
            </div>
          );
        })}
        {isSignedIn && (
          <button type="button" onClick={forgetToken}>
            Sign out
          </button>
        )}
      </nav>
    </header>
  );
}

function NotFound() {
  return (
    <EmptyState title="There is no such page.">
      <a href="/console">To the plugins</a>
    </EmptyState>
  );
}
