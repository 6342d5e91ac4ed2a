import { nearest } from '#runtime/nearest.ts';
import { CommandError } from './command-error.ts';

/** A running system, and the access token that calls it. */
export interface ApiTarget {
  readonly url: string;
  readonly token?: string | undefined;
}

export interface ApiAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  /** Of what can be changed on condition that it is still the same. */
  readonly etag: string | undefined;
}

/** Longer than the platform waits for the health of its plugins, and than a load takes to be in force. */
const ANSWER_WITHIN_MS = 30_000;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/**
 * Calls the platform's API.
 * @param ifMatch the entity tag of what is changed
 * @throws CommandError for everything but a success
 */
export async function callApi(
  target: ApiTarget,
  method: 'GET' | 'POST' | 'PATCH',
  path: string,
  body?: unknown,
  ifMatch?: string,
): Promise<ApiAnswer> {
  const { url, token } = target;
  let response: Response;
  let text: string;
  try {
    response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(ifMatch !== undefined && { 'if-match': ifMatch }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    text = await response.text();
  } catch (cause) {
    throw unreachable(url, cause);
  }
  const parsed = parsedAnswer(text);
  if (!isObject(parsed)) {
    throw new CommandError(
      'not-the-platform',
      `${url}${path} answers ${response.status} without a JSON object`,
      {
        fix: 'give the address of the API with --url',
      },
    );
  }
  if (!response.ok) throw refused(target, response.status, parsed);
  return { status: response.status, body: parsed, etag: response.headers.get('etag') ?? undefined };
}

function parsedAnswer(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unreachable(url: string, cause: unknown): CommandError {
  if (cause instanceof DOMException && cause.name === 'TimeoutError') {
    return new CommandError('system-timed-out', `${url} did not answer within ${ANSWER_WITHIN_MS / 1000} s`, {
      fix: 'look at the output of npm start, then try again',
      cause,
    });
  }
  const { code, message } = ((cause as Error).cause ?? cause) as NodeJS.ErrnoException;
  return new CommandError('system-not-running', `nothing answers at ${url} (${code ?? message})`, {
    fix: 'start the system with npm start, or name another one with --url',
    cause,
  });
}

function refused(
  { token }: ApiTarget,
  status: number,
  body: Readonly<Record<string, unknown>>,
): CommandError {
  const title = textOf(body['title']) ?? textOf(body['message']) ?? `the system answered ${status}`;
  const detail = textOf(body['detail']);
  const code =
    textOf(body['code']) ?? (status === 401 ? 'unauthorized' : status === 403 ? 'forbidden' : 'failed');
  const reasons = [...listOf(body['reasons']).map(String), ...listOf(body['errors']).map(faultLine)];
  const message = [`${code}: ${title}`, detail].filter(Boolean).join('. ').replace(/\.$/, '');
  return new CommandError({ answered: code }, message, {
    fix: fixFor(status, token, reasons.length > 0),
    reasons,
  });
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** A member that does not fit. */
function faultLine(fault: unknown): string {
  const { path, message } = isObject(fault) ? fault : {};
  return [textOf(path), textOf(message)].filter(Boolean).join(' ');
}

function fixFor(status: number, token: string | undefined, hasReasons: boolean): string {
  if (status === 401) {
    return token === undefined
      ? 'give an access token with --token or ANINEEPLUS_TOKEN; POST /dev/token of a local system mints one'
      : 'the token is not valid here, or no more: give another one';
  }
  if (status === 403) return 'give a token that has the scope';
  if (status === 412) return 'somebody else has changed it at the same time: look at it again';
  if (status === 409)
    return hasReasons ? 'correct the reasons first, or use --cascade where it helps' : 'try again';
  return status >= 500 ? 'look at the output of npm start, or at the logs' : 'correct the call';
}

/** The error for a plugin that a list of names does not have. */
export function unknownPlugin(name: string, known: readonly string[]): CommandError {
  const near = nearest(name, known);
  const fix =
    near === undefined
      ? `the plugins are: ${known.join(', ') || 'none'}`
      : `did you mean "${near}"? The plugins are: ${known.join(', ')}`;
  return new CommandError('unknown-plugin', `there is no plugin "${name}"`, { fix });
}
