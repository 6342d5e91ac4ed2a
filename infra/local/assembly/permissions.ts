import {
  deniedToAlarm,
  deniedToBus,
  deniedToLogGroup,
  deniedToRule,
  missingPermissions,
  pollActions,
} from '../iam/service-access.ts';
import { arnExpression, parseTemplate } from '../iam/template.ts';
import type { CustomResource } from '../resources/cloudformation.ts';
import type { AlarmResource } from '../resources/cloudwatch.ts';
import type { RuleResource } from '../resources/eventbridge.ts';
import type { RoleResource } from '../resources/iam.ts';
import type { Assembly } from '../resources/assembly.ts';
import type { DestinationResource, EventSourceMappingResource } from '../resources/lambda.ts';
import { child, flag, optionalText, text } from './fields.ts';
import type { ResolvedStacks, Resource } from './resource.ts';
import { ROUTE_THROTTLES } from './services/custom-resource.ts';
import { keyArnOf } from './services/kms.ts';
import { functionArn, splitQualifier } from './services/lambda.ts';
import { scheduleRefusals } from './services/scheduler.ts';

/** What an AWS service wants to do with a function. */
interface Invocation {
  readonly functionArn: string;
  readonly action: string;
  readonly principal: string;
  readonly sourceArn?: string;
  readonly viaUrl?: boolean;
}

function mayInvoke(stacks: ResolvedStacks, wanted: Invocation): boolean {
  return stacks.ofType('AWS::Lambda::Permission').some((permission) => grants(permission, wanted));
}

function grants(permission: Resource, wanted: Invocation): boolean {
  const { properties, env } = permission;
  const source = optionalText(properties, 'SourceArn');
  const account = optionalText(properties, 'SourceAccount');
  const principal = text(properties, 'Principal');
  return (
    functionArn(permission, 'FunctionName') === wanted.functionArn &&
    [wanted.action, 'lambda:*', '*'].includes(text(properties, 'Action')) &&
    (principal === wanted.principal || principal === '*') &&
    (wanted.viaUrl === true || !flag(properties, 'InvokedViaFunctionUrl', false)) &&
    (account === undefined || account === env.accountId) &&
    (source === undefined ||
      arnExpression(parseTemplate(source, false), {})?.test(wanted.sourceArn ?? '') === true)
  );
}

/** Routes whose API may not invoke their function. */
export function checkRoute(stacks: ResolvedStacks, route: Resource, target: string): readonly string[] {
  const { properties, env } = route;
  const apiId = text(properties, 'ApiId');
  const key = text(properties, 'RouteKey');
  const [method = '', path = ''] = key.split(' ');
  const stages = stacks
    .ofType('AWS::ApiGatewayV2::Stage')
    .filter((stage) => text(stage.properties, 'ApiId') === apiId);
  if (stages.length === 0) return [`${properties.path}: its API has no stage`];
  const api = `arn:aws:execute-api:${env.region}:${env.accountId}:${apiId}`;
  return stages
    .map((stage) => `${api}/${stage.name}/${method === 'ANY' ? '*' : method}${path}`)
    .filter(
      (sourceArn) =>
        !mayInvoke(stacks, { ...INVOKE, functionArn: target, principal: API_GATEWAY, sourceArn }),
    )
    .map(
      (source) =>
        `${properties.path}: API Gateway may not invoke ${target} for route "${key}" (source ${source})`,
    );
}

const INVOKE = { action: 'lambda:InvokeFunction' } as const;
const API_GATEWAY = 'apigateway.amazonaws.com';

/** A public function URL needs both actions granted to everyone. */
export function checkFunctionUrl(stacks: ResolvedStacks, url: Resource): readonly string[] {
  return ['lambda:InvokeFunctionUrl', 'lambda:InvokeFunction']
    .filter((action) => !mayInvoke(stacks, { action, functionArn: url.arn, principal: '*', viaUrl: true }))
    .map(
      (action) => `${url.properties.path}: the public may not invoke ${url.arn}: no permission for ${action}`,
    );
}

/** Targets and dead-letter queues that EventBridge may not invoke or send to. */
export function checkRule(stacks: ResolvedStacks, rule: RuleResource, assembly: Assembly): readonly string[] {
  const principal = 'events.amazonaws.com';
  const arns = rule.targets.flatMap((target) => [target.arn, target.deadLetterArn ?? []].flat());
  return [...new Set(arns)].flatMap((arn) => {
    if (arn.startsWith('arn:aws:lambda:')) {
      const wanted = { ...INVOKE, functionArn: arn, principal, sourceArn: rule.arn };
      return mayInvoke(stacks, wanted) ? [] : [`rule ${rule.name}: EventBridge may not invoke ${arn}`];
    }
    const queue = assembly.queues.find((candidate) => candidate.arn === arn);
    if (queue === undefined) return [`rule ${rule.name}: target ${arn} is not supported by the local runner`];
    const denied = deniedToRule(queue, rule, assembly);
    return denied === undefined
      ? []
      : [`rule ${rule.name}: EventBridge may not send to ${arn}: no policy allows ${denied}`];
  });
}

