import type { AwsCall, AwsReply } from './types.ts';

/** A refusal of a service, with AWS's error code. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

export const jsonReply = (body: unknown, status = 200): AwsReply => ({ status, body: JSON.stringify(body) });

export function unknownOperation(call: Pick<AwsCall, 'operation'>): ServiceError {
  return new ServiceError('UnknownOperationException', `${call.operation} is not served by the local runner`);
}
