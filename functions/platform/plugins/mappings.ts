import {
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
  type EventSourceMappingConfiguration,
  type LambdaClient,
} from '@aws-sdk/client-lambda';

/** The event source mappings from the queues of a plugin's subscriptions. */
export interface QueueMappings {
  /** Enables or disables the mappings; those in that state already are left alone. */
  set(plugin: string, functions: readonly string[], enabled: boolean): Promise<void>;
}

interface QueueMappingsOptions {
  readonly client: () => LambdaClient;
  readonly functionPrefix: string;
  readonly sleep: (ms: number) => Promise<void>;
}

const RETRIES = 5;
const RETRY_DELAY_MS = 1000;

export function createQueueMappings({ client, functionPrefix, sleep }: QueueMappingsOptions): QueueMappings {
  async function update(mapping: EventSourceMappingConfiguration, enabled: boolean): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await client().send(new UpdateEventSourceMappingCommand({ UUID: mapping.UUID, Enabled: enabled }));
        return;
      } catch (error) {
        // The last update of this mapping has not finished.
        if (!(error instanceof Error) || error.name !== 'ResourceInUseException' || attempt > RETRIES)
          throw error;
        await sleep(RETRY_DELAY_MS);
      }
    }
  }

  return {
    async set(plugin, functions, enabled) {
      const settled = enabled ? ['Enabled', 'Enabling', 'Creating'] : ['Disabled', 'Disabling'];
      for (const key of functions) {
        const { EventSourceMappings: mappings = [] } = await client().send(
          new ListEventSourceMappingsCommand({ FunctionName: `${functionPrefix}${plugin}-${key}:live` }),
        );
        const queues = mappings.filter(
          ({ EventSourceArn: arn, State: state }) => arn?.includes(':sqs:') && !settled.includes(state ?? ''),
        );
        for (const mapping of queues) await update(mapping, enabled);
      }
    },
  };
}