/** Topics that are not there, or that CloudWatch may not publish to. */
export function checkAlarm(
  { name, arn, actions }: AlarmResource,
  { topics, accountId, keys }: Pick<Assembly, 'topics' | 'accountId' | 'keys'>,
): readonly string[] {
  return [...new Set(Object.values(actions).flat())].flatMap((action) => {
    const topic = topics.find((candidate) => candidate.arn === action);
    if (topic === undefined) return [`alarm ${name}: there is no topic ${action}`];
    const denied = deniedToAlarm(topic, arn, { accountId, keys });
    return denied === undefined
      ? []
      : [`alarm ${name}: CloudWatch may not publish to ${action}: no policy allows ${denied}`];
  });
}

/** Log groups and buses whose services may not use their keys, and dead-letter queues that buses may not send to. */
export function keyRefusals(stacks: ResolvedStacks, assembly: Assembly): readonly string[] {
  const groups = stacks.ofType('AWS::Logs::LogGroup').flatMap(({ arn: any, name, properties }) => {
    const arn = any.replace(/:\*$/, '');
    const denied = deniedToLogGroup({ arn, kmsKeyArn: keyArnOf(properties, 'KmsKeyId', stacks) }, assembly);
    return denied === undefined ? [] : [`log group ${name}: CloudWatch Logs may not ${denied} by its key`];
  });
  const buses = assembly.buses.flatMap((bus) => {
    const denied = deniedToBus(bus, assembly);
    const queue = assembly.queues.find(({ arn }) => arn === bus.deadLetterArn);
    const unsent = queue && deniedToRule(queue, bus, assembly);
    return [
      ...(denied === undefined ? [] : [`event bus ${bus.name}: EventBridge may not ${denied} by its key`]),
      ...(unsent === undefined ? [] : [`event bus ${bus.name}: EventBridge may not send to ${queue?.arn}`]),
    ];
  });
  return [...groups, ...buses];
}

/** The destinations of a function's asynchronous invocations. */
export function toDestinations(config: Resource): readonly DestinationResource[] {
  const { properties } = config;
  const destinations = child(properties, 'DestinationConfig');
  return ['OnFailure', 'OnSuccess'].flatMap((way) => {
    const to = destinations && child(destinations, way);
    const arn = to && optionalText(to, 'Destination');
    return arn === undefined
      ? []
      : [{ functionArn: functionArn(config, 'FunctionName'), arn, path: properties.path }];
  });
}

/** Lambda refuses a destination that the function's role may not send to. */
function checkDestination(
  { functionArn: target, arn, path }: DestinationResource,
  assembly: Assembly,
): readonly string[] {
  const { functions, roles } = assembly;
  const fn = functions.find((candidate) => candidate.arn === target);
  if (fn === undefined) return [`${path}: there is no function ${target}`];
  const role = roles.find((candidate) => candidate.arn === fn.roleArn);
  const wanted = { action: 'sqs:SendMessage', resource: arn };
  const missing = role === undefined ? [wanted] : missingPermissions(role, wanted, assembly);
  return missing.map(({ action }) => `${path}: ${fn.name} may not send to ${arn}: its role lacks ${action}`);
}

/** What AWS would refuse to create because of what roles may do. */
export const roleRefusals = (assembly: Assembly): readonly string[] => [
  ...assembly.destinations.flatMap((destination) => checkDestination(destination, assembly)),
  ...assembly.schedules.flatMap((schedule) => scheduleRefusals(schedule, assembly)),
  ...assembly.mappings.flatMap((mapping) => {
    const fn = assembly.functions.find((one) => one.arn === splitQualifier(mapping.functionArn).arn);
    const role = assembly.roles.find((one) => one.arn === fn?.roleArn);
    return role === undefined ? [] : checkMapping(mapping, role, assembly);
  }),
  ...assembly.customResources.flatMap((resource) => checkThrottles(resource, assembly)),
];

/** The function that throttles routes, with the rights of its role, or else the deployment fails. */
function checkThrottles(
  { type, functionArn: alias, properties, stack, logicalId }: CustomResource,
  assembly: Assembly,
): readonly string[] {
  if (type !== ROUTE_THROTTLES) return [];
  const fn = assembly.functions.find(({ arn }) => arn === splitQualifier(alias).arn);
  const role = assembly.roles.find(({ arn }) => arn === fn?.roleArn);
  const { apiId, stage } = properties;
  const stageArn = `arn:aws:apigateway:${assembly.region}::/apis/${String(apiId)}/stages/${String(stage)}`;
  const needed = [
    { action: 'apigateway:PATCH', resource: stageArn },
    { action: 'apigateway:DELETE', resource: `${stageArn}/routesettings/key` },
  ];
  return needed
    .flatMap((one) => (role === undefined ? [one] : missingPermissions(role, one, assembly)))
    .map(
      ({ action, resource }) =>
        `${stack}/${logicalId}: role ${String(role?.name)} may not ${action} on ${resource}`,
    );
}

/** Lambda polls with the function's role, and refuses a mapping whose role lacks a permission. */
function checkMapping(
  mapping: EventSourceMappingResource,
  role: RoleResource,
  assembly: Assembly,
): readonly string[] {
  const needed = pollActions(mapping.sourceArn).map((action) => [action, mapping.sourceArn] as const);
  const onFailure =
    mapping.onFailureArn === undefined ? [] : [['sqs:SendMessage', mapping.onFailureArn] as const];
  return [...needed, ...onFailure]
    .flatMap(([action, resource]) => missingPermissions(role, { action, resource }, assembly))
    .map(
      ({ action, resource }) =>
        `event source mapping of ${mapping.functionArn}: role ${role.name} may not ${action} on ${resource}`,
    );
}
