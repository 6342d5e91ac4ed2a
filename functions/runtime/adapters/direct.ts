import * as z from 'zod/mini';
import { aliases } from '../aliases.ts';
import { withChain } from '../calls/chain.ts';
import { platformProblem } from '../contract/errors.ts';
import type { HealthReport } from '../contract/health.ts';
import type { Reply } from '../contract/reply.ts';
import type { Caller } from '../contract/operation.ts';
import type { PluginManifest } from '../contract/plugin.ts';
import type { Entrance } from '../entrance.ts';
import type { Adapter } from '../adapter.ts';
import type { Invocation } from '../invocation.ts';
import type { Lifecycle } from '../lifecycle/lifecycle.ts';
import { causes } from '../error-causes.ts';
import { bounded, PluginLoadError } from '../lifecycle/plugin-load-error.ts';
import { redactText } from '../redact.ts';
import { thrownAt, withPlace } from '../telemetry/thrown-at.ts';
import type { TokenVerifier } from '../tokens/verifier.ts';
import { directCaller } from './caller.ts';
import { checkedInput } from './input.ts';
import { runOperation, type OperationsByName } from './run-operation.ts';

const ID_MAX_LENGTH = 128;
/** More than `maxHops` of a manifest can allow. */
const CHAIN_MAX_LENGTH = 10;
/** More than any client's header can hold. */
const TOKEN_MAX_LENGTH = 16_384;

/** The event of a direct call, as `call.ts` sends it. It names no end user: that is read from the token. */
const directEvent = z.strictObject({
  kind: z.literal('operation'),
  operation: z.string(),
  input: z.unknown(),
  token: z.optional(z.string().check(z.maxLength(TOKEN_MAX_LENGTH))),
  scopes: z.optional(z.array(z.string())),
  idempotencyKey: z.optional(z.string()),
  requestId: z.optional(z.string()),
  traceparent: z.optional(z.string()),
  /** The client's address, from the GraphQL function. */
  sourceIp: z.optional(z.string().check(z.maxLength(ID_MAX_LENGTH))),
  /** When the caller stops waiting, in epoch milliseconds. */
  deadlineAt: z.optional(z.int()),
  /** Functions that called the caller, outermost first; the caller itself is known from its alias. */
  chain: z.optional(
    z.array(z.string().check(z.maxLength(ID_MAX_LENGTH))).check(z.maxLength(CHAIN_MAX_LENGTH)),
  ),
});
export type DirectEvent = z.infer<typeof directEvent>;

interface DirectOptions {
  readonly manifest: PluginManifest;
  readonly operations: OperationsByName;
  readonly auth: 'jwt' | 'none';
  readonly strictOutput: boolean;
  readonly verify: TokenVerifier;
}

const MEMBERS: ReadonlySet<string> = new Set(Object.keys(directEvent.shape));

const membersOf = (event: unknown): Readonly<Record<string, unknown>> =>
  typeof event === 'object' && event !== null ? (event as Record<string, unknown>) : {};

/** A text of the sender that may be logged; undefined for one that is too long. */
const shortText = (value: unknown): string | undefined =>
  typeof value === 'string' && value.length <= ID_MAX_LENGTH ? value : undefined;

/** Why the alias may not send this event; undefined when it may. */
function denialOf(
  event: unknown,
  { kind, caller, operations }: Entrance,
  plugin: string,
): string | undefined {
  const members = membersOf(event);
  if (kind !== 'call') return 'the alias stands for no caller of operations';
  if (members['kind'] !== 'operation') return 'the alias takes calls of operations alone';
  const extra = Object.keys(members).find((name) => !MEMBERS.has(name));
  if (extra !== undefined) return `a call has no member "${extra.slice(0, 40)}"`;
  const operation = shortText(members['operation']) ?? '';
  if (operations.has(operation)) return undefined;
  return `${caller} lacks "call:${plugin}.${operation}"`;
}

