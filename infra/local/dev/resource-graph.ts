import type { Assembly } from '../resources/assembly.ts';
import type { RoleResource } from '../resources/iam.ts';

/** A resource of the assembly that something flows through. */
export interface GraphNode {
  /** ARN, or what stands for it where there is none. */
  readonly id: string;
  readonly kind:
    | 'route'
    | 'webhook'
    | 'schedule'
    | 'function'
    | 'table'
    | 'queue'
    | 'bus'
    | 'rule'
    | 'secret';
  readonly name: string;
  /** The plugin whose stack has it, or `platform`. */
  readonly plugin: string;
}

/** What one resource does to another: who sends stands first. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly does: string;
}

/** The resources of an assembly that calls and events flow through, and how they are connected. */
export interface ResourceGraph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** Reads the connections from the assembly: its routes, event sources, rules and schedules, and what roles allow. */
export function resourceGraph(assembly: Assembly): ResourceGraph {
  const nodes = nodesOf(assembly);
  const known = new Set(nodes.map(({ id }) => id));
  const edges = [...triggers(assembly), ...accesses(assembly)].filter(
    ({ from, to }) => known.has(from) && known.has(to) && from !== to,
  );
  // The same connection by two statements is one.
  const once = new Map(edges.map((edge) => [JSON.stringify([edge.from, edge.to, edge.does]), edge]));
  return { nodes, edges: [...once.values()] };
}

const unqualified = (functionArn: string): string => functionArn.split(':').slice(0, 7).join(':');
const routeId = (key: string): string => `route ${key}`;
const webhookId = (path: string): string => `webhook ${path}`;

function nodesOf(assembly: Assembly): readonly GraphNode[] {
  const pluginOf = (functionArn: string): string =>
    assembly.functions.find(({ arn }) => arn === unqualified(functionArn))?.plugin ?? 'platform';
  const owners = assembly.plugins.map(({ plugin }) => plugin).sort((a, b) => b.length - a.length);
  const byName = (name: string): string =>
    owners.find((plugin) => new RegExp(`(?:^|[-/])${plugin}(?:$|[-/])`).test(name)) ?? 'platform';
  const named = (kind: GraphNode['kind'], all: readonly { readonly arn: string; readonly name: string }[]) =>
    all.map(({ arn, name }) => ({ id: arn, kind, name, plugin: byName(name) }));
  return [
    ...assembly.routes.map(({ key, functionArn }) => ({
      id: routeId(key),
      kind: 'route' as const,
      name: key,
      plugin: pluginOf(functionArn),
    })),
    ...assembly.functionUrls.map(({ path, plugin }) => ({
      id: webhookId(path),
      kind: 'webhook' as const,
      name: path,
      plugin,
    })),
    ...assembly.schedules.map(({ arn, key, plugin }) => ({
      id: arn,
      kind: 'schedule' as const,
      name: key,
      plugin,
    })),
    ...assembly.functions.map(({ arn, name, plugin }) => ({
      id: arn,
      kind: 'function' as const,
      name,
      plugin,
    })),
    ...named('table', assembly.tables),
    ...named('queue', assembly.queues),
    ...named('rule', assembly.rules),
    ...named('secret', assembly.secrets),
    ...assembly.buses.map(({ arn, name }) => ({ id: arn, kind: 'bus' as const, name, plugin: 'platform' })),
  ];
}

/** What starts what. */
function triggers(assembly: Assembly): readonly GraphEdge[] {
  const sourceOf = (arn: string): string =>
    assembly.tables.find(({ streamArn }) => streamArn === arn)?.arn ?? arn;
  const busOf = (name: string): string => assembly.buses.find((bus) => bus.name === name)?.arn ?? name;
  return [
    ...assembly.routes.map(({ key, functionArn }) => ({
      from: routeId(key),
      to: unqualified(functionArn),
      does: 'invokes',
    })),
    ...assembly.functionUrls.map(({ path, functionArn }) => ({
      from: webhookId(path),
      to: unqualified(functionArn),
      does: 'invokes',
    })),
    ...assembly.schedules.map(({ arn, functionArn }) => ({
      from: arn,
      to: unqualified(functionArn),
      does: 'invokes',
    })),
    ...assembly.mappings.map(({ sourceArn, functionArn }) => ({
      from: sourceOf(sourceArn),
      to: unqualified(functionArn),
      does: 'feeds',
    })),
    ...assembly.rules.flatMap(({ arn, busName, targets }) => [
      { from: busOf(busName), to: arn, does: 'is matched by' },
      ...targets.map((target) => ({ from: arn, to: unqualified(target.arn), does: 'sends to' })),
    ]),
    ...assembly.queues.flatMap(({ arn, redrive }) =>
      redrive ? [{ from: arn, to: redrive.deadLetterArn, does: 'gives up to' }] : [],
    ),
  ];
}

/** Words for actions, by service; what is not here says nothing about a flow. */
const READS = /^dynamodb:(?:GetItem|BatchGetItem|Query|Scan)$|^secretsmanager:GetSecretValue$/;
const WRITES = /^dynamodb:(?:PutItem|UpdateItem|DeleteItem|BatchWriteItem)$|^secretsmanager:PutSecretValue$/;
const WORDS: Readonly<Record<string, string>> = {
  'events:PutEvents': 'publishes to',
  'lambda:InvokeFunction': 'calls',
  'sqs:SendMessage': 'sends to',
};

/** What the role of each function lets it do to other resources. */
function accesses({ functions, roles }: Assembly): readonly GraphEdge[] {
  const ofRole = new Map(roles.map((role) => [role.arn, allowed(role)]));
  return functions
    .flatMap(({ arn, roleArn }) =>
      [...(ofRole.get(roleArn) ?? [])].map(([to, actions]) => ({ from: arn, to, does: wordFor(actions) })),
    )
    .filter((edge): edge is GraphEdge => edge.does !== undefined);
}

function wordFor(actions: readonly string[]): string | undefined {
  const reads = actions.some((action) => READS.test(action));
  const writes = actions.some((action) => WRITES.test(action));
  if (reads && writes) return 'reads and writes';
  if (reads) return 'reads';
  if (writes) return 'writes';
  return actions.map((action) => WORDS[action]).find((word) => word !== undefined);
}

/** The actions of a role by the resource that they are allowed on. */
function allowed({ policies }: RoleResource): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { Effect: effect, Action, Resource } of policies.flatMap(({ Statement }) =>
    [Statement].flat(),
  )) {
    if (effect !== 'Allow') continue;
    for (const resource of [Resource ?? []].flat()) {
      const to = resource.startsWith('arn:aws:lambda:') ? unqualified(resource) : resource;
      found.set(to, [...(found.get(to) ?? []), ...[Action ?? []].flat()]);
    }
  }
  return found;
}
