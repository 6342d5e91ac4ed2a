/** An answer that refuses, as `application/problem+json` (RFC 9457) or the plain message of API Gateway. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  /** Status of the answer; 0 when none came. */
  readonly status: number;
  /** Stable name of what is wrong. */
  readonly code: string;
  readonly requestId: string | undefined;
  /** The whole answer, for what a page reads beyond the common members. */
  readonly body: Readonly<Record<string, unknown>>;

  constructor(status: number, body: Readonly<Record<string, unknown>>) {
    super(textOf(body) ?? `The API answered with ${status}`);
    this.status = status;
    const { code, requestId } = body;
    this.code = typeof code === 'string' ? code : `http-${status}`;
    this.requestId = typeof requestId === 'string' ? requestId : undefined;
    this.body = body;
  }
}

const textOf = ({ detail, title, message }: Readonly<Record<string, unknown>>): string | undefined =>
  [detail, title, message].find((text): text is string => typeof text === 'string' && text !== '');

/** What a page shows of something that was thrown. */
export const problemOf = (error: unknown): ApiProblem =>
  error instanceof ApiProblem
    ? error
    : new ApiProblem(0, {
        code: 'unexpected',
        detail: error instanceof Error ? error.message : String(error),
      });
