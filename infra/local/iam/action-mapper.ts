import type { TableResource } from '../resources/dynamodb.ts';
import type { EventSourceMappingResource } from '../resources/lambda.ts';
import type { SecretResource } from '../resources/secrets-manager.ts';
import type { QueueResource } from '../resources/sqs.ts';
import type { Context } from './template.ts';

/** One permission a call needs; a call is served only when every one of them is granted. */
export interface NeededPermission {
  readonly action: string;
  readonly resource: string;
  readonly context: Context;
  /** For a key: the use of the resource that the key encrypts. */
  readonly through?: Pick<NeededPermission, 'action' | 'resource'>;
}

type Keyed<T extends { readonly kmsKeyArn?: string | undefined }> = readonly (Pick<T, 'kmsKeyArn'> & {
  readonly name: string;
  readonly arn: string;
})[];

/** What may be encrypted under keys of the customer. */
export interface Encrypted {
  readonly region: string;
  readonly accountId: string;
  readonly tables?: Keyed<TableResource> | undefined;
  readonly queues?: Keyed<QueueResource> | undefined;
  readonly secrets?: Keyed<SecretResource> | undefined;
}

/** An AWS SDK call. Lists of the assembly let names become ARNs and fill condition keys. */
export interface SdkCall extends Encrypted {
  /** `apigateway`, `dynamodb` (its streams too), `secretsmanager`, `events`, `lambda` or `sqs`. */
  readonly service: string;
  /** As in the SDK, e.g. `GetItem`; `Invoke` for Lambda. */
  readonly operation: string;
  /** The SDK's input: for REST services with the members of path and query, e.g. `FunctionName`, `Qualifier`. */
  readonly body: unknown;
  readonly tables?: readonly Pick<TableResource, 'name' | 'arn' | 'partitionKey' | 'indexes' | 'kmsKeyArn'>[];
  readonly mappings?: readonly Pick<EventSourceMappingResource, 'id' | 'functionArn'>[];
}

/** The permissions that a call of one operation needs. */
export type ActionMapper = (call: SdkCall) => readonly NeededPermission[];
