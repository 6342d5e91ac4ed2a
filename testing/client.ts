/** An answer of the system under test, read whole. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // Black-box tests assert on the wire shape itself, so the body is as untyped as it is for any client.
  readonly body: Json;
}

/** JSON as a test reads it: the assertions themselves say what shape it must have. */
// oxlint-disable-next-line typescript/no-explicit-any -- any member may be asked for, a missing one is undefined
export type Json = any;

export interface RequestOptions {
  readonly body?: unknown;
  /** Sent as it is instead of `body`. */
  readonly raw?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One HTTP request; a body that is not JSON comes back as text. */
export async function request(
  origin: string,
  method: string,
  path: string,
  { body, raw, headers = {} }: RequestOptions = {},
): Promise<Answer> {
  const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const response = await fetch(new URL(path, origin), {
    method,
    headers: { ...(payload === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(payload === undefined
      ? {}
      : { body: typeof payload === 'string' ? payload : new Uint8Array(payload) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: parse(text) };
}

function parse(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Asks until `accept` is satisfied, and fails with the last answer when `withinMs` have passed. */
export async function eventually<T>(
  ask: () => Promise<T>,
  accept: (answer: T) => boolean,
  withinMs = 5_000,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (accept(answer)) return answer;
    if (Date.now() > deadline) {
      throw new Error(`not reached within ${withinMs} ms; last answer: ${JSON.stringify(answer)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
