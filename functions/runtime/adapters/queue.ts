import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { $ZodType } from 'zod/v4/core';
import {
  type DataOf,
  envelopeSchema,
  type EventContract,
  type EventEnvelope,
} from '#events/catalog/contract.ts';
import { bind } from '../binding.ts';
import { EventGapError } from '../inbox/event-gap-error.ts';
import { causes } from '../error-causes.ts';
import type { SubscribedType, SubscriptionName } from '../contract/manifest-types.ts';
import type { PluginDefinition, PluginManifest } from '../contract/plugin.ts';
import type { Subscription } from '../contract/subscription.ts';
import type { Adapter } from '../adapter.ts';
import { contextOf, type Invocation } from '../invocation.ts';
import { pipeline, type Handler } from '../pipeline.ts';
import { createRuntime, type RuntimeOptions } from '../runtime.ts';
import { placeField } from '../telemetry/thrown-at.ts';
import { validate } from '../schema/validate.ts';
import { inEventTrace, originOf, sharedOrigin } from './batch-traces.ts';
import { answeringConfig } from './config-alias.ts';
import { byAggregate, type Message } from './queue-batch.ts';

type AnyContract = EventContract<unknown>;

/**
 * Processes the events of one subscription; a message that fails returns to the queue alone.
 * @param subscription of the type of event that the manifest gives to `name`
 */
export function subscriptionHandler<
  M extends PluginManifest,
  C,
  S,
  const N extends SubscriptionName<M>,
  E extends EventContract<unknown, SubscribedType<M, N>>,
>(
  plugin: PluginDefinition<M, C, S>,
  name: N,
  subscription: Subscription<E, S>,
  options: RuntimeOptions = {},
): Handler<SQSBatchResponse> {
  const runtime = createRuntime(plugin, options);
  const { sourceFolder } = runtime.environment;
  const handler = pipeline(runtime, queueAdapter(name, subscription, sourceFolder));
  return bind(answeringConfig(plugin, runtime, handler), {
    kind: 'subscribes',
    units: { [name]: subscription },
  });
}

function queueAdapter<E extends AnyContract, S>(
  name: string,
  subscription: Subscription<E, S>,
  sourceFolder: string | undefined,
): Adapter<SQSBatchResponse> {
  /** Ids of the messages that an invocation has processed; after a timeout only the others return to the queue. */
  const processedBy = new WeakMap<Invocation, Set<string>>();
  let schema: $ZodType | undefined;
  /** Made once: an event in a batch must not wait for it again. */
  const schemaOf = () => (schema ??= envelopeSchema(subscription.event));
  return {
    describe: (event) => ({
      operation: name,
      kind: 'consumer',
      ...sharedOrigin(((event as Partial<SQSEvent>).Records ?? []).map(originOf)),
    }),
    async handle(invocation) {
      const { Records: records } = invocation.event as SQSEvent;
      const processed = new Set<string>();
      processedBy.set(invocation, processed);
      await Promise.all(
        byAggregate(records).map(async (messages) => {
          for (const message of messages) {
            if (await processMessage(message, invocation, { subscription, schemaOf, sourceFolder }))
              processed.add(message.messageId);
          }
        }),
      );
      return failuresOf(records, processed);
    },
    // Unloaded, not started, or out of time: unprocessed messages stay in the queue.
    refuse: (invocation) => failuresOf((invocation.event as SQSEvent).Records, processedBy.get(invocation)),
  };
}

const failuresOf = (
  records: readonly SQSRecord[],
  processed: ReadonlySet<string> = new Set(),
): SQSBatchResponse => ({
  batchItemFailures: records
    .filter(({ messageId }) => !processed.has(messageId))
    .map(({ messageId }) => ({ itemIdentifier: messageId })),
});

interface Processing<E extends AnyContract, S> {
  readonly subscription: Subscription<E, S>;
  /** The schema of the event's envelope. */
  readonly schemaOf: () => $ZodType;
  readonly sourceFolder: string | undefined;
}

/** Whether the message was processed. */
async function processMessage<E extends AnyContract, S>(
  { messageId, receptions, detail }: Message,
  invocation: Invocation,
  { subscription, schemaOf, sourceFolder }: Processing<E, S>,
): Promise<boolean> {
  const { log } = invocation;
  try {
    const checked = validate(schemaOf(), detail);
    if (!checked.ok) {
      log.error('An event does not fit its contract', {
        messageId,
        contract: subscription.event.detailType,
        faults: checked.faults,
      });
      log.count('plugin.events.failed');
      return false;
    }
    const event = checked.value as EventEnvelope<DataOf<E>>;
    await inEventTrace(invocation, event, (own) =>
      subscription.handle({ ...contextOf<S>(invocation), ...own, event }),
    );
    return true;
  } catch (error) {
    const gap = causes(error).find((cause) => cause instanceof EventGapError);
    if (gap) {
      // What precedes it is on its way: no failure, unless the queue gives up on the message.
      const { eventId, handledUpTo } = gap;
      log.warn('An event waits for the one before it', { messageId, receptions, eventId, handledUpTo });
      log.count('plugin.events.waiting');
      return false;
    }
    log.error('An event could not be handled', {
      messageId,
      error: error instanceof Error ? error : new Error(String(error)),
      ...placeField(error, sourceFolder),
    });
    log.count('plugin.events.failed');
    return false;
  }
}
