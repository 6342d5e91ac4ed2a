import { compilePattern, PatternError } from '../../events/pattern.ts';
import type { BusResource, RuleResource } from '../../resources/eventbridge.ts';
import { TemplateProblem } from '../error.ts';
import { child, children, type Fields, optionalText, refuse, text } from '../fields.ts';
import { arnOf, type Identify, inert, nameOf, type ResolvedStacks, type Resource } from '../resource.ts';
import { keyArnOf } from './kms.ts';

const bus: Identify = (resource) => {
  const name = text(resource.properties, 'Name');
  const arn = arnOf(resource, 'events', `event-bus/${name}`);
  return { ref: name, name, arn, attributes: { Arn: arn, Name: name } };
};

const rule: Identify = (resource) => {
  const name = nameOf(resource, 'Name');
  const busName = busNameOf(resource.properties);
  const qualified = busName === 'default' ? name : `${busName}/${name}`;
  const arn = arnOf(resource, 'events', `rule/${qualified}`);
  return { ref: qualified.replace('/', '|'), name, arn, attributes: { Arn: arn } };
};

export const EVENTS_TYPES: Readonly<Record<string, Identify>> = {
  'AWS::Events::EventBus': bus,
  'AWS::Events::Rule': rule,
  'AWS::Events::Archive': inert,
};

export function busesOf(stacks: ResolvedStacks): readonly BusResource[] {
  return stacks.ofType('AWS::Events::EventBus').map(({ name, arn, properties }) => {
    const deadLetter = child(properties, 'DeadLetterConfig');
    return {
      name,
      arn,
      deadLetterArn: deadLetter && optionalText(deadLetter, 'Arn'),
      kmsKeyArn: keyArnOf(properties, 'KmsKeyIdentifier', stacks),
    };
  });
}

export function rulesOf(stacks: ResolvedStacks): readonly RuleResource[] {
  return stacks.ofType('AWS::Events::Rule').map(toRule);
}

function toRule(resource: Resource): RuleResource {
  const { properties } = resource;
  refuse(properties, ['ScheduleExpression']);
  const pattern = child(properties, 'EventPattern');
  if (pattern === undefined) throw new TemplateProblem(`${properties.path}.EventPattern`, 'is required');
  return {
    name: resource.name,
    arn: resource.arn,
    busName: busNameOf(properties),
    enabled: optionalText(properties, 'State') !== 'DISABLED',
    pattern: checkedPattern(pattern),
    targets: children(properties, 'Targets').map((target) => {
      refuse(target, ['Input', 'InputPath', 'InputTransformer']);
      const deadLetter = child(target, 'DeadLetterConfig');
      return {
        id: text(target, 'Id'),
        arn: text(target, 'Arn'),
        deadLetterArn: deadLetter && optionalText(deadLetter, 'Arn'),
      };
    }),
  };
}

/** The pattern, refused as EventBridge would refuse it. */
export function checkedPattern(pattern: Fields): Fields['value'] {
  try {
    compilePattern(pattern.value);
  } catch (error) {
    if (error instanceof PatternError) throw new TemplateProblem(pattern.path, error.message);
    throw error;
  }
  return pattern.value;
}

/** `EventBusName` is a name or an ARN. */
function busNameOf(properties: Fields): string {
  const given = optionalText(properties, 'EventBusName') ?? 'default';
  return given.slice(given.lastIndexOf('/') + 1);
}
