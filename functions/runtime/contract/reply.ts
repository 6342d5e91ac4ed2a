/** What an operation answers: an HTTP status, a body, and headers where they matter. */
export interface Reply<T> {
  /** HTTP status, from 200 to 599; GraphQL and direct calls carry it as well. */
  readonly status: number;
  /** JSON; not sent with status 204. */
  readonly body: T;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * What `run` returns: a reply, or the output itself, which is sent with the operation's `successStatus`. An output that
 * has the form of a reply would be taken for one, so it must be wrapped: `ok(output)`.
 */
export type OperationResult<O> = Reply<O> | Bare<O>;

type Bare<O> = O extends { readonly status: number; readonly body: unknown } ? never : O;

const REPLY_MEMBERS = new Set(['status', 'body', 'headers']);

/**
 * Whether `returned` is a reply: a plain object with `status` (a number) and `body`, perhaps `headers`, and nothing
 * else. Everything else that `run` returns is an output.
 */
export function isReply(returned: unknown): returned is Reply<unknown> {
  if (!isPlainObject(returned)) return false;
  return (
    typeof returned['status'] === 'number' &&
    Object.hasOwn(returned, 'body') &&
    Object.keys(returned).every((name) => REPLY_MEMBERS.has(name))
  );
}

/** An object as a literal makes it: no list, and no instance of a class. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** A reply with status 200. */
export const ok = <T>(body: T): Reply<T> => ({ status: 200, body });

/** A reply with status 201, mostly with the `Location` of what was created (RFC 9110 section 15.3.2). */
export const created = <T>(body: T, headers?: Readonly<Record<string, string>>): Reply<T> => ({
  status: 201,
  body,
  ...(headers && { headers }),
});
