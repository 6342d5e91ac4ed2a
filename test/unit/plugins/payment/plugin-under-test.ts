import { randomUUID } from 'node:crypto';
import { idempotencyOf } from '#runtime/adapters/idempotency.ts';
import { checkedInput } from '#runtime/adapters/input.ts';
import { replyFrom } from '#runtime/adapters/output.ts';
import type { ProblemError } from '#runtime/contract/errors.ts';
import type { Operation } from '#runtime/contract/operation.ts';
import type { DocumentClient } from '#runtime/aws/document-types.ts';
import { createDocumentClient } from '#runtime/aws/documents.ts';
import type { Reply } from '#runtime/contract/reply.ts';
import type { ScheduleSummary } from '#runtime/contract/schedule.ts';
import { environmentOf, type TestDynamo, startDynamo } from '#test/support/dynamodb.ts';
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { paymentConfig } from '../../../../plugins/payment/config.ts';
import { operations } from '../../../../plugins/payment/operations.ts';
import type { PaymentProvider } from '../../../../plugins/payment/providers/provider.ts';
import { due, gaps, ledger } from '../../../../plugins/payment/reconciliation/schedules.ts';
import { type Services } from '../../../../plugins/payment/services.ts';
import { createServices } from '../../../../plugins/payment/create-services.ts';
import type { PaymentView } from '../../../../plugins/payment/api/schemas.ts';

const schedules = { due, gaps, ledger };
export type Schedule = keyof typeof schedules;

/** What the objects of the benches name. */
export const DEPLOYMENT = 'local-bench';

export interface CallOptions {
  readonly key?: string;
  readonly tenant?: string;
  readonly subject?: string;
  readonly remainingMs?: number;
}

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields?: unknown;
}

export interface Answer<T> extends Reply<T> {
  readonly headers: Readonly<Record<string, string>>;
  readonly problem?: ProblemError;
}

/** Another way to put the plugin together than the bench has. */
export interface Changes {
  readonly provider?: (inner: PaymentProvider) => PaymentProvider;
  readonly config?: object;
  readonly services?: (inner: Services) => Services;
  /** Another system at the same provider: its name, and a table that exists. */
  readonly deployment?: string;
  readonly table?: string;
  /** What every call has left, instead of what its options say. */
  readonly remainingMs?: () => number;
}

/** What stands around each call of the database: it may look at the call, change its input, and act before and after. */
export type Around = (call: {
  readonly name: keyof DocumentClient;
  readonly input: object;
  readonly next: () => Promise<unknown>;
}) => Promise<unknown>;

/** The database of a bench, and what its plugins have in common. */
export interface PluginBase {
  readonly dynamo: TestDynamo;
  readonly table: string;
  readonly client: DocumentClient;
  /** Tests add and remove entries. */
  readonly around: Around[];
  readonly state: { calls: number; marked: number; offsetMs: number };
  readonly logs: LogLine[];
  /** The metrics that were counted, by name. */
  readonly counts: Map<string, number>;
}

/** A table of the plugin with nothing in it. @returns its name */
export async function newTable(dynamo: TestDynamo): Promise<string> {
  const table = `payments-${randomUUID()}`;
  await dynamo.createTable(table, {
    'by-tenant': ['GSI1PK', 'GSI1SK'],
    'by-next-check': ['GSI2PK', 'GSI2SK', []],
  });
  return table;
}

/** Starts a database with the plugin's table, whose calls are counted. */
export async function openPluginBase(): Promise<PluginBase> {
  const dynamo = await startDynamo();
  const table = await newTable(dynamo);
  const state = { calls: 0, marked: 0, offsetMs: 0 };
  const count: Around = ({ next }) => {
    state.calls += 1;
    return next();
  };
  const around = [count];
  const client = intercepted(createDocumentClient({ env: environmentOf(dynamo) }), around);
  return { dynamo, table, client, around, state, logs: [], counts: new Map() };
}

/** A client whose calls go through all that stands around them at that time, the last one first. */
const intercepted = (client: DocumentClient, around: readonly Around[]): DocumentClient =>
  new Proxy(client, {
    get: (target, name: keyof DocumentClient) => (input: never) =>
      around.reduce<() => Promise<unknown>>(
        (next, one) => () => one({ name, input, next }),
        () => target[name](input),
      )(),
  });

/** The plugin as its functions put it together, called as an invocation calls it. */
export function assemblePlugin(base: PluginBase, settings: object, changes: Changes) {
  const { state, client, logs, counts } = base;
  const { table = base.table, deployment = DEPLOYMENT } = changes;
  const now = () => new Date(Date.now() + state.offsetMs);
  const config = z.parse(paymentConfig, { ...settings, ...changes.config });
  const environment = { stage: 'local', deployment, table: () => table, now };
  const wired = createServices(config, environment, { client });
  const wrap = changes.provider;
  const wrapped: Services =
    wrap === undefined ? wired : { ...wired, provider: async (name) => wrap(await wired.provider(name)) };
  const services = changes.services?.(wrapped) ?? wrapped;
  const write = (level: string) => (message: string, fields?: unknown) =>
    void logs.push({ level, message, fields });
  const log = {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    count: (name: string, value = 1) => void counts.set(name, (counts.get(name) ?? 0) + value),
    duration: (name: string, _durationMs: number, options?: unknown) =>
      void logs.push({ level: 'metric', message: name, fields: options }),
  };
  const context = (remainingMs = 28_000) => ({
    services,
    requestId: randomUUID(),
    traceparent: undefined,
    span: { set() {}, link() {} },
    config: undefined,
    remainingMs: changes.remainingMs ?? (() => remainingMs),
    log,
  });
  const call = async <T = PaymentView>(
    name: string,
    input: unknown,
    options: CallOptions = {},
  ): Promise<Answer<T>> => {
    const { tenant = 'default', subject = 'tester', key, remainingMs } = options;
    const use = (operations as unknown as Record<string, Operation<unknown, unknown, Services>>)[name];
    if (use === undefined) throw new Error(`no operation ${name}`);
    try {
      const checked = checkedInput(use.input, input);
      const returned = await use.run({
        ...context(remainingMs),
        input: checked,
        caller: { tenant, subject, scopes: [] },
        idempotency:
          key === undefined ? undefined : idempotencyOf(name, key, { raw: input, parsed: checked }),
      });
      const reply = replyFrom({ name, operation: use, returned, strict: true });
      return { headers: {}, ...(reply as Reply<T>) };
    } catch (error) {
      const problem = error as ProblemError;
      if (problem.name !== 'ProblemError') throw error;
      const body = { code: problem.code, ...problem.extensions } as T;
      return { status: problem.status, body, headers: problem.headers, problem };
    }
  };
  /** Runs one of the reconciler's schedules. */
  const reconcile = async (schedule: Schedule): Promise<ScheduleSummary> =>
    (await schedules[schedule].run({ ...context(120_000), schedule, scheduledAt: now() })) ?? {};
  return { services, context, call, reconcile };
}

/** Items of a partition whose sort key begins so. */
export async function itemsOf(
  { dynamo, table }: Pick<PluginBase, 'dynamo' | 'table'>,
  partition: string,
  prefix: string,
): Promise<Record<string, never>[]> {
  const answer = await dynamo.documents.send(
    new QueryCommand({
      TableName: table,
      KeyConditionExpression: 'PK = :pk AND begins_with(SK, :sk)',
      ExpressionAttributeValues: { ':pk': partition, ':sk': prefix },
    }),
  );
  return (answer.Items ?? []) as Record<string, never>[];
}
