import type { PolicyDocument, RoleResource } from '../../resources/iam.ts';
import { TemplateProblem } from '../error.ts';
import { children, type Fields, fieldsOf, optionalText, texts } from '../fields.ts';
import { type Identify, inert, nameOf, type ResolvedStacks, type Resource, stableId } from '../resource.ts';

const role: Identify = (resource) => {
  const name = nameOf(resource, 'RoleName');
  const arn = `arn:aws:iam::${resource.env.accountId}:role${pathOf(resource.properties)}${name}`;
  return {
    ref: name,
    name,
    arn,
    attributes: { Arn: arn, RoleId: `AROA${stableId(resource, 17).toUpperCase()}` },
  };
};

const managedPolicy: Identify = (resource) => {
  const name = nameOf(resource, 'ManagedPolicyName', 128);
  const arn = `arn:aws:iam::${resource.env.accountId}:policy${pathOf(resource.properties)}${name}`;
  return { ref: arn, name, arn, attributes: { PolicyArn: arn } };
};

export const IAM_TYPES: Readonly<Record<string, Identify>> = {
  'AWS::IAM::Role': role,
  'AWS::IAM::Policy': inert,
  'AWS::IAM::ManagedPolicy': managedPolicy,
};

/** AWS's own policies that CDK attaches by itself. */
const AWS_MANAGED: Readonly<Record<string, PolicyDocument>> = {
  'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole': {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: '*',
      },
    ],
  },
};

export function rolesOf(stacks: ResolvedStacks): readonly RoleResource[] {
  return stacks.ofType('AWS::IAM::Role').map((resource) => toRole(resource, stacks));
}

function toRole(resource: Resource, stacks: ResolvedStacks): RoleResource {
  const { properties } = resource;
  const boundaryArn = optionalText(properties, 'PermissionsBoundary');
  const inline = children(properties, 'Policies').map((policy) => documentOf(policy, 'PolicyDocument'));
  const attached = texts(properties, 'ManagedPolicyArns').map((arn) => managed(arn, stacks, properties.path));
  const attachedToRole = stacks
    .ofType('AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy')
    .filter((policy) => texts(policy.properties, 'Roles').includes(resource.name))
    .map((policy) => documentOf(policy.properties, 'PolicyDocument'));
  return {
    arn: resource.arn,
    name: resource.name,
    policies: [...inline, ...attached, ...attachedToRole],
    boundary: boundaryArn === undefined ? undefined : managed(boundaryArn, stacks, properties.path),
    trust: trustOf(properties),
  };
}

/** A trust policy has no resource: it stands for the role itself. */
function trustOf(properties: Fields): PolicyDocument | undefined {
  if (properties.value['AssumeRolePolicyDocument'] === undefined) return undefined;
  const document = documentOf(properties, 'AssumeRolePolicyDocument');
  return {
    ...document,
    Statement: [document.Statement].flat().map((statement) => ({ ...statement, Resource: '*' })),
  };
}

function managed(arn: string, stacks: ResolvedStacks, path: string): PolicyDocument {
  const own = stacks.ofType('AWS::IAM::ManagedPolicy').find((policy) => policy.arn === arn);
  if (own !== undefined) return documentOf(own.properties, 'PolicyDocument');
  const known = Object.hasOwn(AWS_MANAGED, arn) ? AWS_MANAGED[arn] : undefined;
  if (known === undefined)
    throw new TemplateProblem(path, `the managed policy ${arn} is not known to the local runner`);
  return known;
}

/** A policy document as it stands in the template; the evaluator validates its statements. */
export function documentOf(fields: Fields, key: string): PolicyDocument {
  const document = fieldsOf(fields.value[key], `${fields.path}.${key}`).value;
  return document as unknown as PolicyDocument;
}

/** Statements of several policies of one resource, as one document. */
export function mergeDocuments(documents: readonly PolicyDocument[]): PolicyDocument | undefined {
  const [first] = documents;
  if (first === undefined) return undefined;
  const statements = documents.flatMap((one) => [one.Statement].flat());
  return { ...first, Statement: statements };
}

function pathOf(properties: Fields): string {
  return optionalText(properties, 'Path') ?? '/';
}
