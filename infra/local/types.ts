import type { Assembly } from './resources/assembly.ts';

/** How an invocation ended. */
export interface InvokeResult {
  /** Unhandled: the function threw, crashed or timed out; the payload is Lambda's error document. */
  readonly functionError: 'Unhandled' | undefined;
  readonly payload: Buffer;
  readonly requestId: string;
  readonly durationMs: number;
}

/** What triggered an invocation, for `GET /dev/invocations`. */
export type InvocationTrigger =
  | 'http'
  | 'function-url'
  | 'invoke'
  | 'stream'
  | 'queue'
  | 'schedule'
  | 'deployment';

/** Runs the assembly's functions in child processes. */
export interface Functions {
  /** @param functionArn ARN or name, with or without the alias */
  invoke(functionArn: string, payload: Buffer, trigger: InvocationTrigger): Promise<InvokeResult>;
}

/** Fake credentials of one role: the access key id names the caller. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly functionName: string;
  readonly roleArn: string;
}

/** A refusal by a role, with the manifest line that would allow the call. */
export interface Denial {
  readonly functionName: string;
  readonly action: string;
  readonly resource: string;
  readonly hint: string;
  readonly at: string;
}

/** The assembly in force: replaced when the manifests change while the system runs. */
export interface AssemblyRef {
  current: Assembly;
}

/** One line on the developer's terminal. */
export interface Terminal {
  info(line: string): void;
  warn(line: string): void;
  error(line: string): void;
}
