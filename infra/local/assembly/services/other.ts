import { text } from '../fields.ts';
import { arnOf, type Identify, inert, nameOf, stableUuid } from '../resource.ts';

const key: Identify = (resource) => {
  const name = stableUuid(resource);
  const arn = arnOf(resource, 'kms', `key/${name}`);
  return { ref: name, name, arn, attributes: { Arn: arn, KeyId: name } };
};

const keyAlias: Identify = (resource) => {
  const name = text(resource.properties, 'AliasName');
  const arn = arnOf(resource, 'kms', name);
  return { ref: name, name, arn, attributes: { Arn: arn } };
};

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
  'AWS::KMS::Key': key,
  'AWS::KMS::Alias': keyAlias,
  'AWS::Logs::LogGroup': logGroup,
  'AWS::CodeDeploy::Application': deploymentApplication,
  'AWS::CodeDeploy::DeploymentGroup': inert,
  'AWS::CDK::Metadata': inert,
};
