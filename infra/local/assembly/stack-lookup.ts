import { isObject, type JsonObject } from '../json.ts';
import { evaluateCondition } from './conditions.ts';
import { TemplateProblem } from './error.ts';
import { type Lookup, NO_VALUE, resolve } from './intrinsics.ts';
import type { Environment, Identity } from './resource.ts';
import type { Stack } from './stacks.ts';

/** What other stacks can refer to. */
export interface StackOutputs {
  output(name: string, path: string): unknown;
  exported(name: string): { readonly value: unknown } | undefined;
}

/** The outputs of a stack, each resolved when it is asked for. */
export function stackOutputs(stack: Stack, lookup: Lookup): StackOutputs {
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

/** Resolves the references of one stack, by its template and the outputs of the other stacks. */
export function stackLookup(
  stack: Stack,
  env: Environment,
  stacks: ReadonlyMap<string, StackOutputs>,
  identify: (logicalId: string, path: string) => Identity & { readonly type: string },
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
      for (const other of stacks.values()) {
        const found = other.exported(name);
        if (found !== undefined) return found.value;
      }
      throw new TemplateProblem(path, `no stack exports ${name}`);
    },
    stackOutput: (stackName, region, output, path) => {
      if (region !== undefined && region !== env.region) {
        throw new TemplateProblem(path, `region ${region} is not ${env.region}`);
      }
      const other = stacks.get(stackName);
      if (other === undefined) throw new TemplateProblem(path, `there is no stack ${stackName}`);
      return other.output(output, path);
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

/** A section of a template or of a declaration; empty when there is none. */
export function section(value: unknown, key: string): JsonObject {
  const found = isObject(value) ? value[key] : undefined;
  return isObject(found) ? found : {};
}
