import httpJsonBodyParser from '@middy/http-json-body-parser';
import { boundedText } from './bounded-body.ts';
import type { HttpEvent } from './http-event.ts';
import { platformProblem } from '../contract/errors.ts';
import { FORBIDDEN_NAMES } from '../json-object.ts';
import { shownName } from '../schema/shown-name.ts';
import type { Middleware } from '../middleware/types.ts';

const BODYLESS: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/**
 * Reads a request's body as one JSON object, whatever its content type says (`curl -d` calls it a form); no body is
 * `{}`. Refuses with 400 `malformed-json` or `invalid-request`, and 413 `payload-too-large`.
 */
export function jsonBody(): Middleware {
  return {
    before: function jsonBodyBefore({ event: invocation }) {
      const event = invocation.event as HttpEvent;
      if (BODYLESS.has(event.requestContext.http.method)) return;
      const { text, inexact } = boundedText(event);
      if (text.trim() === '') return;
      const value = parsed(text);
      if (inexact !== undefined) {
        throw invalidBody(
          `The number in ${shownName(inexact)} has more digits than JSON readers keep; send it as a string.`,
        );
      }
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        throw invalidBody('The body must be a JSON object.');
      }
      invocation.body = value as Record<string, unknown>;
    },
  };
}

function parsed(text: string): unknown {
  let forbidden: string | undefined;
  const parser = httpJsonBodyParser({
    disableContentTypeCheck: true,
    reviver(key: string, value: unknown) {
      if (FORBIDDEN_NAMES.has(key)) forbidden ??= key;
      return value;
    },
  });
  // The parser replaces the body of the event that it is given.
  const event: { body: unknown; readonly headers: object } = { body: text, headers: {} };
  try {
    parser.before?.({ event } as unknown as Parameters<NonNullable<typeof parser.before>>[0]);
  } catch (error) {
    // Its own refusal of names that reach the prototype; the cause of any other holds the body, so it is left out.
    const { data } = ((error as Error).cause ?? {}) as { readonly data?: unknown };
    if (typeof data !== 'string' || !FORBIDDEN_NAMES.has(data)) throw platformProblem('malformed-json');
    forbidden ??= data;
  }
  if (forbidden !== undefined) throw invalidBody(`The member name "${forbidden}" is not allowed.`);
  return event.body;
}

const invalidBody = (detail: string) => platformProblem('invalid-request', { detail });
