import type { TopicResource } from '../../resources/sns.ts';
import { texts } from '../fields.ts';
import { arnOf, type Identify, inert, nameOf, type ResolvedStacks } from '../resource.ts';
import { documentOf, mergeDocuments } from './iam.ts';
import { keyArnOf } from './kms.ts';

const identify: Identify = (resource) => {
  const name = nameOf(resource, 'TopicName', 256);
  const arn = arnOf(resource, 'sns', name);
  return { ref: arn, name, arn, attributes: { TopicArn: arn, TopicName: name } };
};

export const SNS_TYPES: Readonly<Record<string, Identify>> = {
  'AWS::SNS::Topic': identify,
  'AWS::SNS::TopicPolicy': inert,
  // Nothing is delivered locally.
  'AWS::SNS::Subscription': inert,
};

export function topicsOf(stacks: ResolvedStacks): readonly TopicResource[] {
  const policies = stacks.ofType('AWS::SNS::TopicPolicy');
  return stacks.ofType('AWS::SNS::Topic').map(({ name, arn, properties: topic }) => {
    const kmsKeyArn = keyArnOf(topic, 'KmsMasterKeyId', stacks);
    const own = policies.filter(({ properties }) => texts(properties, 'Topics').includes(arn));
    const documents = own.map(({ properties }) => documentOf(properties, 'PolicyDocument'));
    return { name, arn, kmsKeyArn, policy: mergeDocuments(documents) };
  });
}