/** Calls between functions: the answer is a reply or a problem in the same form, never a failed invocation. */
export function directAdapter({
  manifest,
  operations,
  auth,
  strictOutput,
  verify,
}: DirectOptions): Adapter<Reply<unknown>> {
  async function callerOf(event: DirectEvent, { log, entrance }: Invocation): Promise<Caller> {
    try {
      const caller = await directCaller(event, { auth, manifest, operation: event.operation }, verify);
      // The GraphQL function is a way in for clients, and no plugin of a chain.
      const isClient = entrance.alias === aliases.graphql;
      return withChain(caller, isClient ? [] : [...(event.chain ?? []), entrance.caller]);
    } catch (error) {
      const reason = causes(error).map((cause) => (cause as Error).message);
      log.warn('Caller not verified', { calledBy: entrance.caller, operation: event.operation, reason });
      log.count('plugin.calls.denied');
      throw error;
    }
  }

  return {
    describe(raw) {
      const { operation, requestId, traceparent, sourceIp, deadlineAt } = membersOf(raw);
      const known = typeof operation === 'string' && Object.hasOwn(operations, operation);
      return {
        operation: known ? operation : 'unknown-operation',
        requestId: shortText(requestId),
        traceparent: shortText(traceparent),
        sourceIp: shortText(sourceIp),
        deadlineAt: Number.isInteger(deadlineAt) ? Number(deadlineAt) : undefined,
      };
    },
    denies: ({ event, entrance }) => denialOf(event, entrance, manifest.name),
    async handle(invocation) {
      const event = checkedInput(directEvent, invocation.event);
      const name = event.operation;
      const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
      if (!operation) throw platformProblem('not-found', { detail: `There is no operation "${name}".` });
      const { input, idempotencyKey } = event;
      const caller = await callerOf(event, invocation);
      return runOperation(
        { name, operation, manifest, auth, caller, input, idempotencyKey, strictOutput },
        invocation,
      );
    },
    refuse: (_, { status, body, headers }) => ({ status, body, headers }),
  };
}

/** The event of a check, as `call.ts` sends it: `start` waits for `initialize` alone, as long as that may take. */
export interface CheckEvent {
  readonly kind: 'health' | 'start';
}
export const checkKinds: ReadonlySet<unknown> = new Set<CheckEvent['kind']>(['health', 'start']);

/** How long a health check waits for `initialize`, and then for the plugin's own check. */
const HEALTH_TIMEOUT_MS = 1500;

const isStart = (event: unknown): boolean => membersOf(event)['kind'] === 'start';

/** Health checks and starts: every error becomes a report. */
export function healthAdapter(
  plugin: string,
  lifecycle: Lifecycle,
  sourceFolder: string | undefined,
): Adapter<HealthReport> {
  return {
    describe: (raw) => ({
      operation: isStart(raw) ? 'start' : 'health',
      requestId: shortText(membersOf(raw)['requestId']),
      ...(!isStart(raw) && { readyWithinMs: HEALTH_TIMEOUT_MS }),
    }),
    denies: ({ entrance }) =>
      entrance.kind === 'health' ? undefined : 'the alias is not that of health checks',
    async handle({ event }) {
      if (isStart(event)) return { status: 'healthy' };
      const check = lifecycle.plugin()?.health() ?? Promise.resolve<HealthReport>({ status: 'healthy' });
      const report = await bounded(check, { plugin, step: 'health', timeoutMs: HEALTH_TIMEOUT_MS });
      const stale = lifecycle.staleBecause();
      return stale === undefined ? report : withStaleConfig(report, reasonOf(stale, sourceFolder));
    },
    refuse(_, problem, error) {
      if (problem.code === 'plugin-unloaded') return { status: 'unloaded' };
      return { status: 'unhealthy', reason: reasonOf(error, sourceFolder) };
    },
  };
}

function reasonOf(error: unknown, sourceFolder: string | undefined): string {
  const cause = causes(error).find((one) => one instanceof PluginLoadError) ?? error;
  const reason = cause instanceof Error ? cause.message : 'the health check failed';
  const shown = sourceFolder === undefined ? withoutAddresses(reason, error) : reason;
  return redactText(withPlace(shown, thrownAt(error, sourceFolder)));
}

/** The plugin works, until its next execution environment starts with what is stored. */
const withStaleConfig = (report: HealthReport, why: string): HealthReport => ({
  ...report,
  status: report.status === 'healthy' ? 'degraded' : report.status,
  reason: [report.reason, `the stored configuration cannot be used, the last good one is: ${why}`]
    .filter((text) => text !== undefined)
    .join('; '),
});

/** Messages of AWS and of the network name accounts, roles and hosts: outside of the local runner only their codes show. */
function withoutAddresses(reason: string, error: unknown): string {
  return causes(error).reduce<string>((text, cause) => {
    const { message, name, code } = cause as NodeJS.ErrnoException;
    const isForeign = '$metadata' in (cause as object) || 'syscall' in (cause as object);
    return isForeign && message !== '' ? text.replaceAll(message, code ?? name) : text;
  }, reason);
}
