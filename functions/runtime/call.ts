import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { CheckEvent, DirectEvent } from './adapters/direct.ts';
import { aliases } from './aliases.ts';
import { invokeClient } from './aws-lambda.ts';
import type { ConfigCheck, ConfigEvent, ConfigReading } from './config-call.ts';
import { platformProblem, ProblemError } from './contract/errors.ts';
import type { HealthReport } from './contract/health.ts';
import type { InvocationContext, OperationContext } from './contract/operation.ts';
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

export interface PluginCaller {
  /**
   * Calls an operation for the end user of `context`, whose verified token goes along; without one the call is
   * anonymous. Only the context that the operation itself was given counts, not a copy of its caller.
   * @throws ProblemError with what the other plugin refused with, or 503 when it does not answer
   */
  operation<T = unknown>(request: CallRequest, context: CallContext): Promise<Reply<T>>;
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
type CallContext = Pick<InvocationContext<unknown>, 'requestId' | 'traceparent'>;

/** What tests replace. */
interface CallerOptions {
  readonly environment?: FunctionEnvironment;
  readonly client?: () => LambdaClient;
}

/** The alias by which a function calls others; it tells the callee who calls. */
function aliasOf({ plugin, functionName }: FunctionEnvironment): string {
  return plugin === 'platform' ? functionName : aliases.call(plugin, functionName);
}

/** Calls other functions by Lambda Invoke; a caller needs no permission on the callee's data. */
export function createCaller(options: CallerOptions = {}): PluginCaller {
  const { environment = readEnvironment(), client = invokeClient } = options;
  const { functionPrefix } = environment;
  const alias = aliasOf(environment);

  async function invoke(name: string, payload: unknown, abortSignal?: AbortSignal): Promise<unknown> {
    const command = new InvokeCommand({
      FunctionName: `${functionPrefix}${name}`,
      Payload: Buffer.from(JSON.stringify(payload)),
    });
    const answer = await client()
      .send(command, { ...(abortSignal && { abortSignal }) })
      .catch((error: unknown) => {
        if ((error as Error).name === 'AccessDeniedException') throw error;
        // The function was invoked and may still act; with any other error Lambda has not invoked it.
        const isTimeout = ['TimeoutError', 'AbortError'].includes((error as Error).name);
        throw platformProblem(isTimeout ? 'timed-out' : 'plugin-unavailable', { cause: error });
      });
    const text = Buffer.from(answer.Payload ?? []).toString('utf8');
    // It crashed or ran out of time: whether it had an effect is not known, so the caller must not just retry.
    if (answer.FunctionError) {
      const { isTimeout, message } = crashOf(text);
      throw platformProblem(isTimeout ? 'timed-out' : 'internal-error', { cause: new Error(message) });
    }
    return JSON.parse(text) as unknown;
  }

  async function check(
    plugin: string,
    kind: CheckEvent['kind'],
    { function: key = 'api', timeoutMs }: CheckOptions,
  ): Promise<HealthReport> {
    const event: CheckEvent = { kind };
    const signal = AbortSignal.timeout(timeoutMs);
    return (await invoke(`${plugin}-${key}:${aliases.health}`, event, signal)) as HealthReport;
  }

  return {
    async operation<T>(request: CallRequest, context: CallContext) {
      const { plugin, function: key = 'api', operation, input, idempotencyKey } = request;
      const { requestId, traceparent, caller } = context as CallContext &
        Partial<OperationContext<unknown, unknown>>;
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
      };
      const reply = (await invoke(`${plugin}-${key}:${alias}`, event)) as Reply<T>;
      if (reply.status >= 400) throw problemFrom(reply);
      return reply;
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

/** What Lambda's error document says of a function that failed. */
function crashOf(payload: string): { readonly isTimeout: boolean; readonly message: string } {
  try {
    const { errorType, errorMessage } = JSON.parse(payload) as {
      errorType?: unknown;
      errorMessage?: unknown;
    };
    return { isTimeout: errorType === 'Sandbox.Timedout', message: String(errorMessage) };
  } catch {
    return { isTimeout: false, message: 'it ended without an answer' };
  }
}
