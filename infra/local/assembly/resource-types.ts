import type { Identify } from './resource.ts';
import { API_GATEWAY_TYPES } from './services/api-gateway.ts';
import { CLOUDWATCH_TYPES } from './services/cloudwatch.ts';
import { CUSTOM_RESOURCE_TYPES } from './services/custom-resource.ts';
import { DYNAMODB_TYPES } from './services/dynamodb.ts';
import { EVENTS_TYPES } from './services/events.ts';
import { IAM_TYPES } from './services/iam.ts';
import { KMS_TYPES } from './services/kms.ts';
import { LAMBDA_TYPES } from './services/lambda.ts';
import { OTHER_TYPES } from './services/other.ts';
import { SCHEDULER_TYPES } from './services/scheduler.ts';
import { SECRETS_MANAGER_TYPES } from './services/secrets-manager.ts';
import { SNS_TYPES } from './services/sns.ts';
import { SQS_TYPES } from './services/sqs.ts';

/** Every resource type the local runner knows; any other type is an error. */
export const RESOURCE_TYPES: Readonly<Record<string, Identify>> = {
  ...API_GATEWAY_TYPES,
  ...CLOUDWATCH_TYPES,
  ...CUSTOM_RESOURCE_TYPES,
  ...DYNAMODB_TYPES,
  ...EVENTS_TYPES,
  ...IAM_TYPES,
  ...KMS_TYPES,
  ...LAMBDA_TYPES,
  ...OTHER_TYPES,
  ...SCHEDULER_TYPES,
  ...SECRETS_MANAGER_TYPES,
  ...SNS_TYPES,
  ...SQS_TYPES,
};
