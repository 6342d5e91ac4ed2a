import { isObject, type JsonObject } from '../json.ts';
import { evaluateCondition } from './conditions.ts';
import { collectProblem, AssemblyError, TemplateProblem } from './error.ts';
import { type Fields, fieldsOf } from './fields.ts';
import { type Lookup, NO_VALUE, resolve } from './intrinsics.ts';
import { RESOURCE_TYPES } from './resource-types.ts';
import type { Environment, ResolvedStacks, Resource } from './resource.ts';
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

interface StackScope {
  /** Resources whose condition holds. */
  readonly logicalIds: readonly string[];
  finished(logicalId: string): Resource;
  output(name: string, path: string): unknown;
  exported(name: string): { readonly value: unknown } | undefined;
  metadata(): Fields | undefined;
}

type Scopes = ReadonlyMap<string, StackScope>;

function stackScope(stack: Stack, env: Environment, scopes: Scopes): StackScope {
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

function stackOutputs(stack: Stack, lookup: Lookup): Pick<StackScope, 'output' | 'exported'> {
  const outputs = section(stack.template, 'Outputs');
  return {
    output: (name, path) => {
      const output = outputs[name];
      if (!isObject(output)) throw new TemplateProblem(path, `stack ${stack.name} has no output ${name}`);
      return resolve(output['Value'], lookup, `${stack.name}.Outputs.${name}`);
    },
    exported: (name) => {
      for (const [id, output] of Object.entries(outputs)) {
        const path = `${stack.name}.Outputs.${id}`;
        const exportName = resolve(section(output, 'Export')['Name'], lookup, `${path}.Export.Name`);
        if (exportName === name) return { value: resolve((output as JsonObject)['Value'], lookup, path) };
      }
      return undefined;
    },
  };
}

function resolveMetadata(raw: unknown, lookup: Lookup, path: string): Fields | undefined {
  return raw === undefined ? undefined : fieldsOf(resolve(raw, lookup, path), path);
}

function stackLookup(
  stack: Stack,
  env: Environment,
  scopes: Scopes,
  identify: (logicalId: string, path: string) => Omit<Resource, 'metadata'>,
): Lookup {
  const pseudo: Readonly<Record<string, unknown>> = {
    'AWS::Region': env.region,
    'AWS::AccountId': env.accountId,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': stack.name,
    'AWS::StackId': `arn:aws:cloudformation:${env.region}:${env.accountId}:stack/${stack.name}/local`,
    'AWS::NotificationARNs': [],
    'AWS::NoValue': NO_VALUE,
  };
  const lookup: Lookup = {
    ref: (name, path) => {
      if (Object.hasOwn(pseudo, name)) return pseudo[name];
      const parameter = section(stack.template, 'Parameters')[name];
      return parameter === undefined ? identify(name, path).ref : parameterValue(parameter, name, path);
    },
    attribute: (logicalId, attribute, path) => {
      const { attributes, type } = identify(logicalId, path);
      const value = Object.hasOwn(attributes, attribute) ? attributes[attribute] : undefined;
      if (value === undefined)
        throw new TemplateProblem(path, `${logicalId} (${type}) has no attribute ${attribute}`);
      return value;
    },
    condition: (name, path) => {
      const condition = section(stack.template, 'Conditions')[name];
      if (condition === undefined) throw new TemplateProblem(path, `there is no condition ${name}`);
      return evaluateCondition(condition, lookup, `${stack.name}.Conditions.${name}`);
    },
    mapping: (map, top, second, path) => {
      const value = section(section(section(stack.template, 'Mappings'), map), top)[second];
      if (value === undefined) throw new TemplateProblem(path, `there is no mapping ${map}.${top}.${second}`);
      return value;
    },
    imported: (name, path) => {
      for (const scope of scopes.values()) {
        const found = scope.exported(name);
        if (found !== undefined) return found.value;
      }
      throw new TemplateProblem(path, `no stack exports ${name}`);
    },
    stackOutput: (stackName, region, output, path) => {
      if (region !== undefined && region !== env.region) {
        throw new TemplateProblem(path, `region ${region} is not ${env.region}`);
      }
      const scope = scopes.get(stackName);
      if (scope === undefined) throw new TemplateProblem(path, `there is no stack ${stackName}`);
      return scope.output(output, path);
    },
  };
  return lookup;
}

function parameterValue(parameter: unknown, name: string, path: string): unknown {
  const { Type: type, Default: value } = isObject(parameter) ? parameter : {};
  if (value === undefined) throw new TemplateProblem(path, `parameter ${name} has no default`);
  const isList = typeof type === 'string' && /^(CommaDelimitedList|List<)/.test(type);
  if (typeof value !== 'string' && typeof value !== 'number') {
    throw new TemplateProblem(path, `the default of parameter ${name} is not text`);
  }
  return isList ? String(value).split(',') : String(value);
}

/** `DependsOn` is one logical id or a list of them. */
function textsIn(value: unknown): readonly string[] {
  return [value ?? []].flat().filter((one) => typeof one === 'string');
}

function section(value: unknown, key: string): JsonObject {
  const found = isObject(value) ? value[key] : undefined;
  return isObject(found) ? found : {};
}
