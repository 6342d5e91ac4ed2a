import { platformProblem } from '../contract/errors.ts';
import type { Operation } from '../contract/operation.ts';
import { isPlainObject, isReply, type Reply } from '../contract/reply.ts';
import { shownPath } from '../schema/shown-name.ts';
import { validate, type Fault } from '../schema/validate.ts';

/** Why what an operation returned cannot be its answer; names members and rules, never values. */
class OutputError extends Error {
  override readonly name = 'OutputError';
  readonly operation: string;
  readonly faults: readonly Fault[];

  constructor(operation: string, faults: readonly Fault[]) {
    const rules = faults.map(({ path, message }) => (path === '' ? `it ${message}` : `${path} ${message}`));
    super(`The answer of "${operation}" does not fit: ${rules.join('; ')}`);
    this.operation = operation;
    this.faults = faults;
  }
}

interface Returned {
  readonly name: string;
  readonly operation: Pick<Operation<unknown, unknown, unknown>, 'output' | 'successStatus'>;
  /** What `run` returned. */
  readonly returned: unknown;
  /** Whether the body of a reply is checked against `output` as well, and the caller gets the faults as `detail`. */
  readonly strict: boolean;
}

/**
 * The reply that an operation gives. A bare output is checked against the schema `output`, and what the schema does not
 * name is left out of it. A reply is sent as it is; with `strict` its body must fit the schema and hold nothing that
 * the schema does not name, because clients know it from the schema only.
 * @throws ProblemError 500 `output-invalid`
 */
export function replyFrom(given: Returned): Reply<unknown> {
  const { returned, operation } = given;
  if (isReply(returned)) return checkedReply(given, returned);
  // The schema would read the members of any object, also those of a promise or of a Response.
  if (returned === undefined || (isObject(returned) && !isJsonContainer(returned)))
    throw outputInvalid(given, [faultAt(notJson(returned))]);
  const checked = validate(operation.output, returned);
  if (!checked.ok) throw outputInvalid(given, checked.faults);
  const place = jsonFault(checked.value, returned);
  if (place) throw outputInvalid(given, [faultAt(place)]);
  return { status: operation.successStatus ?? 200, body: checked.value };
}

function checkedReply(given: Returned, reply: Reply<unknown>): Reply<unknown> {
  const { status, body } = reply;
  const fault = statusFault(status) ?? headersFault(reply.headers);
  if (fault) throw outputInvalid(given, [fault]);
  const place = status === 204 ? undefined : jsonFault(body);
  if (place) throw outputInvalid(given, [faultAt(place)]);
  const hasOutput = status < 300 && status !== 204;
  if (!given.strict || !hasOutput) return reply;
  const checked = validate(given.operation.output, body);
  if (!checked.ok) throw outputInvalid(given, checked.faults);
  const extra = firstUnknownMember(body, checked.value);
  if (extra) throw outputInvalid(given, [faultAt(extra)]);
  return reply;
}

function outputInvalid({ name, strict }: Returned, faults: readonly Fault[]) {
  const cause = new OutputError(name, faults);
  return platformProblem('output-invalid', { cause, ...(strict && { detail: cause.message }) });
}

function statusFault(status: number): Fault | undefined {
  const isStatus = Number.isInteger(status) && status >= 200 && status <= 599;
  return isStatus ? undefined : { path: 'status', message: 'must be an HTTP status from 200 to 599' };
}

function headersFault(headers: unknown): Fault | undefined {
  if (headers === undefined) return undefined;
  const fits = isPlainObject(headers) && Object.values(headers).every((text) => typeof text === 'string');
  return fits ? undefined : { path: 'headers', message: 'must be an object of strings' };
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const isJsonContainer = (value: object): boolean => Array.isArray(value) || isPlainObject(value);

/** A fault whose path is not complete yet. */
interface Place {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

const faultAt = ({ path, message }: Place): Fault => ({ path: shownPath(path), message });

const MAX_LEVELS = 100;

/**
 * The first place that JSON cannot carry as it is. `JSON.stringify` would throw, or write `null`, `{}` or a text in its
 * place.
 * @param given what `value` was made from, where a schema made it: a schema reads a promise as an object without members
 */
function jsonFault(value: unknown, given: unknown = value, levels = 0): Place | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined;
  if (typeof value === 'number') {
    return Number.isFinite(value) ? undefined : { path: [], message: 'must be a finite number' };
  }
  if (!isObject(value) || !isJsonContainer(value)) return notJson(value);
  if (isObject(given) && !isJsonContainer(given)) return notJson(given);
  if (levels === MAX_LEVELS) return { path: [], message: `must have at most ${MAX_LEVELS} levels` };
  for (const [name, member] of entriesOf(value)) {
    const made = isObject(given) ? (given as Record<PropertyKey, unknown>)[name] : undefined;
    const fault = jsonFault(member, made, levels + 1);
    if (fault) return nested(name, fault);
  }
  return undefined;
}

/** The first member of `given` that the schema left out of `kept`. */
function firstUnknownMember(given: unknown, kept: unknown): Place | undefined {
  if (!isObject(given) || !isObject(kept)) return undefined;
  for (const [name, member] of entriesOf(given)) {
    if (!Object.hasOwn(kept, name)) return { path: [name], message: 'is not a member of `output`' };
    const fault = firstUnknownMember(member, (kept as Record<PropertyKey, unknown>)[name]);
    if (fault) return nested(name, fault);
  }
  return undefined;
}

/** The entries of a list or an object; a member that is `undefined` is left out by JSON, but not in a list. */
const entriesOf = (value: object): (readonly [PropertyKey, unknown])[] =>
  Array.isArray(value)
    ? value.map((item: unknown, index) => [index, item] as const)
    : Object.entries(value).filter(([, member]) => member !== undefined);

const nested = (name: PropertyKey, { path, message }: Place): Place => ({ path: [name, ...path], message });

const notJson = (value: unknown): Place => ({ path: [], message: `must be JSON and is ${kindOf(value)}` });

/** What a value is, without the value. */
function kindOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return `of type ${typeof value}`;
  const { constructor } = value as { readonly constructor?: { readonly name?: string } };
  return `an instance of ${constructor?.name ?? 'a class'}`;
}
