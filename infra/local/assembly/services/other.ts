import { arnOf, type Identify, inert, nameOf } from '../resource.ts';

const logGroup: Identify = (resource) => {
  const name = nameOf(resource, 'LogGroupName', 512);
  const arn = arnOf(resource, 'logs', `log-group:${name}:*`);
  return { ref: name, name, arn, attributes: { Arn: arn } };
};

/** Locally every deployment is all at once. */
const deploymentApplication: Identify = (resource) => {
  const name = nameOf(resource, 'ApplicationName', 100);
  return { ref: name, name, arn: arnOf(resource, 'codedeploy', `application:${name}`), attributes: {} };
};

/** Types that have a name but nothing to run. */
export const OTHER_TYPES: Readonly<Record<string, Identify>> = {
  'AWS::Logs::LogGroup': logGroup,
  'AWS::CodeDeploy::Application': deploymentApplication,
  'AWS::CodeDeploy::DeploymentGroup': inert,
  'AWS::CDK::Metadata': inert,
};
