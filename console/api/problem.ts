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
    const said = ofSandbox(body) ?? body;
    super(textOf(said) ?? `The API answered with ${status}`);
    this.status = status;
    const { requestId } = body;
    this.code = codeOf(said) ?? `http-${status}`;
    this.requestId = typeof requestId === 'string' ? requestId : undefined;
    this.body = body;
  }
}

/** What a sandbox of a provider refuses with: Stripe's form of an error, which controls have as well. */
function ofSandbox({
  error,
}: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> | undefined {
  return typeof error === 'object' && error !== null
    ? (error as Readonly<Record<string, unknown>>)
    : undefined;
}

/** Stripe's reason of the bank says more than its code. */
const codeOf = ({ decline_code: reason, code }: Readonly<Record<string, unknown>>): string | undefined =>
  [reason, code].find((name): name is string => typeof name === 'string');

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
