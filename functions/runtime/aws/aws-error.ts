/** What is known of a call, as the AWS SDK names it. */
interface CallMetadata {
  /** Left out when no answer came. */
  readonly httpStatusCode?: number;
  readonly requestId?: string;
  /** How often the call was made. */
  readonly attempts?: number;
  readonly clockSkewCorrected?: true;
}

/**
 * A refusal of AWS: its `name` is the code of the service, such as `ConditionalCheckFailedException`, and whatever else
 * the answer says of it stands beside, as with the errors of the AWS SDK.
 */
export class AwsError extends Error {
  readonly $fault: 'client' | 'server';
  $metadata: CallMetadata;
  /** When the service wants to be called again. */
  retryAfterHint: Date | undefined;

  constructor(name: string, message: string, metadata: CallMetadata, details: object = {}) {
    super(message);
    this.name = name;
    this.$fault = (metadata.httpStatusCode ?? 500) < 500 ? 'client' : 'server';
    this.$metadata = metadata;
    Object.assign(this, details);
  }
}

/** Whether an error is the refusal of AWS with this code. */
export const isAwsError = (error: unknown, name: string): error is AwsError =>
  error instanceof Error && error.name === name;

/** `com.amazonaws.dynamodb.v20120810#ThrottlingException:http://...` is `ThrottlingException`. */
const codeIn = (text: string): string => text.split(',')[0]?.split(':')[0]?.split('#').at(-1) ?? text;

/** The error that an answer of an AWS JSON protocol says. */
export function errorFrom(
  status: number,
  headers: Readonly<Record<string, string | undefined>>,
  body: unknown,
): AwsError {
  const {
    __type: type,
    code,
    message,
    Message = message,
    ...details
  } = (typeof body === 'object' && body !== null ? body : {}) as Readonly<Record<string, unknown>>;
  const name = headers['x-amzn-errortype'] ?? code ?? type;
  const requestId = headers['x-amzn-requestid'] ?? headers['x-amz-request-id'];
  return new AwsError(
    typeof name === 'string' ? codeIn(name) : 'Unknown',
    typeof Message === 'string' ? Message : 'UnknownError',
    { httpStatusCode: status, ...(requestId !== undefined && { requestId }) },
    details,
  );
}
