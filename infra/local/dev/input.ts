import type { AlarmState } from '../alarms/evaluate.ts';
import { isObject, type JsonObject, parseJson } from '../json.ts';
import type { FaultRequest } from '../lambda/faults.ts';
import type { SeriesQuery } from '../metrics/operation-series.ts';
import type { BusResource } from '../resources/eventbridge.ts';
import type { FunctionResource } from '../resources/lambda.ts';
import type { Entry } from '../services/events-entries.ts';
import type { EventStreamQuery } from './event-stream.ts';

/** What was sent to a `/dev` endpoint is not understood; the message says why. */
export class BadInputError extends Error {
  override readonly name = 'BadInputError';
  readonly code: string;

  constructor(message: string, code = 'invalid-request') {
    super(message);
    this.code = code;
  }
}

function parseObject(body: Buffer): JsonObject {
  const value = body.length === 0 ? {} : parseJson(body.toString());
  if (isObject(value)) return value;
  throw new BadInputError('the body must be a JSON object');
}

function parseChoice<T extends string>(value: unknown, name: string, allowed: readonly T[], fallback?: T): T {
  if (value === undefined && fallback !== undefined) return fallback;
  if (allowed.includes(value as T)) return value as T;
  throw new BadInputError(`${name} must be one of ${allowed.join(', ')}`);
}

/** A function by its name, or as `plugin/key`. */
function parseFunction(value: unknown, functions: readonly FunctionResource[]): FunctionResource {
  const found = functions.find(({ name, plugin, key }) => [name, `${plugin}/${key}`].includes(String(value)));
  if (found !== undefined) return found;
  throw new BadInputError(`function must be one of ${functions.map(({ name }) => name).join(', ')}`);
}

/**
 * Reads `{function, alias, event}`, or `{repeat}` with the id of an invocation; without an alias the function is invoked
 * by its name alone. @returns the ARN to invoke and the event as JSON, or what is to be repeated @throws BadInputError
 */
export function parseInvocation(
  body: Buffer,
  functions: readonly FunctionResource[],
): { readonly target: string; readonly payload: Buffer } | { readonly repeat: string } {
  const { function: named, alias, event = {}, repeat } = parseObject(body);
  if (repeat !== undefined) {
    if (typeof repeat === 'string' && named === undefined) return { repeat };
    throw new BadInputError('repeat is the id of an invocation, and nothing stands beside it');
  }
  const { arn, aliases } = parseFunction(named, functions);
  const payload = Buffer.from(JSON.stringify(event));
  if (alias === undefined) return { target: arn, payload };
  return { target: `${arn}:${parseChoice(alias, 'alias', aliases)}`, payload };
}

/** Reads `{source, detailType, detail}`, for the deployment's bus unless `bus` names another. @throws BadInputError */
export function parseEvent(body: Buffer, buses: readonly BusResource[]): Entry {
  const { source, detailType, detail, bus = buses[0]?.name ?? 'default' } = parseObject(body);
  if (typeof source !== 'string' || typeof detailType !== 'string' || !isObject(detail))
    throw new BadInputError('source and detailType must be text, and detail an object');
  return {
    Source: source,
    DetailType: detailType,
    Detail: JSON.stringify(detail),
    EventBusName: parseChoice(bus, 'bus', ['default', ...buses.map(({ name }) => name)]),
  };
}

/**
 * Reads `{function, kind, call: {target, n, when}}`; the function by name, or as `plugin/key`.
 * @throws BadInputError
 */
export function parseFault(body: Buffer, functions: readonly FunctionResource[]): FaultRequest {
  const input = parseObject(body);
  const call = (input['call'] ?? {}) as JsonObject;
  const found = parseFunction(input['function'], functions);
  const n = call['n'] ?? 1;
  if (!Number.isInteger(n) || Number(n) < 1) throw new BadInputError('call.n must be a whole number from 1');
  return {
    functionName: found.name,
    kind: parseChoice(input['kind'], 'kind', ['crash', 'hang', 'fail']),
    target: parseChoice(call['target'], 'call.target', ['aws', 'provider']),
    n: Number(n),
    when: parseChoice(call['when'], 'call.when', ['before', 'after'], 'before'),
  };
}

/** A configuration that a developer wants to be stored. */
export interface ConfigRequest {
  readonly plugin: string;
  readonly values: JsonObject;
  /** The version of the shape that the plugin has now, when left out. */
  readonly configVersion: number | undefined;
}

