import * as z from 'zod/mini';
import { checkedInput } from '#runtime/adapters/input.ts';
import type { Adapter } from '#runtime/adapter.ts';
import { platformProblem } from '#runtime/contract/errors.ts';
import type { FunctionEnvironment } from '#runtime/environment.ts';
import { contextOf } from '#runtime/invocation.ts';
import { redactText } from '#runtime/redact.ts';
import type { PluginsServices } from './services.ts';
import { syncMappings } from './move.ts';
import { throttlesOfStack } from './route-throttles.ts';

/** What CloudFormation sends for a custom resource. Source: user guide, "Custom resource request objects". */
const customResourceEvent = z.object({
  RequestType: z.enum(['Create', 'Update', 'Delete']),
  ResourceType: z.enum(['Custom::AnineePlusQueueState', 'Custom::AnineePlusRouteThrottles']),
  ResponseURL: z.string(),
  StackId: z.string(),
  RequestId: z.string(),
  LogicalResourceId: z.string(),
  ResourceProperties: z.looseObject({ plugin: z.string() }),
  /** Of an update alone. */
  OldResourceProperties: z.optional(z.looseObject({})),
});
type CustomResourceEvent = z.output<typeof customResourceEvent>;

interface ResourceKind {
  /** Behind the plugin's name, as the id of the resource. */
  readonly suffix: string;
  apply(event: CustomResourceEvent, services: PluginsServices): Promise<void>;
}

const kinds: Readonly<Record<CustomResourceEvent['ResourceType'], ResourceKind>> = {
  /** A stack has it when it creates event source mappings: they are as the registry says before the first message. */
  'Custom::AnineePlusQueueState': {
    suffix: 'queues',
    async apply({ RequestType, ResourceProperties: { plugin } }, services) {
      if (RequestType !== 'Delete') await syncMappings(services, plugin);
    },
  },
  /** A stack has it when one of its routes has a throttle of its own. */
  'Custom::AnineePlusRouteThrottles': {
    suffix: 'throttles',
    async apply({ RequestType, ResourceProperties, OldResourceProperties }, { throttles }) {
      const given = checkedInput(throttlesOfStack, ResourceProperties);
      if (RequestType === 'Delete') return throttles.replace(given, undefined);
      const old = OldResourceProperties && checkedInput(throttlesOfStack, OldResourceProperties);
      return throttles.replace(old, given);
    },
  },
};

const ANSWER_TIMEOUT_MS = 5000;

/** Answers CloudFormation's custom resources. CloudFormation waits for an answer at its URL, after a failure too. */
export function deploymentAdapter({ stage }: Pick<FunctionEnvironment, 'stage'>): Adapter<void> {
  return {
    describe: () => ({ operation: 'deployment' }),
    denies: ({ entrance }) => (entrance.kind === 'deployment' ? undefined : 'only CloudFormation asks this'),
    async handle(invocation) {
      const event = checkedInput(customResourceEvent, invocation.event);
      if (!isAnswerUrl(event.ResponseURL, stage)) {
        throw platformProblem('invalid-request', {
          detail: 'ResponseURL is not an address of CloudFormation.',
        });
      }
      try {
        const { services } = contextOf<PluginsServices>(invocation);
        await kinds[event.ResourceType].apply(event, services);
      } catch (error) {
        const reason = redactText(error instanceof Error ? error.message : String(error));
        await respond(event, { Status: 'FAILED', Reason: reason });
        throw error;
      }
      await respond(event, { Status: 'SUCCESS' });
      const { ResourceType: resource, ResourceProperties } = event;
      invocation.log.info('Deployment', { target: ResourceProperties.plugin, resource });
    },
    refuse(_invocation, _problem, error) {
      throw error;
    },
  };
}

/** Whether CloudFormation may have said so: its answers go to S3, those of the local runner to its own server. */
function isAnswerUrl(text: string, stage: string): boolean {
  const url = URL.parse(text);
  if (url === null) return false;
  if (url.protocol === 'https:') return /\.amazonaws\.com(\.cn)?$/.test(url.hostname) && url.port === '';
  return stage === 'local' && url.protocol === 'http:' && url.hostname === '127.0.0.1';
}

async function respond(
  event: CustomResourceEvent,
  outcome: { readonly Status: 'SUCCESS' | 'FAILED'; readonly Reason?: string },
): Promise<void> {
  const { ResponseURL: url, StackId, RequestId, LogicalResourceId, ResourceType, ResourceProperties } = event;
  const PhysicalResourceId = `${ResourceProperties.plugin}-${kinds[ResourceType].suffix}`;
  const answer = { ...outcome, PhysicalResourceId, StackId, RequestId, LogicalResourceId };
  const response = await fetch(url, {
    method: 'PUT',
    redirect: 'error',
    // The URL is signed for no content type.
    headers: { 'content-type': '' },
    body: Buffer.from(JSON.stringify(answer)),
    signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`CloudFormation's answer URL said ${response.status}`);
}
