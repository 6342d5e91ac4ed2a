import type * as z from 'zod/mini';
import type { $ZodType } from 'zod/v4/core';
import type { CheckEvent, DirectEvent } from './adapters/direct.ts';
import { aliases } from './aliases.ts';
import { type InvokeClient, invokeClient } from './aws/lambda.ts';
import { chainOf, checkChain } from './calls/chain.ts';
import { createCircuitBreaker, type Outcome } from './calls/circuit-breaker.ts';
import { deadlineWithin } from './calls/deadline.ts';
import { invokeFunction } from './calls/invoke.ts';
import { remoteInput, remoteReply, type RemoteOperation } from './calls/remote-operation.ts';
import type { ConfigCheck, ConfigEvent, ConfigReading } from './config-call.ts';
import { ProblemError } from './contract/errors.ts';
import type { CallTarget } from './contract/manifest-types.ts';
import type { HealthReport } from './contract/health.ts';
import type { InvocationContext, OperationContext } from './contract/operation.ts';
import type { PluginManifest } from './contract/plugin.ts';
import type { Reply } from './contract/reply.ts';
import { credentialsOf } from './credentials.ts';
import { readEnvironment, type FunctionEnvironment } from './environment.ts';

/** One operation of another plugin. The end user is taken from the context of the call: see {@link PluginCaller}. */
export interface CallRequest {
  readonly plugin: string;
  /** The function that serves it; `api` unless the manifest says otherwise. */
  readonly function?: string;
  readonly operation: string;
  readonly input: unknown;
  /** Narrows the end user's scopes to these; it can add none. */
  readonly scopes?: readonly string[];
  readonly idempotencyKey?: string | undefined;
}

/**
 * Calls other plugins. With the type of the manifest, `PluginCaller<typeof manifest>`, an operation that none of its
 * permissions grants is an error of the compiler.
 */
export interface PluginCaller<M = PluginManifest> {
  /**
   * Calls an operation for the end user of `context`, whose verified token goes along; without one the call is
   * anonymous. Only the context that the operation itself was given counts, not a copy of its caller.
   * @throws ProblemError with what the other plugin refused with, 503 when it does not answer, at once after it has not
   * done so for several calls, or 500 `call-chain-too-long`
   */
  operation<T = unknown>(request: CallRequest & CallTarget<M>, context: CallContext): Promise<Reply<T>>;
  /**
   * The same with the types of a {@link RemoteOperation}, whose schemas check both sides.
   * @throws ProblemError what `operation` throws, and 502 `answer-invalid`
   */
  call<I extends $ZodType, O extends $ZodType>(
    remote: RemoteOperation<I, O> & CallTarget<M>,
    input: z.input<I>,
    context: CallContext,
    more?: Pick<CallRequest, 'scopes' | 'idempotencyKey'>,
  ): Promise<Reply<z.output<O>>>;
  /** @throws ProblemError when the plugin does not answer in time */
  health(plugin: string, options: CheckOptions): Promise<HealthReport>;
  /**
   * Makes one environment of a plugin initialize it: `unhealthy` with the reason when it does not start.
   * @throws ProblemError when the plugin does not answer in time
   */
  start(plugin: string, options: CheckOptions): Promise<HealthReport>;
  /** Asks a plugin about a version of its configuration. @throws ProblemError when it does not answer in time */
  config(plugin: string, request: ConfigRequest & { readonly ask: 'check' }): Promise<ConfigCheck>;
  config(plugin: string, request: ConfigRequest & { readonly ask: 'read' }): Promise<ConfigReading>;
}

/** Which function of the plugin is asked, and for how long. */
interface CheckOptions {
  readonly function?: string;
  readonly timeoutMs: number;
}

export interface ConfigRequest extends Omit<ConfigEvent, 'kind'> {
  readonly function: string;
  readonly timeoutMs: number;
}

/** The context of the operation, schedule or subscription that calls. */
type CallContext = Pick<
  InvocationContext<unknown>,
  'requestId' | 'traceparent' | 'source' | 'remainingMs' | 'log'
>;

/** What tests replace. */
interface CallerOptions {
  readonly environment?: FunctionEnvironment;
  readonly client?: () => InvokeClient;
}

/** The alias by which a function calls others; it tells the callee who calls. */
function aliasOf({ plugin, functionName }: FunctionEnvironment): string {
  return plugin === 'platform' ? functionName : aliases.call(plugin, functionName);
}

