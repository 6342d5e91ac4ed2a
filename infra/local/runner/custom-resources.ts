import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
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

/** Invokes the functions of custom resources, as CloudFormation does when one is created, changed or removed. */
export interface CustomResources {
  /** Invokes the functions of what differs; a failure is reported, and the others go on. */
  apply(assembly: Assembly): Promise<void>;
}

/** What happens to a resource: `before` is what it was, and without `after` it goes. */
interface Change {
  readonly before: CustomResource | undefined;
  readonly after: CustomResource | undefined;
}

const idOf = ({ stack, logicalId }: CustomResource): string => `${stack}/${logicalId}`;

export function createCustomResources(functions: Functions, terminal: Terminal): CustomResources {
  const known = new Map<string, CustomResource>();

  async function applyChange(id: string, change: Change): Promise<void> {
    try {
      await ask(change, functions);
      if (change.after) known.set(id, change.after);
      else known.delete(id);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      terminal.error(`${id}: ${reason}`);
    }
  }

  return {
    async apply({ customResources }) {
      const wanted = new Map(customResources.map((resource) => [idOf(resource), resource]));
      // What is gone may be another's by now, which is only then told.
      for (const [id, before] of known) {
        if (!wanted.has(id)) await applyChange(id, { before, after: undefined });
      }
      for (const [id, after] of wanted) {
        const before = known.get(id);
        if (!isDeepStrictEqual(before, after)) await applyChange(id, { before, after });
      }
    },
  };
}

/** @throws Error when the function refuses or does not answer */
async function ask({ before, after }: Change, functions: Functions): Promise<void> {
  const resource = after ?? before;
  if (!resource) return;
  const { functionArn, stack, logicalId, type, properties } = resource;
  const { promise: answered, resolve, reject } = Promise.withResolvers<CustomResourceAnswer>();
  answered.catch(() => {});
  const server = await startHttpServer(0, async (request) => {
    resolve(JSON.parse((await buffer(request)).toString()) as CustomResourceAnswer);
    return json(200, {});
  });
  const timer = setTimeout(() => reject(new Error('did not answer')), ANSWER_WITHIN_MS);
  try {
    const event = {
      RequestType: after === undefined ? 'Delete' : before === undefined ? 'Create' : 'Update',
      ResponseURL: `http://127.0.0.1:${server.port}/`,
      StackId: stack,
      RequestId: randomUUID(),
      LogicalResourceId: logicalId,
      ResourceType: type,
      ResourceProperties: properties,
      ...(before && after && { OldResourceProperties: before.properties }),
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
