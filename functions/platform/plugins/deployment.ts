import * as z from 'zod/mini';
import { checkedInput } from '#runtime/adapters/input.ts';
import type { Adapter } from '#runtime/adapter.ts';
import { contextOf } from '#runtime/invocation.ts';
import { redactText } from '#runtime/redact.ts';
import type { PluginsServices } from './operations.ts';
import { setQueues } from './transition.ts';

/** What CloudFormation sends for a custom resource. Source: user guide, "Custom resource request objects". */
const customResourceEvent = z.object({
  RequestType: z.enum(['Create', 'Update', 'Delete']),
  ResponseURL: z.string(),
  StackId: z.string(),
  RequestId: z.string(),
  LogicalResourceId: z.string(),
  ResourceProperties: z.object({ plugin: z.string() }),
});
type CustomResourceEvent = z.output<typeof customResourceEvent>;

const ANSWER_TIMEOUT_MS = 5000;

/**
 * CloudFormation asks when mappings of a plugin's queues are new: they follow the registry from the first message on.
 * It waits for an answer at the URL that it names, whether the work was done or not.
 */
export function deploymentAdapter(): Adapter<void> {
  return {
    describe: () => ({ operation: 'deployment' }),
    denies: ({ entrance }) => (entrance.kind === 'deployment' ? undefined : 'only CloudFormation asks this'),
    async handle(invocation) {
      const event = checkedInput(customResourceEvent, invocation.event);
      const { plugin } = event.ResourceProperties;
      try {
        if (event.RequestType !== 'Delete')
          await setQueues(contextOf<PluginsServices>(invocation).services, plugin);
      } catch (error) {
        const reason = redactText(error instanceof Error ? error.message : String(error));
        await respond(event, { Status: 'FAILED', Reason: reason });
        throw error;
      }
      await respond(event, { Status: 'SUCCESS' });
      invocation.log.info('Deployment', { target: plugin });
    },
    refuse(_invocation, _problem, error) {
      throw error;
    },
  };
}

async function respond(
  { ResponseURL: url, StackId, RequestId, LogicalResourceId, ResourceProperties }: CustomResourceEvent,
  outcome: { readonly Status: 'SUCCESS' | 'FAILED'; readonly Reason?: string },
): Promise<void> {
  const PhysicalResourceId = `${ResourceProperties.plugin}-queues`;
  const answer = { ...outcome, PhysicalResourceId, StackId, RequestId, LogicalResourceId };
  const response = await fetch(url, {
    method: 'PUT',
    // The URL is signed for no content type.
    headers: { 'content-type': '' },
    body: Buffer.from(JSON.stringify(answer)),
    signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`CloudFormation's answer URL said ${response.status}`);
}
