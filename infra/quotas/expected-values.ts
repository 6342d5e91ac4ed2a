import type { StackTemplate, TemplateResource } from './templates.ts';

/** The longest of each that is in common use, so that what is measured holds in every region. */
const REGION = 'ap-southeast-1';
const ACCOUNT = '123456789012';
const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::Region': REGION,
  'AWS::AccountId': ACCOUNT,
  'AWS::URLSuffix': 'amazonaws.com',
};
/** A value that only the deployment knows and that has no form of its own here. */
const UNKNOWN = 'x'.repeat(160);
const UUID = 'x'.repeat(36);

const arn = (service: string, resource: string): string =>
  `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;

/** The form of each type's ARN, by the resource's name. */
const arns: Readonly<Record<string, (name: string) => string>> = {
  'AWS::DynamoDB::GlobalTable': (name) => arn('dynamodb', `table/${name}`),
  'AWS::Events::EventBus': (name) => arn('events', `event-bus/${name}`),
  'AWS::IAM::ManagedPolicy': (name) => `arn:aws:iam::${ACCOUNT}:policy/${name}`,
  'AWS::IAM::Role': (name) => `arn:aws:iam::${ACCOUNT}:role/${name}`,
  'AWS::KMS::Key': () => arn('kms', `key/${UUID}`),
  'AWS::Lambda::Function': (name) => arn('lambda', `function:${name}`),
  'AWS::Logs::LogGroup': (name) => arn('logs', `log-group:${name}:*`),
  'AWS::Scheduler::ScheduleGroup': (name) => arn('scheduler', `schedule-group/${name}`),
  'AWS::SecretsManager::Secret': (name) => arn('secretsmanager', `secret:${name}-xxxxxx`),
  'AWS::SNS::Topic': (name) => arn('sns', name),
  'AWS::SQS::Queue': (name) => arn('sqs', name),
};
/** Types whose `Ref` is their ARN. */
const REF_IS_ARN = ['AWS::IAM::ManagedPolicy', 'AWS::SecretsManager::Secret', 'AWS::SNS::Topic'];
const NAME_PROPERTIES = [
  'FunctionName',
  'TableName',
  'QueueName',
  'LogGroupName',
  'ManagedPolicyName',
  'RoleName',
  'TopicName',
  'Name',
];

type Intrinsic = readonly [name: string, argument: unknown];

/** Replaces what CloudFormation fills in by values of the length that is to be expected of them. */
export function expectedValues(value: unknown, at: StackTemplate, all: readonly StackTemplate[]): unknown {
  if (Array.isArray(value)) return value.map((element) => expectedValues(element, at, all));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value);
  const [first] = members;
  if (first && members.length === 1 && (first[0] === 'Ref' || first[0].startsWith('Fn::'))) {
    return expectedText(first, at, all);
  }
  return Object.fromEntries(members.map(([key, member]) => [key, expectedValues(member, at, all)]));
}

function expectedText([name, argument]: Intrinsic, at: StackTemplate, all: readonly StackTemplate[]): string {
  switch (name) {
    case 'Ref':
      return refText(String(argument), at);
    case 'Fn::GetAtt': {
      const [id, attribute] = (Array.isArray(argument) ? argument : String(argument).split('.')) as string[];
      return attributeText(String(id), String(attribute), at);
    }
    case 'Fn::Join': {
      const [separator, parts] = argument as [string, readonly unknown[]];
      return parts.map((part) => String(expectedValues(part, at, all))).join(separator);
    }
    case 'Fn::GetStackOutput': {
      const { StackName: stack, OutputName: output } = argument as Record<string, string>;
      const from = all.find((template) => template.stack === stack);
      const found = from?.outputs[output ?? ''];
      return from && found ? String(expectedValues(found.Value, from, all)) : UNKNOWN;
    }
    default:
      return UNKNOWN;
  }
}

function refText(id: string, at: StackTemplate): string {
  const resource = at.resources.get(id);
  if (!resource) return PSEUDO[id] ?? UNKNOWN;
  if (resource.Type === 'AWS::ApiGatewayV2::Api') return 'x'.repeat(10);
  const name = nameOf(id, resource, at);
  return REF_IS_ARN.includes(resource.Type) ? (arns[resource.Type]?.(name) ?? UNKNOWN) : name;
}

function attributeText(id: string, attribute: string, at: StackTemplate): string {
  const resource = at.resources.get(id);
  const form = resource && arns[resource.Type];
  if (!form) return UNKNOWN;
  const text = form(nameOf(id, resource, at));
  if (attribute === 'Arn') return text;
  return attribute === 'StreamArn' ? `${text}/stream/2026-01-01T00:00:00.000` : UNKNOWN;
}

/** Its name, or one like those that CloudFormation makes up. */
function nameOf(id: string, { Properties = {} }: TemplateResource, { stack }: StackTemplate): string {
  const given = NAME_PROPERTIES.map((property) => Properties[property]).find(
    (name) => typeof name === 'string',
  );
  return typeof given === 'string' ? given : `${stack}-${id}-xxxxxxxxxxxx`;
}
