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
  /** Functions of which a mapping is not enabled, or not disabled, as it should be. */
  differing(plugin: string, functions: readonly string[], enabled: boolean): Promise<readonly string[]>;
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

  /** The mappings from queues of a function that are not in the wanted state. */
  async function wrongMappings(plugin: string, key: string, enabled: boolean) {
    const settled = enabled ? ['Enabled', 'Enabling', 'Creating'] : ['Disabled', 'Disabling'];
    const { EventSourceMappings: mappings = [] } = await client().send(
      new ListEventSourceMappingsCommand({ FunctionName: `${functionPrefix}${plugin}-${key}:live` }),
    );
    return mappings.filter(
      ({ EventSourceArn: arn, State: state }) => arn?.includes(':sqs:') && !settled.includes(state ?? ''),
    );
  }

  return {
    async set(plugin, functions, enabled) {
      for (const key of functions) {
        for (const mapping of await wrongMappings(plugin, key, enabled)) await update(mapping, enabled);
      }
    },
    async differing(plugin, functions, enabled) {
      const differing: string[] = [];
      for (const key of functions) {
        if ((await wrongMappings(plugin, key, enabled)).length > 0) differing.push(key);
      }
      return differing;
    },
  };
}
