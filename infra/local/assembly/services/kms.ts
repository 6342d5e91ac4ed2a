import type { KeyResource } from '../../resources/kms.ts';
import { TemplateProblem } from '../error.ts';
import { type Fields, optionalText, text } from '../fields.ts';
import { arnOf, type Identify, type ResolvedStacks, stableUuid } from '../resource.ts';
import { documentOf } from './iam.ts';

const key: Identify = (resource) => {
  const name = stableUuid(resource);
  const arn = arnOf(resource, 'kms', `key/${name}`);
  return { ref: name, name, arn, attributes: { Arn: arn, KeyId: name } };
};

const alias: Identify = (resource) => {
  const name = text(resource.properties, 'AliasName');
  const arn = arnOf(resource, 'kms', name);
  return { ref: name, name, arn, attributes: { Arn: arn } };
};

export const KMS_TYPES: Readonly<Record<string, Identify>> = {
  'AWS::KMS::Key': key,
  'AWS::KMS::Alias': alias,
};

export function keysOf(stacks: ResolvedStacks): readonly KeyResource[] {
  return stacks.ofType('AWS::KMS::Key').map(({ arn, properties }) => ({
    arn,
    policy: properties.value['KeyPolicy'] === undefined ? undefined : documentOf(properties, 'KeyPolicy'),
  }));
}

/**
 * ARN of the key that a property names by ARN, id or alias; undefined without the property. A key that is no part of the
 * assembly has to be named by its ARN.
 * @throws {TemplateProblem} for an id or an alias of no key of the assembly
 */
export function keyArnOf(fields: Fields, property: string, stacks: ResolvedStacks): string | undefined {
  const given = optionalText(fields, property);
  if (given === undefined || /^arn:[\w-]+:kms:[\w-]*:\d*:key\//.test(given)) return given;
  const named = stacks.ofType('AWS::KMS::Alias').find(({ name, arn }) => name === given || arn === given);
  const target = named ? text(named.properties, 'TargetKeyId') : given;
  const found = stacks.ofType('AWS::KMS::Key').find(({ name, arn }) => name === target || arn === target);
  if (found === undefined)
    throw new TemplateProblem(`${fields.path}.${property}`, `there is no key ${given}`);
  return found.arn;
}
