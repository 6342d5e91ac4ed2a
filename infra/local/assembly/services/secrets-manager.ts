import { createHash } from 'node:crypto';
import { isObject, parseJson } from '../../json.ts';
import type { SecretResource } from '../../resources/secrets-manager.ts';
import { TemplateProblem } from '../error.ts';
import { child, number, optionalText } from '../fields.ts';
import {
  arnOf,
  type Identify,
  inert,
  nameOf,
  type ResolvedStacks,
  type Resource,
  stableId,
} from '../resource.ts';

const secret: Identify = (resource) => {
  const name = nameOf(resource, 'Name', 512);
  // Secrets Manager ends an ARN in six characters of its own.
  const arn = arnOf(resource, 'secretsmanager', `secret:${name}-${stableId(resource, 6)}`);
  return { ref: arn, name, arn, attributes: { Id: arn } };
};

export const SECRETS_MANAGER_TYPES: Readonly<Record<string, Identify>> = {
  'AWS::SecretsManager::Secret': secret,
  'AWS::SecretsManager::ResourcePolicy': inert,
};

export function secretsOf(stacks: ResolvedStacks): readonly SecretResource[] {
  return stacks.ofType('AWS::SecretsManager::Secret').map((resource) => ({
    name: resource.name,
    arn: resource.arn,
    initialValue: initialValue(resource),
    kmsKeyArn: optionalText(resource.properties, 'KmsKeyId'),
  }));
}

function initialValue(resource: Resource): string {
  const { properties } = resource;
  const given = optionalText(properties, 'SecretString');
  if (given !== undefined) return given;
  const generate = child(properties, 'GenerateSecretString');
  if (generate === undefined) return '';
  const generated = createHash('sha512').update(resource.arn).digest('hex');
  const password = generated.slice(0, number(generate, 'PasswordLength', 32));
  const key = optionalText(generate, 'GenerateStringKey');
  if (key === undefined) return password;
  const template = parseJson(optionalText(generate, 'SecretStringTemplate') ?? '{}');
  if (!isObject(template))
    throw new TemplateProblem(`${generate.path}.SecretStringTemplate`, 'is not a JSON object');
  return JSON.stringify({ ...template, [key]: password });
}