/** Reads `{plugin, configVersion, values}`. @throws BadInputError */
export function parseConfig(body: Buffer): ConfigRequest {
  const { plugin, values, configVersion } = parseObject(body);
  if (typeof plugin !== 'string' || !isObject(values))
    throw new BadInputError('plugin must be text, and values an object');
  if (configVersion === undefined) return { plugin, values, configVersion };
  if (!Number.isInteger(configVersion) || Number(configVersion) < 1)
    throw new BadInputError('configVersion must be a whole number from 1');
  return { plugin, values, configVersion: Number(configVersion) };
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

const ADVANCE_MAX_MS = 3650 * 86_400_000;

/** Reads `{"advance": "1h"}` as milliseconds. @throws BadInputError */
export function parseAdvance(body: Buffer): number {
  const { advance, ...others } = parseObject(body);
  const [, amount, unit = ''] = /^([1-9]\d{0,6})([smhd])$/.exec(String(advance)) ?? [];
  const ms = Number(amount) * (UNIT_MS[unit] ?? NaN);
  if (Object.keys(others).length > 0 || !(ms <= ADVANCE_MAX_MS)) {
    throw new BadInputError(
      'advance must be like 30s, 15m, 1h or 2d, at most 3650d, and nothing beside it: the clock goes forward only',
      'invalid-advance',
    );
  }
  return ms;
}

/** The claims of a token that a developer asks for. */
interface TokenRequest {
  readonly sub: string;
  readonly tenant: string;
  /** Undefined: all. */
  readonly scopes: readonly string[] | undefined;
}

/** Reads `{sub, tenant, scopes}`, each optional; scopes as a list or with spaces between. @throws BadInputError */
export function parseTokenRequest(body: Buffer): TokenRequest {
  const { sub = 'developer', tenant = 'default', scopes } = parseObject(body);
  if (typeof sub !== 'string' || typeof tenant !== 'string')
    throw new BadInputError('sub and tenant must be text');
  if (scopes === undefined) return { sub, tenant, scopes: undefined };
  const list: unknown = typeof scopes === 'string' ? scopes.split(' ').filter(Boolean) : scopes;
  if (!Array.isArray(list) || !list.every((scope) => typeof scope === 'string')) {
    throw new BadInputError('scopes must be a list of text');
  }
  return { sub, tenant, scopes: list };
}

/** Which operations are asked for: `?plugin=`, `?operation=` and `?since=` a time, each optional. @throws BadInputError */
export function parseSeriesQuery(query: URLSearchParams, nowMs: number): SeriesQuery {
  refuseOthers(query, ['plugin', 'operation', 'since']);
  const given = query.get('since');
  const sinceMs = given === null ? undefined : Date.parse(given);
  if (sinceMs !== undefined && !(sinceMs <= nowMs))
    throw new BadInputError('since must be an ISO 8601 time that is not ahead of the system’s clock');
  return {
    sinceMs,
    plugin: query.get('plugin') ?? undefined,
    operation: query.get('operation') ?? undefined,
  };
}

const ALARM_STATES = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const;

/** @throws BadInputError for a parameter that is none of these */
function refuseOthers(query: URLSearchParams, allowed: readonly string[]): void {
  const unknown = [...query.keys()].find((key) => !allowed.includes(key));
  if (unknown !== undefined) throw new BadInputError(`${unknown} is none of ${allowed.join(', ')}`);
}

const STREAM_LAST_MAX = 1000;

/**
 * Which events a stream has, by `?type=` and `?aggregate=`, and where it begins: after an event or at a time, `?since=`, or
 * with so many of those that are there, `?last=`.
 * @param lastId what a client names that comes back @throws BadInputError
 */
export function parseStreamQuery(
  query: URLSearchParams,
  lastId: string | string[] | undefined,
): EventStreamQuery {
  refuseOthers(query, ['type', 'aggregate', 'since', 'last']);
  const last = Number(query.get('last') ?? 0);
  if (!Number.isInteger(last) || last < 0 || last > STREAM_LAST_MAX)
    throw new BadInputError(`last must be a whole number from 0 to ${STREAM_LAST_MAX}`);
  const since = [lastId].flat()[0] ?? query.get('since') ?? undefined;
  return {
    type: query.get('type') ?? undefined,
    aggregate: query.get('aggregate') ?? undefined,
    since,
    last,
  };
}

/** Which alarms are asked for: `?state=` and `?plugin=`, each optional. @throws BadInputError */
export function parseAlarmQuery(query: URLSearchParams): {
  readonly state: AlarmState | undefined;
  readonly plugin: string | undefined;
} {
  refuseOthers(query, ['state', 'plugin']);
  const state = query.get('state') ?? undefined;
  return {
    state: state === undefined ? undefined : parseChoice(state, 'state', ALARM_STATES),
    plugin: query.get('plugin') ?? undefined,
  };
}

/** Reads `{role, action, resource}`, each as `GET /dev/permissions` has it. @throws BadInputError */
export function parsePermission(body: Buffer): Readonly<Record<'role' | 'action' | 'resource', string>> {
  const { role, action, resource } = parseObject(body);
  if (typeof role === 'string' && typeof action === 'string' && typeof resource === 'string')
    return { role, action, resource };
  throw new BadInputError('role, action and resource must be text, as GET /dev/permissions has them');
}
