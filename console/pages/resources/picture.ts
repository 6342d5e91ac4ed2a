import type { ResourceEdge, ResourceGraph, ResourceNode } from './types.ts';

/** What a picture of one plugin shows. */
export interface Picture {
  readonly nodes: readonly (ResourceNode & { readonly isOwn: boolean })[];
  readonly edges: readonly ResourceEdge[];
}

/** Every function has these: they would join everything to everything. */
const EVERYWHERE = /-local-(?:registry|errors)$/;

/**
 * The resources of one plugin, and those of others that they are connected with. The routes of a function are one box, and
 * what every function has is left out. Health checks and GraphQL calls, which reach every plugin, are left out of the
 * picture of a plugin.
 */
export function pictureOf({ nodes, edges }: ResourceGraph, plugin: string): Picture {
  const joined = joinRoutes(nodes, edges);
  const byId = new Map(joined.nodes.map((node) => [node.id, node]));
  const isOwn = (id: string): boolean => byId.get(id)?.plugin === plugin;
  const isPlatformCall = ({ from, does }: ResourceEdge): boolean =>
    plugin !== 'platform' && does === 'calls' && byId.get(from)?.plugin === 'platform';
  const shown = joined.edges.filter(
    (edge) =>
      (isOwn(edge.from) || (isOwn(edge.to) && !isPlatformCall(edge))) &&
      ![edge.from, edge.to].some((id) => EVERYWHERE.test(id) && plugin !== 'platform') &&
      (plugin !== 'platform' || (isOwn(edge.from) && isOwn(edge.to))),
  );
  const ids = new Set([
    ...shown.flatMap(({ from, to }) => [from, to]),
    ...joined.nodes.filter((node) => node.plugin === plugin && node.kind !== 'route').map(({ id }) => id),
  ]);
  return {
    nodes: joined.nodes.filter(({ id }) => ids.has(id)).map((node) => ({ ...node, isOwn: isOwn(node.id) })),
    edges: shown,
  };
}

/** Puts the routes of each function into one box. */
function joinRoutes(nodes: readonly ResourceNode[], edges: readonly ResourceEdge[]): ResourceGraph {
  const routes = new Set(nodes.filter(({ kind }) => kind === 'route').map(({ id }) => id));
  const counts = new Map<string, number>();
  for (const { from, to } of edges) if (routes.has(from)) counts.set(to, (counts.get(to) ?? 0) + 1);
  const boxes = [...counts].map(([to, count]) => ({
    id: `routes ${to}`,
    kind: 'route',
    name: count === 1 ? '1 route' : `${count} routes`,
    plugin: nodes.find(({ id }) => id === to)?.plugin ?? 'platform',
  }));
  return {
    nodes: [...nodes.filter(({ id }) => !routes.has(id)), ...boxes],
    edges: [
      ...edges.filter(({ from }) => !routes.has(from)),
      ...[...counts.keys()].map((to) => ({ from: `routes ${to}`, to, does: 'invokes' })),
    ],
  };
}

/** A name without what all resources of its plugin have in common. */
export const shortName = ({ name, plugin }: Pick<ResourceNode, 'name' | 'plugin'>): string =>
  name.replace(/^anineeplus[-/][^-/]+[-/]/, '').replace(new RegExp(`^(?:plugins/)?${plugin}-(?=.)`), '');
