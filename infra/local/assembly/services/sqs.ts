import type { QueueResource } from '../../resources/sqs.ts';
import { TemplateProblem } from '../error.ts';
import { child, number, optionalText, text, texts } from '../fields.ts';
import { arnOf, type Identify, inert, nameOf, type ResolvedStacks, type Resource } from '../resource.ts';
import { mergeDocuments, documentOf } from './iam.ts';
import { keyArnOf } from './kms.ts';

const queue: Identify = (resource) => {
  const name = nameOf(resource, 'QueueName', 80);
  const arn = arnOf(resource, 'sqs', name);
  const url = `https://sqs.${resource.env.region}.amazonaws.com/${resource.env.accountId}/${name}`;
  return { ref: url, name, arn, attributes: { Arn: arn, QueueName: name, QueueUrl: url } };
};

export const SQS_TYPES: Readonly<Record<string, Identify>> = {
  'AWS::SQS::Queue': queue,
  'AWS::SQS::QueuePolicy': inert,
};

export function queuesOf(stacks: ResolvedStacks): readonly QueueResource[] {
  const policies = stacks.ofType('AWS::SQS::QueuePolicy');
  return stacks.ofType('AWS::SQS::Queue').map((resource) => {
    const own = policies.filter((policy) => texts(policy.properties, 'Queues').includes(resource.ref));
    return { ...toQueue(resource, own), kmsKeyArn: keyArnOf(resource.properties, 'KmsMasterKeyId', stacks) };
  });
}

function toQueue(resource: Resource, policies: readonly Resource[]): QueueResource {
  const { properties } = resource;
  const redrive = child(properties, 'RedrivePolicy');
  if (optionalText(properties, 'FifoQueue') === 'true') {
    throw new TemplateProblem(`${properties.path}.FifoQueue`, 'is not supported by the local runner');
  }
  return {
    name: resource.name,
    arn: resource.arn,
    url: resource.ref,
    visibilityTimeoutSeconds: number(properties, 'VisibilityTimeout', 30),
    retentionSeconds: number(properties, 'MessageRetentionPeriod', 345_600),
    redrive: redrive && {
      deadLetterArn: text(redrive, 'deadLetterTargetArn'),
      maxReceiveCount: number(redrive, 'maxReceiveCount', 10),
    },
    policy: mergeDocuments(policies.map((policy) => documentOf(policy.properties, 'PolicyDocument'))),
  };
}
