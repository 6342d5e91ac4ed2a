import { dependencyOrder } from '#infra/manifest/graph.ts';
import type { ManifestSet } from '#infra/manifest/types.ts';
import type { CommandResult } from '../output/result.ts';
import { manifestsOf } from '../project/plugins.ts';

export const GRAPH_FORMATS = ['mermaid', 'dot'] as const;
export type GraphFormat = (typeof GRAPH_FORMATS)[number];

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly kind: 'requires' | 'may use' | 'event';
  /** A version range, or event types. */
  readonly label: string;
}

interface PluginGraph {
  readonly nodes: readonly string[];
  readonly edges: readonly Edge[];
  /** Each begins and ends with the same plugin. */
  readonly cycles: readonly (readonly string[])[];
  /** Plugins that cannot be drawn, since their manifest cannot be read. */
  readonly unreadable: readonly string[];
}

/** Who depends on whom, and whose events go where; failed when dependencies go round in a circle. */
export function graphPlugins(rootDir: string, format: GraphFormat): CommandResult {
  const graph = graphOf(manifestsOf(rootDir));
  return {
    json: graph,
    failed: graph.cycles.length > 0,
    show(view) {
      const comment = format === 'mermaid' ? '%%' : '//';
      for (const text of format === 'mermaid' ? mermaid(graph) : dot(graph)) view.line(text);
      for (const cycle of graph.cycles) view.line(`${comment} cycle: ${cycle.join(' -> ')}`);
      for (const name of graph.unreadable) view.line(`${comment} left out: ${name}, see npm run validate`);
    },
  };
}

function graphOf({ plugins, refused, broken }: ManifestSet): PluginGraph {
  const manifests = [...plugins, ...refused].map(({ manifest }) => manifest);
  const nodes = manifests.map(({ name }) => name).sort();
  const dependencies = manifests.flatMap(({ name, dependencies: needed }) =>
    Object.entries(needed).map(([to, { version, optional }]): Edge => {
      return { from: name, to, kind: optional ? 'may use' : 'requires', label: version };
    }),
  );
  const events = manifests.flatMap((publisher) =>
    manifests.flatMap((subscriber): Edge[] => {
      const wanted = Object.values(subscriber.events.subscribes).map(({ type }) => type);
      const shared = publisher.events.publishes
        .map(({ type }) => type)
        .filter((type) => wanted.includes(type));
      const label = [...new Set(shared)].join(', ');
      return label === '' ? [] : [{ from: publisher.name, to: subscriber.name, kind: 'event', label }];
    }),
  );
  const { cycles } = dependencyOrder(
    new Map(manifests.map(({ name, dependencies: needed }) => [name, Object.keys(needed)])),
  );
  return {
    nodes,
    edges: [...dependencies, ...events],
    cycles,
    unreadable: broken.map(({ name }) => name).filter((name) => !nodes.includes(name)),
  };
}

const ARROWS: Readonly<Record<Edge['kind'], string>> = { requires: '-->', 'may use': '-.->', event: '==>' };
const STYLES: Readonly<Record<Edge['kind'], string>> = {
  requires: 'solid',
  'may use': 'dashed',
  event: 'bold',
};

function mermaid({ nodes, edges }: PluginGraph): readonly string[] {
  // "end" and the like are words of Mermaid, so that names only stand in texts.
  const id = (name: string): string => `plugin-${name}`;
  const missing = edges.map(({ to }) => to).filter((name) => !nodes.includes(name));
  return [
    'flowchart LR',
    ...nodes.map((name) => `  ${id(name)}["${name}"]`),
    ...[...new Set(missing)].map((name) => `  ${id(name)}["${name} (missing)"]`),
    ...edges.map(({ from, to, kind, label }) => `  ${id(from)} ${ARROWS[kind]}|"${label}"| ${id(to)}`),
  ];
}

function dot({ nodes, edges }: PluginGraph): readonly string[] {
  return [
    'digraph plugins {',
    '  rankdir=LR;',
    ...nodes.map((name) => `  "${name}";`),
    ...edges.map(
      ({ from, to, kind, label }) => `  "${from}" -> "${to}" [label="${label}", style=${STYLES[kind]}];`,
    ),
    '}',
  ];
}
