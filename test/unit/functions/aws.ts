import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import type { InvokeCommandOutput } from '@aws-sdk/client-lambda';

/** An error as the SDK throws it for a refusal of AWS. */
export const awsError = (name: string, message = name): Error =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode: 400 }, $fault: 'client' });

/** What a function answered, or how it failed. */
export const invoked = (payload: unknown, functionError?: string): Partial<InvokeCommandOutput> => ({
  StatusCode: 200,
  Payload: Buffer.from(JSON.stringify(payload)) as unknown as NonNullable<InvokeCommandOutput['Payload']>,
  ...(functionError !== undefined && { FunctionError: functionError }),
});

/** Why DynamoDB canceled a transaction: one code per action, in their order. */
export const canceled = (...codes: readonly string[]): TransactionCanceledException =>
  new TransactionCanceledException({
    message: 'Transaction cancelled',
    $metadata: { httpStatusCode: 400 },
    CancellationReasons: codes.map((Code) => ({ Code })),
  });
