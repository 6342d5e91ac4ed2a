import type { Denial, InvocationTrigger } from '../types.ts';
import type { ChildReport } from './child.ts';
import type { Outcome } from './environment.ts';
import { PAYLOAD_KEPT_BYTES, shownPayload } from './shown-payload.ts';

/** One invocation, as `GET /dev/invocations` shows it. */
export interface InvocationRecord {
  readonly id: string;
  readonly function: string;
  readonly trigger: InvocationTrigger;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number | undefined;
  readonly coldStart: boolean | undefined;
  readonly status: 'running' | Outcome['status'];
  readonly error: unknown;
  readonly logs: readonly string[];
  readonly denied: readonly Denial[];
  /** In their order: `DynamoDB_20120810.PutItem`, or method and path. */
  readonly awsCalls: readonly string[];
  readonly providerCalls: readonly string[];
}

/** One invocation with what went in and out, as `GET /dev/invocations/{id}` shows it: without secrets. */
export interface InvocationDetail extends InvocationRecord {
  /** Undefined for an event that is too long to be kept; such an invocation cannot be repeated. */
  readonly event: unknown;
  /** Undefined while it runs, and for one that is too long. */
  readonly result: unknown;
}

/** What an invocation was made with. */
export interface InvocationCall {
  /** ARN or name of the function, with the alias. */
  readonly target: string;
  readonly payload: Buffer;
}

type Draft = { -readonly [K in keyof InvocationRecord]: InvocationRecord[K] } & {
  logs: string[];
  denied: Denial[];
  awsCalls: string[];
  providerCalls: string[];
};

interface InvocationLogOptions {
  /** What keeps Lambda from writing the log of a function with the rights of its role; undefined when nothing does. */
  readonly logDenial?: (functionName: string) => Denial | undefined;
}

/** The last invocations, the newest last. */
export interface InvocationLog {
  begin(id: string, functionName: string, trigger: InvocationTrigger, call?: InvocationCall): void;
  end(id: string, result: { outcome: Outcome; coldStart: boolean; durationMs: number }): void;
  log(id: string | undefined, line: string): void;
  called(report: ChildReport): void;
  /** Adds a denial to the invocations of the function that are running. */
  denied(denial: Denial): void;
  list(): readonly InvocationRecord[];
  /** Undefined for one that is forgotten, or never was. */
  get(id: string): InvocationDetail | undefined;
  /** What invokes the same again; undefined without the event. */
  callOf(id: string): InvocationCall | undefined;
}

const RECORDS_MAX = 500;
const LINES_MAX = 200;

/** What one invocation was called with and answered, of payloads that are short enough. */
interface Payloads {
  readonly call: InvocationCall | undefined;
  result?: Buffer;
}

const kept = <T extends { readonly length: number }>(payload: T): T | undefined =>
  payload.length > PAYLOAD_KEPT_BYTES ? undefined : payload;

/** Remembers the last 500 invocations, with the first 200 log lines of each and what went in and out. */
export function createInvocationLog({ logDenial }: InvocationLogOptions = {}): InvocationLog {
  const records = new Map<string, Draft>();
  const payloads = new WeakMap<Draft, Payloads>();
  const unlogged = new WeakSet<Draft>();
  const payloadsOf = (id: string): Payloads | undefined => payloads.get(records.get(id) as Draft);

  return {
    begin(id, functionName, trigger, call) {
      const draft: Draft = {
        id,
        function: functionName,
        trigger,
        startedAt: new Date().toISOString(),
        durationMs: undefined,
        coldStart: undefined,
        status: 'running',
        error: undefined,
        logs: [],
        denied: [],
        awsCalls: [],
        providerCalls: [],
      };
      records.set(id, draft);
      payloads.set(draft, { call: call && kept(call.payload) && call });
      const denial = logDenial?.(functionName);
      if (denial !== undefined) {
        draft.denied.push(denial);
        unlogged.add(draft);
      }
      const [oldest] = records.keys();
      if (records.size > RECORDS_MAX && oldest !== undefined) records.delete(oldest);
    },
    end(id, { outcome, coldStart, durationMs }) {
      const record = records.get(id);
      if (record === undefined) return;
      Object.assign(record, { status: outcome.status, coldStart, durationMs });
      const result = kept(outcome.payload);
      if (result !== undefined) Object.assign(payloads.get(record) ?? {}, { result });
      if (outcome.status !== 'ok') record.error = JSON.parse(outcome.payload.toString()) as unknown;
    },
    log(id, line) {
      const record = records.get(id ?? '');
      if (record === undefined || unlogged.has(record)) return;
      if (record.logs.length < LINES_MAX) record.logs.push(line);
    },
    called({ requestId = '', target, method, origin, path, action }) {
      const record = records.get(requestId);
      if (target === 'aws') record?.awsCalls.push(action ?? `${method} ${path}`);
      if (target === 'provider') record?.providerCalls.push(`${method} ${origin}${path}`);
    },
    denied(denial) {
      for (const record of records.values()) {
        const running = record.status === 'running' && record.function === denial.functionName;
        if (running) record.denied.push(denial);
      }
    },
    list: () => [...records.values()],
    get(id) {
      const record = records.get(id);
      const { call, result } = payloadsOf(id) ?? {};
      return record && { ...record, event: shownPayload(call?.payload), result: shownPayload(result) };
    },
    callOf: (id) => payloadsOf(id)?.call,
  };
}
