import type { FunctionResource, FunctionUrlResource } from '../../resources/lambda.ts';
import { TemplateProblem } from '../error.ts';
import { child, children, type Fields, flag, number, optionalText, refuse, text, texts } from '../fields.ts';
import {
  arnOf,
  type Declared,
  type Identify,
  inert,
  nameOf,
  type ResolvedStacks,
  type Resource,
  stableId,
  stableUuid,
} from '../resource.ts';

const lambdaFunction: Identify = (resource) => {
  const name = nameOf(resource, 'FunctionName');
  const arn = arnOf(resource, 'lambda', `function:${name}`);
  return { ref: name, name, arn, attributes: { Arn: arn } };
};

/** Locally there is one version of each function. */
const version: Identify = (resource) => {
  const arn = `${functionArn(resource, 'FunctionName')}:1`;
  return { ref: arn, name: '1', arn, attributes: { FunctionArn: arn, Version: '1' } };
};

const alias: Identify = (resource) => {
  const name = text(resource.properties, 'Name');
  const arn = `${functionArn(resource, 'FunctionName')}:${name}`;
  return { ref: arn, name, arn, attributes: { AliasArn: arn } };
};

const url: Identify = (resource) => {
  const qualifier = optionalText(resource.properties, 'Qualifier');
  const target = functionArn(resource, 'TargetFunctionArn');
  const arn = qualifier === undefined ? target : `${target}:${qualifier}`;
  const FunctionUrl = `https://${stableId(resource, 32)}.lambda-url.${resource.env.region}.on.aws/`;
  return { ref: arn, name: resource.logicalId, arn, attributes: { FunctionArn: arn, FunctionUrl } };
};

const mapping: Identify = (resource) => {
  const id = stableUuid(resource);
  const arn = arnOf(resource, 'lambda', `event-source-mapping:${id}`);
  return { ref: id, name: id, arn, attributes: { Id: id, EventSourceMappingArn: arn } };
};

export const LAMBDA_TYPES: Readonly<Record<string, Identify>> = {
  'AWS::Lambda::Function': lambdaFunction,
  'AWS::Lambda::Version': version,
  'AWS::Lambda::Alias': alias,
  'AWS::Lambda::Permission': inert,
  'AWS::Lambda::Url': url,
  'AWS::Lambda::EventSourceMapping': mapping,
  'AWS::Lambda::EventInvokeConfig': inert,
};

/** ARN of the function a property names by name or ARN, with the qualifier if it has one. */
export function functionArn(resource: Declared, key: string): string {
  const given = text(resource.properties, key);
  return given.startsWith('arn:') ? given : arnOf(resource, 'lambda', `function:${given}`);
}

/** Splits `...:function:name:live` in the function's own ARN and the qualifier. */
export function splitQualifier(arn: string): {
  readonly arn: string;
  readonly qualifier: string | undefined;
} {
  const parts = arn.split(':');
  return { arn: parts.slice(0, 7).join(':'), qualifier: parts[7] };
}

/** @throws {TemplateProblem} when no function, alias or version of the assembly has this ARN */
export function checkFunction(stacks: ResolvedStacks, arn: string, path: string): string {
  const { qualifier } = splitQualifier(arn);
  const type =
    qualifier === undefined ? ['AWS::Lambda::Function'] : ['AWS::Lambda::Alias', 'AWS::Lambda::Version'];
  if (!stacks.ofType(...type).some((resource) => resource.arn === arn)) {
    throw new TemplateProblem(path, `there is no function ${arn}`);
  }
  return arn;
}

export function toFunction(resource: Resource, stacks: ResolvedStacks): FunctionResource {
  const { properties } = resource;
  const metadata = metadataOf(resource);
  const aliases = stacks
    .ofType('AWS::Lambda::Alias')
    .filter((candidate) => splitQualifier(candidate.arn).arn === resource.arn)
    .map((candidate) => candidate.name);
  return {
    name: resource.name,
    arn: resource.arn,
    aliases,
    roleArn: roleOf(resource, stacks),
    handler: text(properties, 'Handler'),
    codeDir: codeDirOf(resource),
    environment: environmentOf(properties),
    memoryMb: number(properties, 'MemorySize', 128),
    timeoutSeconds: number(properties, 'Timeout', 3),
    reservedConcurrency: number(properties, 'ReservedConcurrentExecutions', Infinity),
    plugin: text(metadata, 'plugin'),
    key: text(metadata, 'function'),
    manifest: optionalText(metadata, 'manifest'),
    grantable: children(metadata, 'grantable').map((grant) => ({
      permission: text(grant, 'permission'),
      actions: texts(grant, 'actions'),
      resources: texts(grant, 'resources'),
    })),
  };
}

function metadataOf(resource: Resource): Fields {
  if (resource.metadata !== undefined) return resource.metadata;
  throw new TemplateProblem(`${resource.stack}/${resource.logicalId}`, 'has no Metadata.AnineePlus');
}

function roleOf(resource: Resource, stacks: ResolvedStacks): string {
  const arn = text(resource.properties, 'Role');
  if (stacks.ofType('AWS::IAM::Role').some((role) => role.arn === arn)) return arn;
  throw new TemplateProblem(`${resource.properties.path}.Role`, `there is no role ${arn}`);
}

function codeDirOf(resource: Resource): string {
  const path = `${resource.properties.path}.Code`;
  const code = child(resource.properties, 'Code');
  const key = code && optionalText(code, 'S3Key');
  const dir = key === undefined ? undefined : resource.assets.get(key);
  if (dir === undefined) throw new TemplateProblem(path, `is no asset of stack ${resource.stack}`);
  return dir;
}

function environmentOf(properties: Fields): Readonly<Record<string, string>> {
  const environment = child(properties, 'Environment');
  const variables = environment && child(environment, 'Variables');
  if (variables === undefined) return {};
  return Object.fromEntries(Object.keys(variables.value).map((key) => [key, text(variables, key)]));
}

export function toFunctionUrl(resource: Resource, stacks: ResolvedStacks): FunctionUrlResource {
  const { properties } = resource;
  if (text(properties, 'AuthType') !== 'NONE') refuse(properties, ['AuthType']);
  const metadata = metadataOf(resource);
  return {
    functionArn: checkFunction(stacks, resource.arn, properties.path),
    plugin: text(metadata, 'plugin'),
    webhook: text(metadata, 'webhook'),
    path: text(metadata, 'path'),
    maxBodyBytes: number(metadata, 'maxBodyBytes', 6_291_456),
  };
}

/** Whether a mapping or another switch is on unless it says otherwise. */
export function isEnabled(properties: Fields): boolean {
  return flag(properties, 'Enabled', true);
}
