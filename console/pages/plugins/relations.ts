import type { GraphEdge, GraphNode } from '../../parts/graph/layout.ts';
import type { Plugin, PluginHealth } from './types.ts';

/** Whether a plugin takes calls. */
export const isServing = ({ status }: Plugin): boolean => status === 'loaded' || status === 'loading';

const needs = (plugin: Plugin): readonly string[] =>
  (plugin.dependencies ?? []).filter(({ optional }) => !optional).map(({ name }) => name);

/** The plugins that have to be loaded before this one, and are not. */
export function missingFor(plugin: Plugin, all: readonly Plugin[]): readonly string[] {
  return closure(plugin.name, (name) => needs(named(all, name) ?? plugin)).filter((name) => {
    const found = named(all, name);
    return found !== undefined && !isServing(found);
  });
}

/** The loaded plugins that do not work without this one. */
export function loadedDependents(plugin: Plugin, all: readonly Plugin[]): readonly string[] {
  const dependents = (of: string) => all.filter((one) => needs(one).includes(of)).map(({ name }) => name);
  return closure(plugin.name, dependents).filter((name) =>
    all.some((one) => one.name === name && isServing(one)),
  );
}

const named = (all: readonly Plugin[], name: string): Plugin | undefined =>
  all.find((one) => one.name === name);

function closure(start: string, next: (name: string) => readonly string[]): readonly string[] {
  const found = new Set<string>();
  const waiting = [...next(start)];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (name === start || found.has(name)) continue;
    found.add(name);
    waiting.push(...next(name));
  }
  return [...found].sort();
}

/** Publishes the events of what goes wrong in any plugin. */
const PLATFORM = 'platform';

/** The plugins as boxes, with what they call and which events flow between them. */
export function graphOf(
  plugins: readonly Plugin[],
  healthOf: (name: string) => PluginHealth['health'] | undefined,
): { readonly nodes: readonly GraphNode[]; readonly edges: readonly GraphEdge[] } {
  const edges = [...callsOf(plugins), ...flowsOf(plugins)];
  const nodes = plugins.map((plugin) => nodeOf(plugin, healthOf(plugin.name)));
  const drawn = edges.some(({ from }) => from === PLATFORM)
    ? [...nodes, { id: PLATFORM, label: PLATFORM, detail: 'of every deployment' }]
    : nodes;
  return { nodes: drawn, edges };
}

function nodeOf({ name, version, status }: Plugin, health: PluginHealth['health'] | undefined): GraphNode {
  const state = status === 'loaded' ? (health?.status ?? status) : status;
  return {
    id: name,
    label: name,
    detail: version === undefined ? state : `${version} · ${state}`,
    tone: TONES[state] ?? 'neutral',
    href: `/console/plugins/${encodeURIComponent(name)}`,
  };
}

const TONES: Readonly<Record<string, GraphNode['tone']>> = {
  healthy: 'good',
  loaded: 'good',
  degraded: 'warning',
  unhealthy: 'bad',
  failed: 'bad',
};

const callsOf = (plugins: readonly Plugin[]): readonly GraphEdge[] =>
  plugins.flatMap(({ name, dependencies = [] }) =>
    dependencies
      .filter((dependency) => plugins.some((one) => one.name === dependency.name))
      .map(({ name: to, operations, version, optional }) => ({
        from: name,
        to,
        label: operations.length === 0 ? 'needs' : counted(operations, 'calls', 'operations'),
        title: [`${name} ${optional ? 'can use' : 'needs'} ${to} ${version}`, ...operations].join('\n'),
      })),
  );

function flowsOf(plugins: readonly Plugin[]): readonly GraphEdge[] {
  return plugins.flatMap(({ name: to, events }) => {
    const subscribed = events?.subscribes.map(({ type }) => type) ?? [];
    const bySource = Map.groupBy(subscribed, (type) => publisherOf(plugins, type));
    return [...bySource].flatMap(([from, types]) => {
      if (from === undefined) return [];
      const title = [`${from} sends to ${to}`, ...types].join('\n');
      return [{ from, to, label: counted(types, '', 'events'), title, isDashed: true }];
    });
  });
}

const publisherOf = (plugins: readonly Plugin[], type: string): string | undefined =>
  type.startsWith('plugin.')
    ? PLATFORM
    : plugins.find(({ events }) => events?.publishes.some((one) => one.type === type))?.name;

const counted = (names: readonly string[], verb: string, plural: string): string =>
  `${verb} ${names.length === 1 ? names[0] : `${names.length} ${plural}`}`.trim();
