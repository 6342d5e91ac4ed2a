import type { CancellationReason } from '@aws-sdk/client-dynamodb';
import type { AttributeMap } from './attributes.ts';
import { isAwsError } from './aws-error.ts';

/** Why DynamoDB cancelled a transaction, one reason for each action in their order; empty for every other error. */
export function cancellationReasons(error: unknown): readonly CancellationReason[] {
  if (!isAwsError(error, 'TransactionCanceledException')) return [];
  return (
    (error as { readonly CancellationReasons?: readonly CancellationReason[] }).CancellationReasons ?? []
  );
}

/** The write whose condition failed, with the item that stands there if it was asked for; undefined for every other error. */
export function failedCondition(error: unknown): { readonly item: AttributeMap | undefined } | undefined {
  if (!isAwsError(error, 'ConditionalCheckFailedException')) return undefined;
  return { item: (error as { readonly Item?: AttributeMap }).Item };
}
