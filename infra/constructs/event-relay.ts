import { type Alias, CfnEventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { DeadLetterQueue } from './dead-letter-queue.ts';

const MAX_AGE_SECONDS = 23 * 3600;

export interface EventRelayProps {
  readonly streamArn: string;
  readonly sortKey: string;
  readonly sortKeyPrefix: string;
  readonly deadLetters: DeadLetterQueue;
  readonly relay: Alias;
}

/** Feeds the outbox items of a table's stream to the relay; what cannot be published ends in the dead-letter queue. */
export class EventRelay extends Construct {
  constructor(scope: Construct, id: string, props: EventRelayProps) {
    super(scope, id);
    const pattern = {
      eventName: ['INSERT'],
      dynamodb: { Keys: { [props.sortKey]: { S: [{ prefix: props.sortKeyPrefix }] } } },
    };
    new CfnEventSourceMapping(this, 'Mapping', {
      eventSourceArn: props.streamArn,
      functionName: props.relay.functionArn,
      startingPosition: 'TRIM_HORIZON',
      filterCriteria: { filters: [{ pattern: JSON.stringify(pattern) }] },
      batchSize: 25,
      bisectBatchOnFunctionError: true,
      maximumRetryAttempts: 20,
      // Less than the 24 hours after which the stream deletes a record, so that it reaches the dead-letter queue.
      maximumRecordAgeInSeconds: MAX_AGE_SECONDS,
      destinationConfig: { onFailure: { destination: props.deadLetters.arn } },
      functionResponseTypes: ['ReportBatchItemFailures'],
    });
  }
}
