import type { Engine } from '../engine/types.ts';
import type { JsonObject } from '../json.ts';
import type { FunctionResource } from '../resources/lambda.ts';
import type { State } from '../state/types.ts';
import type { AssemblyRef, Functions, Terminal } from '../types.ts';

/** One AWS call of a function. */
export interface AwsCall {
  readonly service: ServiceName;
  readonly operation: string;
  /** Members of the request; those of a REST path or query are in it too. */
  readonly input: JsonObject;
  /** The body as it came. */
  readonly raw: Buffer;
  readonly caller: FunctionResource;
  /** Fires when the caller hangs up. */
  readonly signal: AbortSignal;
}

export type ServiceName = 'dynamodb' | 'secretsmanager' | 'events' | 'lambda' | 'sqs';

export interface AwsReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: Buffer | string;
}

/** What the services work with. */
export interface ServiceContext {
  readonly assembly: AssemblyRef;
  readonly functions: () => Functions;
  readonly engine: Engine;
  readonly state: State;
  readonly terminal: Terminal;
}

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

/** A member that must be a string. @throws ServiceError when it is missing or something else */
export function requiredString(input: JsonObject, name: string, code = 'ValidationException'): string {
  const value = input[name];
  if (typeof value === 'string' && value !== '') return value;
  const given = value === undefined ? 'null' : 'given';
  const rule = 'failed to satisfy constraint: Member must not be null';
  throw new ServiceError(code, `1 validation error detected: Value ${given} at '${name}' ${rule}`);
}

export function optionalString(input: JsonObject, name: string): string | undefined {
  const value = input[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
