import { isObject, type JsonObject } from '../json.ts';
import { collectProblem, AssemblyError, TemplateProblem } from './error.ts';
import { type Fields, fieldsOf } from './fields.ts';
import { type Lookup, resolve } from './intrinsics.ts';
import { RESOURCE_TYPES } from './resource-types.ts';
import type { Environment, ResolvedStacks, Resource } from './resource.ts';
import { section, stackLookup, type StackOutputs, stackOutputs } from './stack-lookup.ts';
import type { Stack } from './stacks.ts';

/** Resolves all stacks. @throws {AssemblyError} naming every unknown type, or else every broken reference */
export function resolveStacks(stacks: readonly Stack[], env: Environment): ResolvedStacks {
  const problems = stacks.flatMap(unknownTypes);
  if (problems.length > 0) throw new AssemblyError(problems);
  const scopes = new Map<string, StackScope>();
  for (const stack of stacks) scopes.set(stack.name, stackScope(stack, env, scopes));
  const resources: Resource[] = [];
  const metadata: Fields[] = [];
  for (const scope of scopes.values()) {
    for (const logicalId of scope.logicalIds) {
      const resource = collectProblem(problems, () => scope.finished(logicalId));
      if (resource !== undefined) resources.push(resource);
    }
    const ofTemplate = collectProblem(problems, () => scope.metadata());
    if (ofTemplate !== undefined) metadata.push(ofTemplate);
  }
  if (problems.length > 0) throw new AssemblyError([...new Set(problems)]);
  return {
    env,
    resources,
    metadata,
    ofType: (...types) => resources.filter((resource) => types.includes(resource.type)),
  };
}

function unknownTypes(stack: Stack): readonly string[] {
  return Object.entries(section(stack.template, 'Resources')).flatMap(([logicalId, declaration]) => {
    const type = isObject(declaration) ? declaration['Type'] : undefined;
    if (typeof type === 'string' && Object.hasOwn(RESOURCE_TYPES, type)) return [];
    return [`${stack.name}/${logicalId}: resource type ${String(type)} is not known to the local runner`];
  });
}

interface StackScope extends StackOutputs {
  /** Resources whose condition holds. */
  readonly logicalIds: readonly string[];
  finished(logicalId: string): Resource;
  metadata(): Fields | undefined;
}

function stackScope(stack: Stack, env: Environment, scopes: ReadonlyMap<string, StackScope>): StackScope {
  const declarations = section(stack.template, 'Resources');
  const identified = new Map<string, Omit<Resource, 'metadata'>>();
  const open: string[] = [];

  const identify = (logicalId: string, path: string): Omit<Resource, 'metadata'> => {
    const known = identified.get(logicalId);
    if (known !== undefined) return known;
    const declaration = declarations[logicalId];
    if (!isObject(declaration) || !exists(declaration)) {
      throw new TemplateProblem(path, `there is no resource or parameter ${logicalId}`);
    }
    if (open.includes(logicalId)) {
      throw new TemplateProblem(path, `reference cycle: ${[...open, logicalId].join(' -> ')}`);
    }
    open.push(logicalId);
    try {
      const at = `${stack.name}/${logicalId}`;
      awaitDependencies(declaration['DependsOn'], `${at}.DependsOn`);
      const properties = resolve(declaration['Properties'] ?? {}, lookup, `${at}.Properties`);
      const declared = {
        stack: stack.name,
        logicalId,
        type: String(declaration['Type']),
        properties: fieldsOf(properties, `${at}.Properties`),
        env,
      };
      const identity = RESOURCE_TYPES[declared.type]!(declared);
      const resource = { ...declared, ...identity, assets: stack.assets };
      identified.set(logicalId, resource);
      return resource;
    } finally {
      open.pop();
    }
  };

  const awaitDependencies = (dependsOn: unknown, path: string): void => {
    for (const dependency of textsIn(dependsOn)) {
      const declaration = declarations[dependency];
      if (declaration === undefined) throw new TemplateProblem(path, `there is no resource ${dependency}`);
      if (exists(declaration as JsonObject)) identify(dependency, path);
    }
  };

  const exists = (declaration: JsonObject): boolean =>
    typeof declaration['Condition'] !== 'string' || lookup.condition(declaration['Condition'], stack.name);

  const lookup = stackLookup(stack, env, scopes, identify);

  return {
    logicalIds: Object.keys(declarations).filter((logicalId) =>
      exists(declarations[logicalId] as JsonObject),
    ),
    finished: (logicalId) => {
      const resource = identify(logicalId, `${stack.name}/${logicalId}`);
      const raw = section(declarations[logicalId], 'Metadata')['AnineePlus'];
      return {
        ...resource,
        metadata: resolveMetadata(raw, lookup, `${stack.name}/${logicalId}.Metadata.AnineePlus`),
      };
    },
    ...stackOutputs(stack, lookup),
    metadata: () => {
      const raw = section(stack.template, 'Metadata')['AnineePlus'];
      return resolveMetadata(raw, lookup, `${stack.name}.Metadata.AnineePlus`);
    },
  };
}

function resolveMetadata(raw: unknown, lookup: Lookup, path: string): Fields | undefined {
  return raw === undefined ? undefined : fieldsOf(resolve(raw, lookup, path), path);
}

/** `DependsOn` is one logical id or a list of them. */
function textsIn(value: unknown): readonly string[] {
  return [value ?? []].flat().filter((one) => typeof one === 'string');
}