/** Calls other functions by Lambda Invoke; a caller needs no permission on the callee's data. */
export function createCaller<M = PluginManifest>(options: CallerOptions = {}): PluginCaller<M> {
  const { environment = readEnvironment(), client = invokeClient } = options;
  const { functionPrefix } = environment;
  const alias = aliasOf(environment);

  const breaker = createCircuitBreaker({ isFailure: hasNotAnswered });

  const invoke = (name: string, payload: unknown, signal: AbortSignal): Promise<unknown> =>
    invokeFunction(client(), `${functionPrefix}${name}`, payload, signal);

  async function check(
    plugin: string,
    kind: CheckEvent['kind'],
    { function: key = 'api', timeoutMs }: CheckOptions,
  ): Promise<HealthReport> {
    const event: CheckEvent = { kind };
    const signal = AbortSignal.timeout(timeoutMs);
    return (await invoke(`${plugin}-${key}:${aliases.health}`, event, signal)) as HealthReport;
  }

  async function callOperation<T>(request: CallRequest, context: CallContext): Promise<Reply<T>> {
    const { plugin, function: key = 'api', operation, input, idempotencyKey } = request;
    const { requestId, traceparent, source, caller, log, remainingMs } = context as CallContext &
      Partial<OperationContext<unknown, unknown>>;
    const chain = chainOf(caller);
    const maxHops = environment.callHops[plugin] ?? 1;
    checkChain(chain, { from: environment, to: { plugin, operation }, maxHops });
    const { deadlineAt, abortSignal } = deadlineWithin(remainingMs());
    const proof = credentialsOf(caller);
    const event: DirectEvent = {
      kind: 'operation',
      operation,
      input,
      token: proof?.token,
      scopes: narrowest(proof?.scopes, request.scopes),
      idempotencyKey,
      requestId,
      traceparent,
      // Another plugin is named by its alias, and the address is that of its client.
      ...(environment.plugin === 'platform' && { sourceIp: source?.ip }),
      deadlineAt,
      ...(chain.length > 0 && { chain: [...chain] }),
    };
    const send = () => invoke(`${plugin}-${key}:${alias}`, event, abortSignal);
    const reply = (await breaker.run(`${plugin}/${key}`, send, log)) as Reply<T>;
    if (reply.status >= 400) throw problemFrom(reply);
    return reply;
  }

  return {
    operation: callOperation,
    async call(remote, input, context, more = {}) {
      const { plugin, operation, function: key } = remote;
      const request = { plugin, operation, input: remoteInput(remote, input), ...more };
      const reply = await callOperation({ ...request, ...(key !== undefined && { function: key }) }, context);
      return remoteReply(remote, reply);
    },
    health: (plugin, limits) => check(plugin, 'health', limits),
    start: (plugin, limits) => check(plugin, 'start', limits),
    async config(plugin, { function: key, timeoutMs, ...asked }) {
      const event: ConfigEvent = { kind: 'config', ...asked };
      const name = `${plugin}-${key}:${aliases.config}`;
      // The overloads say which answer belongs to which question.
      return (await invoke(name, event, AbortSignal.timeout(timeoutMs))) as ConfigCheck & ConfigReading;
    },
  };
}

/** Codes of a reply by which the function itself says that it did not get to answer. */
const UNANSWERED = new Set(['timed-out', 'plugin-unhealthy']);

/** Time-outs, and functions that cannot be invoked or cannot start; whatever an operation refuses with is an answer. */
function hasNotAnswered(outcome: Outcome): boolean {
  if ('error' in outcome) {
    const { code } = outcome.error as { readonly code?: unknown };
    return code === 'timed-out' || code === 'plugin-unavailable';
  }
  const { status, body } = outcome.answer as Reply<{ readonly code?: unknown } | undefined>;
  return status >= 500 && UNANSWERED.has(String(body?.code));
}

/** A call further down the chain cannot have more scopes than the one before it. */
function narrowest(
  held: readonly string[] | undefined,
  wanted: readonly string[] | undefined,
): string[] | undefined {
  const narrowed = held && wanted ? wanted.filter((scope) => held.includes(scope)) : (wanted ?? held);
  return narrowed && [...narrowed];
}

/** The problem that a reply carries, as the callee threw it. */
function problemFrom({ status, body, headers }: Reply<unknown>): ProblemError {
  const {
    type: _type,
    title,
    status: _status,
    detail,
    code,
    instance: _instance,
    ...extensions
  } = (body ?? {}) as Record<string, unknown>;
  return new ProblemError(
    typeof code === 'string' ? code : 'internal-error',
    { status, title: typeof title === 'string' ? title : 'The call was refused' },
    { ...(typeof detail === 'string' && { detail }), extensions, ...(headers && { headers }) },
  );
}
