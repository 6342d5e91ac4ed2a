import type { ActionMapper, NeededPermission, SdkCall } from './action-mapper.ts';
import { DYNAMODB } from './actions-dynamodb.ts';
import { listMember, record, textMember, UnreadableBody } from './body.ts';
import { keyPermissions } from './key-permissions.ts';
import type { Context } from './template.ts';

/** Name of a resource, or its ARN as it is. */
function resourceArn(call: SdkCall, service: string, name: string, prefix = ''): string {
  return name.startsWith('arn:')
    ? name
    : `arn:aws:${service}:${call.region}:${call.accountId}:${prefix}${name}`;
}

function knownSecret(call: SdkCall) {
  const id = textMember(call.body, 'SecretId');
  return call.secrets?.find((secret) => secret.name === id || secret.arn === id);
}

function onSecret(call: SdkCall): string {
  const id = textMember(call.body, 'SecretId');
  const known = knownSecret(call);
  // As IAM sees a secret that does not exist: the six random characters are unknown.
  return (
    known?.arn ??
    (id.startsWith('arn:') ? id : resourceArn(call, 'secretsmanager', `${id}-??????`, 'secret:'))
  );
}

const secret =
  (operation: string): ActionMapper =>
  (call) => {
    const stage = record(call.body)['VersionStage'];
    const context: Context = typeof stage === 'string' ? { 'secretsmanager:VersionStage': stage } : {};
    return [{ action: `secretsmanager:${operation}`, resource: onSecret(call), context }];
  };

const putEvents: ActionMapper = (call) =>
  listMember(call.body, 'Entries').map((entry) => {
    const bus = record(entry)['EventBusName'];
    return {
      action: 'events:PutEvents',
      resource: resourceArn(call, 'events', typeof bus === 'string' ? bus : 'default', 'event-bus/'),
      context: {
        'events:source': textMember(entry, 'Source'),
        'events:detail-type': textMember(entry, 'DetailType'),
        'events:eventBusInvocation': false,
      },
    };
  });

const invoke: ActionMapper = (call) => {
  const arn = resourceArn(call, 'lambda', textMember(call.body, 'FunctionName'), 'function:');
  const qualifier = record(call.body)['Qualifier'];
  const isQualified = arn.split(':').length > 7;
  const resource = typeof qualifier === 'string' && !isQualified ? `${arn}:${qualifier}` : arn;
  return [{ action: 'lambda:InvokeFunction', resource, context: {} }];
};

const mapping =
  (operation: string): ActionMapper =>
  (call) => {
    const id = textMember(call.body, 'UUID');
    const functionArn = call.mappings?.find((candidate) => candidate.id === id)?.functionArn ?? null;
    return [
      {
        action: `lambda:${operation}`,
        resource: resourceArn(call, 'lambda', id, 'event-source-mapping:'),
        context: { 'lambda:FunctionArn': functionArn },
      },
    ];
  };

/** Batch calls of SQS are checked as the single call they repeat. */
const queue =
  (operation: string): ActionMapper =>
  (call) => {
    const [name, owner] = textMember(call.body, 'QueueUrl').split('/').reverse();
    if (!name || !owner) throw new UnreadableBody('QueueUrl');
    const resource = `arn:aws:sqs:${call.region}:${owner}:${name}`;
    return [{ action: `sqs:${operation}`, resource, context: {} }];
  };

/** API Gateway has one action for each method of HTTP, and paths as resources. */
const stage =
  (method: 'DELETE' | 'PATCH', part: (call: SdkCall) => string = () => ''): ActionMapper =>
  (call) => {
    const path = `/apis/${textMember(call.body, 'ApiId')}/stages/${textMember(call.body, 'StageName')}`;
    const resource = `arn:aws:apigateway:${call.region}::${path}${part(call)}`;
    return [{ action: `apigateway:${method}`, resource, context: {} }];
  };

const API_GATEWAY: Readonly<Record<string, ActionMapper>> = {
  UpdateStage: stage('PATCH'),
  DeleteRouteSettings: stage(
    'DELETE',
    ({ body }) => `/routesettings/${encodeURIComponent(textMember(body, 'RouteKey'))}`,
  ),
};

const SECRETS_MANAGER: Readonly<Record<string, ActionMapper>> = {
  GetSecretValue: secret('GetSecretValue'),
  DescribeSecret: secret('DescribeSecret'),
  PutSecretValue: secret('PutSecretValue'),
  UpdateSecretVersionStage: secret('UpdateSecretVersionStage'),
  ListSecretVersionIds: secret('ListSecretVersionIds'),
};

const LAMBDA: Readonly<Record<string, ActionMapper>> = {
  Invoke: invoke,
  InvokeFunction: invoke,
  ListEventSourceMappings: () => [{ action: 'lambda:ListEventSourceMappings', resource: '*', context: {} }],
  GetEventSourceMapping: mapping('GetEventSourceMapping'),
  UpdateEventSourceMapping: mapping('UpdateEventSourceMapping'),
};

const SQS: Readonly<Record<string, ActionMapper>> = {
  SendMessage: queue('SendMessage'),
  SendMessageBatch: queue('SendMessage'),
  ReceiveMessage: queue('ReceiveMessage'),
  DeleteMessage: queue('DeleteMessage'),
  DeleteMessageBatch: queue('DeleteMessage'),
  ChangeMessageVisibility: queue('ChangeMessageVisibility'),
  ChangeMessageVisibilityBatch: queue('ChangeMessageVisibility'),
  GetQueueAttributes: queue('GetQueueAttributes'),
  GetQueueUrl: (call) => [
    {
      action: 'sqs:GetQueueUrl',
      resource: resourceArn(call, 'sqs', textMember(call.body, 'QueueName')),
      context: {},
    },
  ],
};

const SERVICES: Readonly<Record<string, Readonly<Record<string, ActionMapper>>>> = {
  apigateway: API_GATEWAY,
  dynamodb: DYNAMODB,
  dynamodbstreams: DYNAMODB,
  secretsmanager: SECRETS_MANAGER,
  events: { PutEvents: putEvents },
  lambda: LAMBDA,
  sqs: SQS,
  xray: { PutSpans: () => [{ action: 'xray:PutSpans', resource: '*', context: {} }] },
};

/**
 * The permissions an AWS call needs. Undefined for an operation that is not mapped, or whose body does not say what
 * it touches: the caller must then refuse the call. Source: AWS service authorization reference.
 */
export function neededPermissions(call: SdkCall): readonly NeededPermission[] | undefined {
  const operations = Object.hasOwn(SERVICES, call.service) ? SERVICES[call.service] : undefined;
  const mapper =
    operations && Object.hasOwn(operations, call.operation) ? operations[call.operation] : undefined;
  if (mapper === undefined) return undefined;
  try {
    const mapped = mapper(call);
    if (mapped.length === 0) return undefined;
    const needed = mapped.flatMap((one) => [one, ...keyPermissions(one, call)]);
    const common: Context = { 'aws:RequestedRegion': call.region, 'aws:SecureTransport': true };
    return needed.map((one) => ({ ...one, context: { ...common, ...one.context } }));
  } catch (error) {
    if (error instanceof UnreadableBody) return undefined;
    throw error;
  }
}
