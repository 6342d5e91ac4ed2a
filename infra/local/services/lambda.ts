import { ConcurrencyExceededError } from '../errors.ts';
import { parseJson } from '../json.ts';
import type { EventSourceMappingResource } from '../resources/lambda.ts';
import type { InvokeResult } from '../types.ts';
import { findFunction } from './function-ref.ts';
import { optionalString, requiredString } from './members.ts';
import { jsonReply, ServiceError, unknownOperation } from './reply.ts';
import type { AwsCall, AwsReply, ServiceContext } from './types.ts';

const requestBytesMax = 6 * 1024 * 1024;
const asyncRetriesMs = [1_000, 2_000];

/** Lambda: invocations and event source mappings. */
export async function lambda(call: AwsCall, context: ServiceContext): Promise<AwsReply> {
  switch (call.operation) {
    case 'Invoke':
      return invokeFunction(call, context);
    case 'ListEventSourceMappings':
      return jsonReply({
        EventSourceMappings: listMappings(call, context).map((one) => describeMapping(one, context)),
      });
    case 'GetEventSourceMapping':
      return jsonReply(describeMapping(mappingOf(call, context), context));
    case 'UpdateEventSourceMapping':
      return updateMapping(call, context);
    default:
      throw unknownOperation(call);
  }
}

async function invokeFunction(call: AwsCall, context: ServiceContext): Promise<AwsReply> {
  const ref = functionOf(call, context);
  if (call.raw.length > requestBytesMax) {
    throw new ServiceError(
      'RequestTooLargeException',
      `Request must be smaller than ${requestBytesMax} bytes`,
      413,
    );
  }
  const type = optionalString(call.input, 'InvocationType') ?? 'RequestResponse';
  if (type === 'DryRun') return { status: 204, body: '' };
  const payload = call.raw.length === 0 ? Buffer.from('{}') : call.raw;
  if (parseJson(payload.toString()) === undefined) {
    throw new ServiceError('InvalidRequestContentException', 'Could not parse request body into json.');
  }
  if (type === 'Event') {
    void invokeLater(ref.arn, payload, context);
    return { status: 202, body: '' };
  }
  const result: InvokeResult = await context
    .functions()
    .invoke(ref.arn, payload, 'invoke')
    .catch((error: unknown) => {
      if (!(error instanceof ConcurrencyExceededError)) throw error;
      throw new ServiceError('TooManyRequestsException', 'Rate Exceeded.', 429);
    });
  return {
    status: 200,
    headers: {
      'content-type': 'application/json',
      'x-amzn-requestid': result.requestId,
      'x-amz-executed-version': '$LATEST',
      ...(result.functionError && { 'x-amz-function-error': result.functionError }),
    },
    body: result.payload,
  };
}

/** An asynchronous invocation is tried three times, as Lambda does, though within seconds instead of minutes. */
async function invokeLater(arn: string, payload: Buffer, context: ServiceContext): Promise<void> {
  for (const delayMs of [...asyncRetriesMs, undefined]) {
    try {
      const result = await context.functions().invoke(arn, payload, 'invoke');
      if (result.functionError === undefined) return;
    } catch (error) {
      context.terminal.warn(`asynchronous invocation of ${arn}: ${String(error)}`);
    }
    if (delayMs === undefined) break;
    await new Promise((resolve) => setTimeout(resolve, delayMs).unref());
  }
  context.terminal.warn(`asynchronous invocation of ${arn} failed three times and was dropped`);
}

function functionOf(call: AwsCall, context: ServiceContext) {
  const name = requiredString(call.input, 'FunctionName', 'InvalidParameterValueException');
  const ref = findFunction(context.assembly.current, name, optionalString(call.input, 'Qualifier'));
  if (!ref) throw new ServiceError('ResourceNotFoundException', `Function not found: ${name}`, 404);
  return ref;
}

function listMappings(call: AwsCall, context: ServiceContext): readonly EventSourceMappingResource[] {
  const name = optionalString(call.input, 'FunctionName');
  const source = optionalString(call.input, 'EventSourceArn');
  const ref = name === undefined ? undefined : functionOf(call, context);
  return context.assembly.current.mappings.filter(
    (mapping) =>
      (source === undefined || mapping.sourceArn === source) &&
      // A mapping on an alias is another one than a mapping on the function itself.
      (ref === undefined || findFunction(context.assembly.current, mapping.functionArn)?.arn === ref.arn),
  );
}

function mappingOf(call: AwsCall, context: ServiceContext): EventSourceMappingResource {
  const id = requiredString(call.input, 'UUID', 'InvalidParameterValueException');
  const mapping = context.assembly.current.mappings.find((candidate) => candidate.id === id);
  if (!mapping) {
    throw new ServiceError('ResourceNotFoundException', 'The resource you requested does not exist.', 404);
  }
  return mapping;
}

function updateMapping(call: AwsCall, context: ServiceContext): AwsReply {
  const mapping = mappingOf(call, context);
  const enabled = call.input['Enabled'];
  if (typeof enabled === 'boolean') context.state.mappings.setEnabled(mapping.id, enabled);
  return jsonReply(describeMapping(mapping, context), 202);
}

function describeMapping(mapping: EventSourceMappingResource, context: ServiceContext): unknown {
  const enabled = context.state.mappings.enabled(mapping.id) ?? mapping.enabled;
  return {
    UUID: mapping.id,
    EventSourceArn: mapping.sourceArn,
    FunctionArn: mapping.functionArn,
    BatchSize: mapping.batchSize,
    MaximumBatchingWindowInSeconds: mapping.batchingWindowSeconds,
    State: enabled ? 'Enabled' : 'Disabled',
    StateTransitionReason: 'User action',
    ...(mapping.filters.length > 0 && {
      FilterCriteria: { Filters: mapping.filters.map((filter) => ({ Pattern: JSON.stringify(filter) })) },
    }),
    ...(mapping.reportBatchItemFailures && { FunctionResponseTypes: ['ReportBatchItemFailures'] }),
  };
}
