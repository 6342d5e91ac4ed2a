/** An answer ready to be sent. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Buffer | string;
}

export function json(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

/** The fixed answers of an HTTP API. */
export const apiErrors = {
  badRequest: json(400, { message: 'Bad Request' }),
  forbidden: json(403, { message: 'Forbidden' }),
  notFound: json(404, { message: 'Not Found' }),
  tooLarge: json(413, { message: 'Request Entity Too Large' }),
  internal: json(500, { message: 'Internal Server Error' }),
  unavailable: json(503, { message: 'Service Unavailable' }),
};
