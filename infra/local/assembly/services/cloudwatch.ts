import { arnOf, type Identify, nameOf } from '../resource.ts';

const alarm: Identify = (resource) => {
  const name = nameOf(resource, 'AlarmName', 255);
  const arn = arnOf(resource, 'cloudwatch', `alarm:${name}`);
  return { ref: name, name, arn, attributes: { Arn: arn } };
};

const dashboard: Identify = (resource) => {
  const name = nameOf(resource, 'DashboardName', 255);
  return { ref: name, name, arn: '', attributes: {} };
};

export const CLOUDWATCH_TYPES: Readonly<Record<string, Identify>> = {
  'AWS::CloudWatch::Alarm': alarm,
  'AWS::CloudWatch::Dashboard': dashboard,
};
