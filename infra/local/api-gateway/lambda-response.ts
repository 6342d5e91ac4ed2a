import type { HttpResponse } from '../http/response.ts';

/** What a function answers in payload format 2.0. */
interface LambdaAnswer {
  readonly statusCode: number | string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly cookies?: readonly string[];
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}

/**
 * Reads the payload of a function in format 2.0: an object with a status, or any other value as the body of a 200.
 * @returns undefined when it is neither, which callers answer as an error of the function
 */
export function httpResponseOf(payload: Buffer, defaultType: string): HttpResponse | undefined {
  let answer: unknown;
  try {
    answer = JSON.parse(payload.toString());
  } catch {
    return undefined;
  }
  if (!isLambdaAnswer(answer)) {
    const body = typeof answer === 'string' ? answer : JSON.stringify(answer);
    return { status: 200, headers: { 'content-type': 'application/json' }, body };
  }
  const status = Number(answer.statusCode);
  const body = answer.body ?? '';
  if (!Number.isInteger(status) || status < 100 || status > 599 || typeof body !== 'string') return undefined;
  return {
    status,
    headers: {
      'content-type': defaultType,
      ...headersOf(answer.headers ?? {}),
      ...(answer.cookies?.length && { 'set-cookie': answer.cookies.map(clean) }),
    },
    body: answer.isBase64Encoded ? Buffer.from(body, 'base64') : body,
  };
}

function isLambdaAnswer(answer: unknown): answer is LambdaAnswer {
  return typeof answer === 'object' && answer !== null && 'statusCode' in answer;
}

// Headers of one connection, which the server sets itself.
const DROPPED = new Set(['connection', 'content-length', 'keep-alive', 'transfer-encoding', 'upgrade']);
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;

function headersOf(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  const entries = Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), clean(value)] as const)
    .filter(([name]) => HEADER_NAME.test(name) && !DROPPED.has(name));
  return Object.fromEntries(entries);
}

/** Without the characters that no header may hold. */
function clean(value: unknown): string {
  // oxlint-disable-next-line no-control-regex
  return String(value).replace(/[\u0000-\u0008\u000a-\u001f\u007f]|[^\u0000-\u00ff]/g, '');
}
