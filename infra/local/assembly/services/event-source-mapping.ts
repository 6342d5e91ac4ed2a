import type { EventSourceMappingResource } from '../../resources/lambda.ts';
import { TemplateProblem } from '../error.ts';
import {
  child,
  children,
  type Fields,
  fieldsOf,
  flag,
  number,
  optionalText,
  text,
  texts,
} from '../fields.ts';
import type { ResolvedStacks, Resource } from '../resource.ts';
import { checkedPattern } from './events.ts';
import { checkFunction, functionArn, isEnabled } from './lambda.ts';

export function toMapping(resource: Resource, stacks: ResolvedStacks): EventSourceMappingResource {
  const { properties } = resource;
  const sourceArn = checkSource(stacks, text(properties, 'EventSourceArn'), properties.path);
  const destination = child(properties, 'DestinationConfig');
  const onFailure = destination && child(destination, 'OnFailure');
  const scaling = child(properties, 'ScalingConfig');
  const criteria = child(properties, 'FilterCriteria');
  const isQueue = sourceArn.startsWith('arn:aws:sqs:');
  return {
    id: resource.name,
    sourceArn,
    functionArn: checkFunction(stacks, functionArn(resource, 'FunctionName'), properties.path),
    batchSize: number(properties, 'BatchSize', isQueue ? 10 : 100),
    batchingWindowSeconds: number(properties, 'MaximumBatchingWindowInSeconds', 0),
    maximumConcurrency: scaling ? number(scaling, 'MaximumConcurrency', Infinity) : Infinity,
    filters: criteria === undefined ? [] : children(criteria, 'Filters').map(filterPatternOf),
    reportBatchItemFailures: texts(properties, 'FunctionResponseTypes').includes('ReportBatchItemFailures'),
    bisectOnError: flag(properties, 'BisectBatchOnFunctionError', false),
    maxRetries: number(properties, 'MaximumRetryAttempts', -1),
    maxRecordAgeSeconds: number(properties, 'MaximumRecordAgeInSeconds', -1),
    onFailureArn: onFailure && optionalText(onFailure, 'Destination'),
    enabled: isEnabled(properties),
  };
}

function checkSource(stacks: ResolvedStacks, arn: string, path: string): string {
  const streams = stacks.ofType('AWS::DynamoDB::GlobalTable', 'AWS::DynamoDB::Table');
  const isKnown =
    streams.some((table) => table.attributes['StreamArn'] === arn) ||
    stacks.ofType('AWS::SQS::Queue').some((queue) => queue.arn === arn);
  if (!isKnown) throw new TemplateProblem(`${path}.EventSourceArn`, `there is no stream or queue ${arn}`);
  return arn;
}

function filterPatternOf(filter: Fields): Fields['value'] {
  const path = `${filter.path}.Pattern`;
  let pattern: unknown;
  try {
    pattern = JSON.parse(text(filter, 'Pattern'));
  } catch (error) {
    if (error instanceof SyntaxError) throw new TemplateProblem(path, 'is not JSON');
    throw error;
  }
  return checkedPattern(fieldsOf(pattern, path));
}
