import { randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { json } from '../http/response.ts';
import { startHttpServer } from '../http/server.ts';
import type { Assembly } from '../resources/assembly.ts';
import type { CustomResource } from '../resources/cloudformation.ts';
import type { Functions, Terminal } from '../types.ts';

interface CustomResourceAnswer {
  readonly Status?: unknown;
  readonly Reason?: unknown;
}

const ANSWER_WITHIN_MS = 30_000;

/** Invokes the functions of custom resources, as CloudFormation does when one is created or changed. */
export interface CustomResources {
  /** Invokes the functions of new or changed resources; a failure is reported, and the others go on. */
  apply(assembly: Assembly): Promise<void>;
}

export function createCustomResources(functions: Functions, terminal: Terminal): CustomResources {
  const known = new Set<string>();
  return {
    async apply({ customResources }) {
      for (const resource of customResources) {
        const state = JSON.stringify(resource);
        if (known.has(state)) continue;
        try {
          await ask(resource, functions);
          known.add(state);
        } catch (error) {
          const reason = error instanceof Error ? error.message : String(error);
          terminal.error(`${resource.stack}/${resource.logicalId}: ${reason}`);
        }
      }
    },
  };
}

/** @throws Error when the function refuses or does not answer */
async function ask({ functionArn, stack, logicalId, properties }: CustomResource, functions: Functions) {
  const { promise: answered, resolve, reject } = Promise.withResolvers<CustomResourceAnswer>();
  answered.catch(() => {});
  const server = await startHttpServer(0, async (request) => {
    resolve(JSON.parse((await buffer(request)).toString()) as CustomResourceAnswer);
    return json(200, {});
  });
  const timer = setTimeout(() => reject(new Error('did not answer')), ANSWER_WITHIN_MS);
  try {
    const event = {
      RequestType: 'Create',
      ResponseURL: `http://127.0.0.1:${server.port}/`,
      StackId: stack,
      RequestId: randomUUID(),
      LogicalResourceId: logicalId,
      ResourceType: 'Custom',
      ResourceProperties: properties,
    };
    const payload = Buffer.from(JSON.stringify(event));
    const { functionError, payload: document } = await functions.invoke(functionArn, payload, 'deployment');
    if (functionError !== undefined) reject(new Error(document.toString()));
    const { Status: status, Reason: reason } = await answered;
    if (status !== 'SUCCESS') throw new Error(`failed: ${String(reason)}`);
  } finally {
    clearTimeout(timer);
    await server.close();
  }
}
