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
  {
    title: 'Plugin',
    path: '/console/plugins/:name',
    component: lazy(async () => (await import('./pages/plugins/plugin-page.tsx')).PluginPage),
  },
  {
    title: 'Configuration',
    path: '/console/configuration',
    group: 'System',
    component: lazy(
      async () => (await import('./pages/configuration/configurations-page.tsx')).ConfigurationsPage,
    ),
  },
  {
    title: 'Configuration of a plugin',
    path: '/console/configuration/:plugin',
    component: lazy(
      async () => (await import('./pages/configuration/configuration-page.tsx')).ConfigurationPage,
    ),
  },
  {
    title: 'Payments',
    path: '/console/payments',
    group: 'Business',
    plugin: 'payment',
    component: lazy(async () => (await import('./pages/payments/payments-page.tsx')).PaymentsPage),
  },
  {
    title: 'Payment',
    path: '/console/payments/:id',
    plugin: 'payment',
    component: lazy(async () => (await import('./pages/payments/payment-page.tsx')).PaymentPage),
  },
  {
    title: 'Events',
    path: '/console/events',
    group: 'Operations',
    isLocal: true,
    component: lazy(async () => (await import('./pages/events/events-page.tsx')).EventsPage),
  },
  {
    title: 'Metrics',
    path: '/console/metrics',
    group: 'Operations',
    isLocal: true,
    component: lazy(async () => (await import('./pages/metrics/metrics-page.tsx')).MetricsPage),
  },
  {
    title: 'Traces',
    path: '/console/traces',
    group: 'Operations',
    isLocal: true,
    component: lazy(async () => (await import('./pages/traces/traces-page.tsx')).TracesPage),
  },
  {
    title: 'Trace',
    path: '/console/traces/:id',
    isLocal: true,
    component: lazy(async () => (await import('./pages/traces/trace-page.tsx')).TracePage),
  },
  {
    title: 'Errors',
    path: '/console/errors',
    group: 'Operations',
    component: lazy(async () => (await import('./pages/errors/errors-page.tsx')).ErrorsPage),
  },
  {
    title: 'Alarms',
    path: '/console/alarms',
    group: 'Operations',
    isLocal: true,
    component: lazy(async () => (await import('./pages/alarms/alarms-page.tsx')).AlarmsPage),
  },
  {
    title: 'Audit',
    path: '/console/audit',
    group: 'Operations',
    component: lazy(async () => (await import('./pages/audit/audit-page.tsx')).AuditPage),
  },
  {
    title: 'Invocations',
    path: '/console/invocations',
    group: 'Local',
    isLocal: true,
    component: lazy(async () => (await import('./pages/invocations/invocations-page.tsx')).InvocationsPage),
  },
  {
    title: 'Invocation',
    path: '/console/invocations/:id',
    isLocal: true,
    component: lazy(async () => (await import('./pages/invocations/invocation-page.tsx')).InvocationPage),
  },
  {
    title: 'Resources',
    path: '/console/resources',
    group: 'Local',
    isLocal: true,
    component: lazy(async () => (await import('./pages/resources/resources-page.tsx')).ResourcesPage),
  },
  {
    title: 'Sandboxes',
    path: '/console/sandboxes',
    group: 'Local',
    isLocal: true,
    component: lazy(async () => (await import('./pages/sandboxes/sandboxes-page.tsx')).SandboxesPage),
  },
  {
    title: 'Checkout',
    path: '/console/checkout',
    group: 'Business',
    isLocal: true,
    plugin: 'payment',
    component: lazy(async () => (await import('./pages/checkout/checkout-page.tsx')).CheckoutPage),
  },
  {
    title: 'Checkout',
    path: '/console/checkout/:id',
    isLocal: true,
    plugin: 'payment',
    component: lazy(async () => (await import('./pages/checkout/payment-page.tsx')).CheckoutPaymentPage),
  },
];

/** Pages of the local system beside the console. */
export const localViewers = [
  { title: 'OpenAPI', path: '/dev/openapi' },
  { title: 'GraphQL', path: '/dev/graphql' },
] as const;
