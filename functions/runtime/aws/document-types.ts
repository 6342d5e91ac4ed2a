import type * as dynamodb from '@aws-sdk/client-dynamodb';
import type { Attributes } from './attributes.ts';

/** Parameters that expressions have replaced, and which carry values in a form of their own. */
type Legacy =
  | 'AttributesToGet'
  | 'AttributeUpdates'
  | 'ConditionalOperator'
  | 'Expected'
  | 'KeyConditions'
  | 'QueryFilter'
  | 'ScanFilter';

type Values = 'ExpressionAttributeValues' | 'ExclusiveStartKey';

/** An input of the AWS SDK, with plain values for the named members. */
type Plain<Input, Required extends string = never> = Omit<Input, Legacy | Values | Required> & {
  [Name in Extract<keyof Input, Values>]?: Attributes | undefined;
} & { [Name in Required]: Attributes | undefined };

export type GetInput = Plain<dynamodb.GetItemCommandInput, 'Key'>;
export type PutInput = Plain<dynamodb.PutItemCommandInput, 'Item'>;
export type UpdateInput = Plain<dynamodb.UpdateItemCommandInput, 'Key'>;
export type DeleteInput = Plain<dynamodb.DeleteItemCommandInput, 'Key'>;
export type QueryInput = Plain<dynamodb.QueryCommandInput>;
export type ScanInput = Plain<dynamodb.ScanCommandInput>;

type KeysOfTable = Omit<dynamodb.KeysAndAttributes, 'Keys' | 'AttributesToGet'> & {
  Keys: Attributes[] | undefined;
};

export type BatchGetInput = Omit<dynamodb.BatchGetItemCommandInput, 'RequestItems'> & {
  RequestItems: Record<string, KeysOfTable> | undefined;
};

type WriteRequest = {
  PutRequest?: { Item: Attributes | undefined } | undefined;
  DeleteRequest?: { Key: Attributes | undefined } | undefined;
};

export type BatchWriteInput = Omit<dynamodb.BatchWriteItemCommandInput, 'RequestItems'> & {
  RequestItems: Record<string, WriteRequest[]> | undefined;
};

export type TransactGetInput = Omit<dynamodb.TransactGetItemsCommandInput, 'TransactItems'> & {
  TransactItems: { Get: Plain<dynamodb.Get, 'Key'> | undefined }[] | undefined;
};

/** One write of a transaction. */
export type TransactionItem = {
  ConditionCheck?: Plain<dynamodb.ConditionCheck, 'Key'> | undefined;
  Put?: Plain<dynamodb.Put, 'Item'> | undefined;
  Update?: Plain<dynamodb.Update, 'Key'> | undefined;
  Delete?: Plain<dynamodb.Delete, 'Key'> | undefined;
};

export type TransactWriteInput = Omit<dynamodb.TransactWriteItemsCommandInput, 'TransactItems'> & {
  TransactItems: TransactionItem[] | undefined;
};

interface Answer {
  ConsumedCapacity?: dynamodb.ConsumedCapacity | undefined;
}

export interface GetOutput extends Answer {
  Item?: Attributes | undefined;
}

/** The answer to a put, an update or a delete, with what its `ReturnValues` asked for. */
export interface WriteOutput extends Answer {
  Attributes?: Attributes | undefined;
}

export interface QueryOutput extends Answer {
  Items?: Attributes[] | undefined;
  Count?: number | undefined;
  ScannedCount?: number | undefined;
  LastEvaluatedKey?: Attributes | undefined;
}

export interface BatchGetOutput {
  Responses?: Record<string, Attributes[]> | undefined;
  UnprocessedKeys?: Record<string, KeysOfTable> | undefined;
}

export interface BatchWriteOutput {
  UnprocessedItems?: Record<string, WriteRequest[]> | undefined;
}

export interface TransactGetOutput {
  Responses?: { Item?: Attributes | undefined }[] | undefined;
}

/**
 * The operations of DynamoDB on items as plain values, as `DynamoDBDocument` of `@aws-sdk/lib-dynamodb` has them: that
 * one can take its place. Each throws an AwsError with DynamoDB's code as its `name`, such as
 * `ConditionalCheckFailedException` or `TransactionCanceledException` with its `CancellationReasons`.
 */
export interface DocumentClient {
  get(input: GetInput): Promise<GetOutput>;
  put(input: PutInput): Promise<WriteOutput>;
  update(input: UpdateInput): Promise<WriteOutput>;
  delete(input: DeleteInput): Promise<WriteOutput>;
  query(input: QueryInput): Promise<QueryOutput>;
  scan(input: ScanInput): Promise<QueryOutput>;
  batchGet(input: BatchGetInput): Promise<BatchGetOutput>;
  batchWrite(input: BatchWriteInput): Promise<BatchWriteOutput>;
  transactGet(input: TransactGetInput): Promise<TransactGetOutput>;
  transactWrite(input: TransactWriteInput): Promise<unknown>;
}
