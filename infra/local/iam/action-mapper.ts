import type { TableResource } from '../resources/dynamodb.ts';
import type { EventSourceMappingResource } from '../resources/lambda.ts';
import type { SecretResource } from '../resources/secrets-manager.ts';
import type { Context } from './template.ts';

/** One permission a call needs; a call is served only when every one of them is granted. */
export interface NeededPermission {
  readonly action: string;
  readonly resource: string;
  readonly context: Context;
}

/** An AWS SDK call. Lists of the assembly let names become ARNs and fill condition keys. */
export interface SdkCall {
  /** `apigateway`, `dynamodb` (its streams too), `secretsmanager`, `events`, `lambda` or `sqs`. */
  readonly service: string;
  /** As in the SDK, e.g. `GetItem`; `Invoke` for Lambda. */
  readonly operation: string;
  /** The SDK's input: for REST services with the members of path and query, e.g. `FunctionName`, `Qualifier`. */
  readonly body: unknown;
  readonly region: string;
  readonly accountId: string;
  readonly tables?: readonly Pick<TableResource, 'name' | 'partitionKey' | 'indexes'>[];
  readonly secrets?: readonly Pick<SecretResource, 'name' | 'arn' | 'kmsKeyArn'>[];
  readonly mappings?: readonly Pick<EventSourceMappingResource, 'id' | 'functionArn'>[];
}

/** The permissions that a call of one operation needs. */
export type ActionMapper = (call: SdkCall) => readonly NeededPermission[];
