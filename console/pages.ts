import type { ComponentType } from 'preact';
import { lazy } from 'preact-iso';

/** A page of the console with its place in the navigation. */
export interface ConsolePage {
  readonly title: string;
  /** Below `/console`; `:name` takes one segment, which the page reads with `useRoute`. */
  readonly path: string;
  readonly component: ComponentType;
  /** Undefined: it is reached from another page. */
  readonly group?: 'System' | 'Business' | 'Operations' | 'Local';
  /** Whether the local system alone can show it. */
  readonly isLocal?: boolean;
  /** The plugin that it is about; the page is not offered where that plugin is not deployed. */
  readonly plugin?: string;
}

export const pages: readonly ConsolePage[] = [
  {
    title: 'Plugins',
    path: '/console',
    group: 'System',
    component: lazy(async () => (await import('./pages/plugins/plugins-page.tsx')).PluginsPage),
  },
];
