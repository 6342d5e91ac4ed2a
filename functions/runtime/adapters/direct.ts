import * as z from 'zod/mini';
import { platformProblem } from '../contract/errors.ts';
import type { HealthReport } from '../contract/health.ts';
import type { Reply } from '../contract/reply.ts';
import type { Operation } from '../contract/operation.ts';
import type { Adapter } from '../invocation.ts';
import type { Lifecycle } from '../lifecycle.ts';
import type { AnyPluginDefinition } from '../loader.ts';
import { bounded, causes, PluginLoadError } from '../plugin-load-error.ts';
import { redactText } from '../redact.ts';
import { checkedInput } from './input.ts';
import { runOperation } from './run-operation.ts';

/** The event of a direct call, as `call.ts` sends it. */
export const directEvent = z.object({
  kind: z.literal('operation'),
  operation: z.string(),
  input: z.unknown(),
  caller: z.object({ subject: z.string(), tenant: z.string(), scopes: z.array(z.string()) }),
  idempotencyKey: z.optional(z.string()),
  requestId: z.optional(z.string()),
  traceparent: z.optional(z.string()),
  via: z.optional(z.enum(['graphql', 'direct'])),
});
export type DirectEvent = z.infer<typeof directEvent>;

export interface DirectOptions {
  readonly definition: AnyPluginDefinition;
  readonly auth: 'jwt' | 'none';
  readonly strictOutput: boolean;
}

/** Calls between functions: the answer is a reply or a problem in the same form, never a failed invocation. */
export function directAdapter({ definition, auth, strictOutput }: DirectOptions): Adapter<Reply<unknown>> {
  const { manifest } = definition;
  const operations: Readonly<Record<string, Operation<unknown, unknown, unknown> | undefined>> =
    definition.operations;
  return {
    describe(raw) {
      const event = raw as Partial<DirectEvent>;
      const known = typeof event.operation === 'string' && Object.hasOwn(operations, event.operation);
      return {
        operation: known ? (event.operation as string) : 'unknown-operation',
        requestId: event.requestId,
        traceparent: event.traceparent,
      };
    },
    async handle(invocation) {
      const event = checkedInput(directEvent, invocation.event);
      const name = event.operation;
      const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
      if (!operation) throw platformProblem('not-found', { detail: `There is no operation "${name}".` });
      const { caller, input, idempotencyKey } = event;
      return runOperation(
        { name, operation, manifest, auth, caller, input, idempotencyKey, strictOutput },
        invocation,
      );
    },
    refuse: (_, { status, body, headers }) => ({ status, body, headers }),
  };
}

/** How long a health check waits for `initialize`, and then for the plugin's own check. */
const HEALTH_TIMEOUT_MS = 1500;

/** Health checks: whatever goes wrong becomes a report. */
export function healthAdapter(plugin: string, lifecycle: Lifecycle): Adapter<HealthReport> {
  return {
    describe: (raw) => ({
      operation: 'health',
      requestId: (raw as Partial<DirectEvent>).requestId,
      readyWithinMs: HEALTH_TIMEOUT_MS,
    }),
    async handle() {
      const check = lifecycle.plugin()?.health() ?? Promise.resolve<HealthReport>({ status: 'healthy' });
      return bounded(check, { plugin, step: 'health', timeoutMs: HEALTH_TIMEOUT_MS });
    },
    refuse(_, problem, error) {
      if (problem.code === 'plugin-unloaded') return { status: 'unloaded' };
      const told = causes(error).find((cause) => cause instanceof PluginLoadError) ?? error;
      const reason = told instanceof Error ? told.message : 'the health check failed';
      return { status: 'unhealthy', reason: redactText(reason) };
    },
  };
}
