import { parseExpression } from '../../events/schedule-expression.ts';
import { evaluate } from '../../iam/evaluate.ts';
import { missingPermissions } from '../../iam/service-access.ts';
import type { Assembly } from '../../resources/assembly.ts';
import type { ScheduleResource } from '../../resources/eventbridge.ts';
import { TemplateProblem } from '../error.ts';
import { child, type Fields, optionalText, refuse, text } from '../fields.ts';
import { arnOf, type Identify, nameOf, type ResolvedStacks, type Resource } from '../resource.ts';
import { checkFunction } from './lambda.ts';

const namedGroup: Identify = (resource) => {
  const name = nameOf(resource, 'Name');
  const arn = arnOf(resource, 'scheduler', `schedule-group/${name}`);
  return { ref: name, name, arn, attributes: { Arn: arn } };
};

const namedSchedule: Identify = (resource) => {
  const name = nameOf(resource, 'Name');
  const arn = arnOf(resource, 'scheduler', `schedule/${groupNameOf(resource.properties)}/${name}`);
  return { ref: name, name, arn, attributes: { Arn: arn } };
};

const groupNameOf = (properties: Fields): string => optionalText(properties, 'GroupName') ?? 'default';

export const SCHEDULER_TYPES: Readonly<Record<string, Identify>> = {
  'AWS::Scheduler::ScheduleGroup': namedGroup,
  'AWS::Scheduler::Schedule': namedSchedule,
};

export function toSchedule(resource: Resource, stacks: ResolvedStacks): ScheduleResource {
  const { properties, metadata } = resource;
  refuse(properties, ['StartDate', 'EndDate', 'KmsKeyArn']);
  const target = required(properties, 'Target');
  refuse(target, [
    'EcsParameters',
    'EventBridgeParameters',
    'KinesisParameters',
    'SageMakerPipelineParameters',
    'SqsParameters',
  ]);
  const window = required(properties, 'FlexibleTimeWindow');
  if (text(window, 'Mode') !== 'OFF') refuse(window, ['Mode']);
  if ((optionalText(properties, 'ScheduleExpressionTimezone') ?? 'UTC') !== 'UTC') {
    refuse(properties, ['ScheduleExpressionTimezone']);
  }
  const expression = text(properties, 'ScheduleExpression');
  if (parseExpression(expression) === undefined) refuse(properties, ['ScheduleExpression']);
  const groupName = groupNameOf(properties);
  const ofGroup = stacks.ofType('AWS::Scheduler::ScheduleGroup').find(({ name }) => name === groupName);
  if (ofGroup === undefined && groupName !== 'default') {
    throw new TemplateProblem(`${properties.path}.GroupName`, `there is no schedule group ${groupName}`);
  }
  const deadLetter = child(target, 'DeadLetterConfig');
  if (metadata === undefined) throw new TemplateProblem(properties.path, 'has no Metadata.AnineePlus');
  return {
    name: resource.name,
    arn: resource.arn,
    groupArn: ofGroup?.arn ?? arnOf(resource, 'scheduler', 'schedule-group/default'),
    plugin: text(metadata, 'plugin'),
    key: text(metadata, 'schedule'),
    expression,
    enabled: optionalText(properties, 'State') !== 'DISABLED',
    functionArn: checkFunction(stacks, text(target, 'Arn'), `${target.path}.Arn`),
    roleArn: text(target, 'RoleArn'),
    input: optionalText(target, 'Input') ?? '{}',
    deadLetterArn: deadLetter && optionalText(deadLetter, 'Arn'),
  };
}

function required(fields: Fields, key: string): Fields {
  const value = child(fields, key);
  if (value === undefined) throw new TemplateProblem(`${fields.path}.${key}`, 'is required');
  return value;
}

/** What keeps EventBridge Scheduler from running a schedule; empty when nothing does. */
export function scheduleRefusals(schedule: ScheduleResource, assembly: Assembly): readonly string[] {
  const { roles, accountId } = assembly;
  const role = roles.find(({ arn }) => arn === schedule.roleArn);
  if (role === undefined) return [`schedule ${schedule.name}: there is no role ${schedule.roleArn}`];
  const trusts = evaluate(
    { identity: [], resource: role.trust },
    {
      action: 'sts:AssumeRole',
      resource: role.arn,
      principal: { service: 'scheduler.amazonaws.com' },
      context: { 'aws:SourceArn': schedule.groupArn, 'aws:SourceAccount': accountId },
    },
  );
  const problems = trusts.decision === 'allow' ? [] : [`EventBridge Scheduler may not assume ${role.name}`];
  const needed = [['lambda:InvokeFunction', schedule.functionArn] as const];
  const wanted =
    schedule.deadLetterArn === undefined
      ? needed
      : [...needed, ['sqs:SendMessage', schedule.deadLetterArn] as const];
  for (const [action, resource] of wanted) {
    for (const missing of missingPermissions(role, { action, resource }, assembly))
      problems.push(`role ${role.name} may not ${missing.action} on ${missing.resource}`);
  }
  return problems.map((problem) => `schedule ${schedule.name}: ${problem}`);
}
