import type { DescribedError, JsonSchema } from './types.ts';

/** RFC 9457, with the members that every problem of this API has. */
export const problemSchema: JsonSchema = {
  type: 'object',
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string' },
    requestId: { type: 'string' },
  },
  required: ['title', 'status', 'code', 'requestId'],
  additionalProperties: true,
};

type Errors = Readonly<Record<string, DescribedError>>;

const COMPONENT = 'problem-';

function byStatus(errors: Errors): readonly (readonly [status: number, Errors])[] {
  const groups = Object.groupBy(Object.entries(errors), ([, { status }]) => status);
  return Object.entries(groups).map(([status, group = []]) => [Number(status), Object.fromEntries(group)]);
}

function response(errors: Errors): object {
  const entries = Object.entries(errors);
  const schema = {
    allOf: [
      { $ref: '#/components/schemas/Problem' },
      { type: 'object', properties: { code: { enum: Object.keys(errors) } } },
    ],
  };
  const retry = entries.some(([, { retryAfterSeconds }]) => retryAfterSeconds !== undefined);
  return {
    description: entries.map(([code, { title }]) => `\`${code}\`: ${title}`).join('; '),
    ...(retry && { headers: { 'Retry-After': { schema: { type: 'integer' } } } }),
    content: { 'application/problem+json': { schema } },
  };
}

/** The refusals of the platform and of the API, one shared response for each status. */
export function sharedResponses(platform: Errors): Readonly<Record<string, object>> {
  const problems = byStatus(platform).map(([status, errors]) => [`${COMPONENT}${status}`, response(errors)]);
  return Object.fromEntries(problems);
}

/** One response for each status that an operation may refuse with, naming the codes it may carry. */
export function errorResponses(platform: Errors, own: Errors): Readonly<Record<string, object>> {
  const statuses = byStatus({ ...platform, ...own }).map(([status, errors]) => {
    const isShared = Object.keys(errors).every((code) => !(code in own));
    const shared = { $ref: `#/components/responses/${COMPONENT}${status}` };
    return [String(status), isShared ? shared : response(errors)] as const;
  });
  return Object.fromEntries(statuses);
}
