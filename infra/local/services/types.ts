import type { RouteThrottles } from '../api-gateway/throttles.ts';
import type { Engine } from '../engine/types.ts';
import type { JsonObject } from '../json.ts';
import type { FunctionResource } from '../resources/lambda.ts';
import type { State } from '../state/types.ts';
import type { TraceStore } from '../traces/trace-store.ts';
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

/** The services of the AWS endpoint, by their names in credential scopes. */
export type ServiceName = 'apigateway' | 'dynamodb' | 'secretsmanager' | 'events' | 'lambda' | 'sqs' | 'xray';

/** An HTTP answer of a service. */
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
  readonly traces: TraceStore;
  readonly throttles: RouteThrottles;
}
