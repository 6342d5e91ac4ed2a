import { arnOf, type Identify, inert, nameOf } from '../resource.ts';

const topic: Identify = (resource) => {
  const name = nameOf(resource, 'TopicName', 256);
  const arn = arnOf(resource, 'sns', name);
  return { ref: arn, name, arn, attributes: { TopicArn: arn, TopicName: name } };
};

export const SNS_TYPES: Readonly<Record<string, Identify>> = {
  'AWS::SNS::Topic': topic,
  'AWS::SNS::TopicPolicy': inert,
  // Nothing is delivered locally.
  'AWS::SNS::Subscription': inert,
};
