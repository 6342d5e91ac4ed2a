import type { PutEventsCommandInput, PutEventsCommandOutput } from '@aws-sdk/client-eventbridge';
import { once } from '../once.ts';
import { createJsonCalls } from './json-calls.ts';

/** The call of EventBridge that functions make, as `EventBridge` of the AWS SDK has it. */
export interface EventsClient {
  /** @throws AwsError */
  putEvents(input: PutEventsCommandInput): Promise<Pick<PutEventsCommandOutput, 'Entries'>>;
}

function createEventsClient(): EventsClient {
  const call = createJsonCalls('events', { version: '1.1', target: 'AWSEvents' });
  return {
    putEvents: ({ Entries: entries = [], ...input }) =>
      call('PutEvents', {
        ...input,
        Entries: entries.map((entry) => ({
          ...entry,
          ...(entry.Time && { Time: entry.Time.getTime() / 1000 }),
        })),
      }),
  };
}

/** The EventBridge client of this environment. */
export const eventsClient = /* @__PURE__ */ once(createEventsClient);
