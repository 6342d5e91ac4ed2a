import { createHash } from 'node:crypto';
import { type Fields, optionalText } from './fields.ts';

/** The environment of a stack, as CDK calls it. */
export interface Environment {
  readonly region: string;
  readonly accountId: string;
}

/** A resource whose properties are resolved, before it has its identity. */
export interface Declared {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Fields;
  readonly env: Environment;
}

/** What a resource is called once it exists. */
export interface Identity {
  /** What `Ref` answers. */
  readonly ref: string;
  readonly name: string;
  /** Empty for resources without an ARN of their own. */
  readonly arn: string;
  /** What `Fn::GetAtt` answers. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** A resource with its properties resolved and its physical name. */
export interface Resource extends Declared, Identity {
  /** Resolved `Metadata.AnineePlus`. */
  readonly metadata: Fields | undefined;
  /** Source directories of the stack's assets by object key. */
  readonly assets: ReadonlyMap<string, string>;
}

/** The stacks of an assembly with every reference resolved. */
export interface ResolvedStacks {
  readonly env: Environment;
  readonly resources: readonly Resource[];
  /** Resolved `Metadata.AnineePlus` of each template that has it. */
  readonly metadata: readonly Fields[];
  ofType(...types: readonly string[]): readonly Resource[];
}

/** Gives a resource of one type its identity. */
export type Identify = (resource: Declared) => Identity;

/** Letters and digits that stay the same for one logical id of one stack. */
export function stableId(resource: Declared, length: number): string {
  const digest = createHash('sha256').update(`${resource.stack}/${resource.logicalId}`).digest('hex');
  return digest.slice(0, length);
}

/** The same as a UUID, for services that name things so. */
export function stableUuid(resource: Declared): string {
  return stableId(resource, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** The given physical name, else one as CloudFormation derives it, at most `longest` characters. */
export function nameOf(resource: Declared, key: string, longest = 64): string {
  const given = optionalText(resource.properties, key);
  if (given !== undefined) return given;
  const suffix = stableId(resource, 12);
  return `${`${resource.stack}-${resource.logicalId}`.slice(0, longest - suffix.length - 1)}-${suffix}`;
}

export function arnOf(resource: Declared, service: string, rest: string): string {
  return `arn:aws:${service}:${resource.env.region}:${resource.env.accountId}:${rest}`;
}

/** For types that only CloudFormation uses. */
export const inert: Identify = (resource) => {
  const name = `${resource.stack}-${resource.logicalId}-${stableId(resource, 12)}`;
  return { ref: name, name, arn: '', attributes: {} };
};
