import { isAwsError } from '#runtime/aws/aws-error.ts';
import type { MappingsClient } from '#runtime/aws/lambda.ts';

/** The event source mappings from the queues of a plugin's subscriptions. */
export interface QueueMappings {
  /** Enables or disables the mappings; those in that state already are left alone. */
  set(plugin: string, functions: readonly string[], enabled: boolean): Promise<void>;
  /** Functions of which a mapping is not enabled, or not disabled, as it should be. */
  differing(plugin: string, functions: readonly string[], enabled: boolean): Promise<readonly string[]>;
}

interface QueueMappingsOptions {
  readonly client: () => MappingsClient;
  readonly functionPrefix: string;
  readonly sleep: (ms: number) => Promise<void>;
}

const RETRIES = 5;
const RETRY_DELAY_MS = 1000;

export function createQueueMappings({ client, functionPrefix, sleep }: QueueMappingsOptions): QueueMappings {
  async function update(uuid: string, enabled: boolean): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await client().updateEventSourceMapping({ UUID: uuid, Enabled: enabled });
        return;
      } catch (error) {
        // The last update of this mapping has not finished.
        if (!isAwsError(error, 'ResourceInUseException') || attempt > RETRIES) throw error;
        await sleep(RETRY_DELAY_MS);
      }
    }
  }

  /** Ids of the mappings from queues of a function that are not in the wanted state. */
  async function wrongMappings(plugin: string, key: string, enabled: boolean) {
    const settled = enabled ? ['Enabled', 'Enabling', 'Creating'] : ['Disabled', 'Disabling'];
    const { EventSourceMappings: mappings = [] } = await client().listEventSourceMappings({
      FunctionName: `${functionPrefix}${plugin}-${key}:live`,
    });
    return mappings
      .filter(
        ({ EventSourceArn: arn, State: state }) => arn?.includes(':sqs:') && !settled.includes(state ?? ''),
      )
      .flatMap(({ UUID: uuid }) => uuid ?? []);
  }

  return {
    async set(plugin, functions, enabled) {
      for (const key of functions) {
        for (const uuid of await wrongMappings(plugin, key, enabled)) await update(uuid, enabled);
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
