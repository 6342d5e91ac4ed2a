import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { platformProblem, ProblemError } from './contract/errors.ts';
import type { HealthReport } from './contract/health.ts';
import type { Caller } from './contract/operation.ts';
import type { Reply } from './contract/reply.ts';
import { invokeClient } from './aws-lambda.ts';

/** One operation of another plugin, called on behalf of the end user. */
export interface CallRequest {
  readonly plugin: string;
  /** The function that serves it; `api` unless the manifest says otherwise. */
  readonly function?: string;
  readonly operation: string;
  readonly input: unknown;
  readonly caller: Caller;
  readonly idempotencyKey?: string | undefined;
  readonly requestId?: string | undefined;
  readonly traceparent?: string | undefined;
  readonly via?: 'graphql' | 'direct';
}

export interface PluginCaller {
  /** @throws ProblemError with what the other plugin refused with, or 503 when it does not answer */
  operation<T = unknown>(request: CallRequest): Promise<Reply<T>>;
  /** @throws ProblemError when the plugin does not answer in time */
  health(
    plugin: string,
    options: { readonly function?: string; readonly timeoutMs: number },
  ): Promise<HealthReport>;
}

export interface CallerOptions {
  /** `anineeplus-<stage>-`. */
  readonly functionPrefix: string;
  readonly client?: () => LambdaClient;
}

/** Calls other functions by Lambda Invoke on their `live` alias; the other side alone holds the rights to its data. */
export function createCaller({ functionPrefix, client = invokeClient }: CallerOptions): PluginCaller {
  async function invoke(name: string, payload: unknown, abortSignal?: AbortSignal): Promise<unknown> {
    const command = new InvokeCommand({
      FunctionName: `${functionPrefix}${name}:live`,
      Payload: Buffer.from(JSON.stringify(payload)),
    });
    const answer = await client()
      .send(command, { ...(abortSignal && { abortSignal }) })
      .catch((error: unknown) => {
        if ((error as Error).name === 'AccessDeniedException') throw error;
        throw platformProblem('plugin-unavailable', { cause: error });
      });
    const text = Buffer.from(answer.Payload ?? []).toString('utf8');
    // It crashed or ran out of time: whether it acted is not known, so this is no "try again".
    if (answer.FunctionError) throw platformProblem('internal-error', { cause: new Error(crashOf(text)) });
    return JSON.parse(text) as unknown;
  }

  return {
    async operation<T>({ plugin, function: key = 'api', via = 'direct', ...call }: CallRequest) {
      const reply = (await invoke(`${plugin}-${key}`, { kind: 'operation', via, ...call })) as Reply<T>;
      if (reply.status >= 400) throw problemFrom(reply);
      return reply;
    },
    async health(plugin, { function: key = 'api', timeoutMs }) {
      const report = await invoke(`${plugin}-${key}`, { kind: 'health' }, AbortSignal.timeout(timeoutMs));
      return report as HealthReport;
    },
  };
}

/** The problem that a reply carries, as it was thrown on the other side. */
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

/** The message of Lambda's error document. */
function crashOf(payload: string): string {
  try {
    return String((JSON.parse(payload) as { errorMessage?: unknown }).errorMessage);
  } catch {
    return 'it ended without an answer';
  }
}
