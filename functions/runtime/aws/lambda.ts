import type { EventSourceMappingConfiguration, InvokeCommandOutput } from '@aws-sdk/client-lambda';
import { once } from '../once.ts';
import { type AwsRequest, createAwsClient } from './client.ts';

/** The synchronous call of a function, as `Lambda` of the AWS SDK has it. */
export interface InvokeClient {
  /** @throws AwsError when Lambda has not invoked the function */
  invoke(
    input: { readonly FunctionName: string; readonly Payload: Uint8Array | string },
    options?: { readonly abortSignal?: AbortSignal },
  ): Promise<Pick<InvokeCommandOutput, 'FunctionError'> & { readonly Payload?: Uint8Array }>;
}

type Mapping = Pick<EventSourceMappingConfiguration, 'UUID' | 'EventSourceArn' | 'State'>;

/** The calls for event source mappings, as `Lambda` of the AWS SDK has them. */
export interface MappingsClient {
  listEventSourceMappings(input: {
    readonly FunctionName: string;
  }): Promise<{ EventSourceMappings?: Mapping[] | undefined }>;
  updateEventSourceMapping(input: {
    readonly UUID: string;
    readonly Enabled: boolean;
  }): Promise<Pick<EventSourceMappingConfiguration, 'State'>>;
}

const API = '/2015-03-31';
const JSON_TYPE = { 'content-type': 'application/json' };

function createInvokeClient(): InvokeClient {
  const client = createAwsClient('lambda', { maxAttempts: 1, requestTimeoutMs: 29_000 });
  return {
    async invoke({ FunctionName: name, Payload: payload }, { abortSignal } = {}) {
      const { headers, body } = await client.send({
        path: `${API}/functions/${encodeURIComponent(name)}/invocations`,
        headers: JSON_TYPE,
        body: typeof payload === 'string' ? payload : Buffer.from(payload).toString(),
        abortSignal,
      });
      const fault = headers['x-amz-function-error'];
      return { Payload: body, ...(fault !== undefined && { FunctionError: fault }) };
    },
  };
}

function createMappingsClient(): MappingsClient {
  const client = createAwsClient('lambda');
  const call = async <Output>(request: AwsRequest): Promise<Output> =>
    JSON.parse((await client.send(request)).body.toString()) as Output;
  const path = `${API}/event-source-mappings`;
  return {
    listEventSourceMappings: ({ FunctionName }) => call({ method: 'GET', path, query: { FunctionName } }),
    updateEventSourceMapping: ({ UUID, ...change }) =>
      call({ method: 'PUT', path: `${path}/${UUID}`, headers: JSON_TYPE, body: JSON.stringify(change) }),
  };
}

/** The Lambda client for synchronous calls: never retries, because the operation called may not be repeatable. */
export const invokeClient = /* @__PURE__ */ once(createInvokeClient);

/** The Lambda client for administration. */
export const mappingsClient = /* @__PURE__ */ once(createMappingsClient);
