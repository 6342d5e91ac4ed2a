import { isObject, type JsonObject } from '../json.ts';
import { TemplateProblem } from './error.ts';

/** Resolves the references of one stack. Each function throws a TemplateProblem for what it does not know. */
export interface Lookup {
  /** Resource, parameter or pseudo parameter; `NO_VALUE` for `AWS::NoValue`. */
  ref(name: string, path: string): unknown;
  attribute(logicalId: string, attribute: string, path: string): unknown;
  condition(name: string, path: string): boolean;
  mapping(map: string, top: string, second: string, path: string): unknown;
  imported(name: string, path: string): unknown;
  stackOutput(stackName: string, region: string | undefined, output: string, path: string): unknown;
}

/** What `AWS::NoValue` resolves to; the member that holds it disappears. */
export const NO_VALUE: unique symbol = Symbol('AWS::NoValue');

type Intrinsic = (argument: unknown, lookup: Lookup, path: string) => unknown;

/** Replaces every CloudFormation intrinsic in a value. @throws {TemplateProblem} with the path of what is not known */
export function resolve(value: unknown, lookup: Lookup, path: string): unknown {
  if (typeof value === 'string' && value.includes('{{resolve:')) {
    throw new TemplateProblem(path, 'dynamic references are not supported by the local runner');
  }
  if (Array.isArray(value)) {
    return value
      .map((element, index) => resolve(element, lookup, `${path}[${index}]`))
      .filter((element) => element !== NO_VALUE);
  }
  if (!isObject(value)) return value;
  const intrinsic = intrinsicOf(value, path);
  if (intrinsic !== undefined)
    return intrinsic.apply(intrinsic.argument, lookup, `${path}.${intrinsic.name}`);
  const members = Object.entries(value).flatMap(([key, member]) => {
    const resolved = resolve(member, lookup, `${path}.${key}`);
    return resolved === NO_VALUE ? [] : [[key, resolved] as const];
  });
  return Object.fromEntries(members);
}

function intrinsicOf(value: JsonObject, path: string) {
  const keys = Object.keys(value);
  const name =
    keys.find((key) => key.startsWith('Fn::')) ??
    (keys.length === 1 && keys[0] === 'Ref' ? 'Ref' : undefined);
  if (name === undefined) return undefined;
  const apply = Object.hasOwn(INTRINSICS, name) ? INTRINSICS[name] : undefined;
  if (apply === undefined) throw new TemplateProblem(path, `unknown intrinsic function ${name}`);
  if (keys.length > 1) throw new TemplateProblem(path, `${name} cannot have other members beside it`);
  return { name, apply, argument: value[name] };
}

const INTRINSICS: Readonly<Record<string, Intrinsic>> = {
  Ref: (argument, lookup, path) => lookup.ref(literal(argument, path), path),
  'Fn::GetAtt': (argument, lookup, path) => {
    const parts = typeof argument === 'string' ? splitOnce(argument) : listOf(argument, path, 2);
    const attribute = scalarText(resolve(parts[1], lookup, `${path}[1]`), `${path}[1]`);
    return lookup.attribute(literal(parts[0], `${path}[0]`), attribute, path);
  },
  'Fn::Join': (argument, lookup, path) => {
    const [separator, parts] = listOf(argument, path, 2);
    const resolved = listOf(resolve(parts, lookup, `${path}[1]`), `${path}[1]`);
    return resolved
      .map((part, index) => scalarText(part, `${path}[1][${index}]`))
      .join(literal(separator, `${path}[0]`));
  },
  'Fn::Sub': substitute,
  'Fn::Select': (argument, lookup, path) => {
    const [index, from] = listOf(argument, path, 2);
    const at = Number(scalarText(resolve(index, lookup, `${path}[0]`), `${path}[0]`));
    const selected = listOf(resolve(from, lookup, `${path}[1]`), `${path}[1]`)[at];
    if (selected === undefined) throw new TemplateProblem(path, `there is no element ${at}`);
    return selected;
  },
  'Fn::Split': (argument, lookup, path) => {
    const [separator, whole] = listOf(argument, path, 2);
    return scalarText(resolve(whole, lookup, `${path}[1]`), `${path}[1]`).split(
      literal(separator, `${path}[0]`),
    );
  },
  'Fn::If': (argument, lookup, path) => {
    const [condition, whenTrue, whenFalse] = listOf(argument, path, 3);
    const holds = lookup.condition(literal(condition, `${path}[0]`), path);
    return holds ? resolve(whenTrue, lookup, `${path}[1]`) : resolve(whenFalse, lookup, `${path}[2]`);
  },
  'Fn::FindInMap': (argument, lookup, path) => {
    const keys = listOf(argument, path, 3).map((key, index) =>
      scalarText(resolve(key, lookup, `${path}[${index}]`), `${path}[${index}]`),
    );
    return lookup.mapping(keys[0] ?? '', keys[1] ?? '', keys[2] ?? '', path);
  },
  'Fn::Base64': (argument, lookup, path) =>
    Buffer.from(scalarText(resolve(argument, lookup, path), path)).toString('base64'),
  'Fn::ImportValue': (argument, lookup, path) =>
    lookup.imported(scalarText(resolve(argument, lookup, path), path), path),
  'Fn::GetStackOutput': (argument, lookup, path) => {
    const fields = resolve(argument, lookup, path);
    if (!isObject(fields)) throw new TemplateProblem(path, 'must be an object');
    const { StackName: stack, Region: region, OutputName: output } = fields;
    return lookup.stackOutput(
      scalarText(stack, `${path}.StackName`),
      region === undefined ? undefined : scalarText(region, `${path}.Region`),
      scalarText(output, `${path}.OutputName`),
      path,
    );
  },
  'Fn::Length': (argument, lookup, path) => listOf(resolve(argument, lookup, path), path).length,
};

/** `"text ${A} ${B.Arn}"` or `["text ${x}", {"x": ...}]`; `${!name}` stays `${name}`. */
function substitute(argument: unknown, lookup: Lookup, path: string): string {
  const [template, own] = typeof argument === 'string' ? [argument, {}] : listOf(argument, path, 2);
  const variables = resolve(own, lookup, `${path}[1]`);
  if (!isObject(variables)) throw new TemplateProblem(path, 'its second element must be an object');
  return literal(template, path).replaceAll(/\$\{([^}]*)\}/g, (_match, inner: string) => {
    const name = inner.trim();
    if (name.startsWith('!')) return `\${${name.slice(1)}}`;
    if (Object.hasOwn(variables, name)) return scalarText(variables[name], `${path}.\${${name}}`);
    const [logicalId, attribute] = splitOnce(name);
    const value =
      attribute === undefined ? lookup.ref(name, path) : lookup.attribute(logicalId, attribute, path);
    return scalarText(value, `${path}.\${${name}}`);
  });
}

function splitOnce(name: string): [string, string | undefined] {
  const dot = name.indexOf('.');
  return dot < 0 ? [name, undefined] : [name.slice(0, dot), name.slice(dot + 1)];
}

function listOf(value: unknown, path: string, length?: number): readonly unknown[] {
  if (!Array.isArray(value) || (length !== undefined && value.length !== length)) {
    throw new TemplateProblem(
      path,
      length === undefined ? 'must be a list' : `must be a list of ${length} elements`,
    );
  }
  return value;
}

function literal(value: unknown, path: string): string {
  if (typeof value !== 'string') throw new TemplateProblem(path, 'must be literal text');
  return value;
}

function scalarText(value: unknown, path: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new TemplateProblem(path, 'does not resolve to text');
}
