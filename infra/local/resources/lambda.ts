/** What the manifest vocabulary could grant a plugin, so that a denial can name the line to add. */
interface Grantable {
  readonly permission: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

/** An `AWS::Lambda::Function` with its aliases, and the manifest data in its metadata. */
export interface FunctionResource {
  readonly name: string;
  /** Unqualified ARN. */
  readonly arn: string;
  /** Alias names that exist for it, e.g. `live`. */
  readonly aliases: readonly string[];
  readonly roleArn: string;
  /** e.g. `functions/api.handler`. */
  readonly handler: string;
  /** Absolute directory of the code asset. */
  readonly codeDir: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  /** The most invocations at once; Infinity without a bound of its own. */
  readonly reservedConcurrency: number;
  readonly plugin: string;
  /** The function's key in its manifest. */
  readonly key: string;
  /** Manifest file relative to the app's root, for messages; undefined for the platform's own functions. */
  readonly manifest: string | undefined;
  readonly grantable: readonly Grantable[];
}

/** Where an `AWS::Lambda::EventInvokeConfig` sends what a function has done. */
export interface DestinationResource {
  readonly functionArn: string;
  /** Queue, topic, bus or function. */
  readonly arn: string;
  /** Where it stands, for messages. */
  readonly path: string;
}

/** An `AWS::Lambda::Url`, which receives the webhooks of a plugin. */
export interface FunctionUrlResource {
  readonly functionArn: string;
  readonly plugin: string;
  readonly webhook: string;
  /** Where the local runner serves it, e.g. `/webhooks/stripe`. */
  readonly path: string;
  readonly maxBodyBytes: number;
}

/** An `AWS::Lambda::EventSourceMapping`: what polls a stream or a queue for a function. */
export interface EventSourceMappingResource {
  readonly id: string;
  /** Stream or queue. */
  readonly sourceArn: string;
  readonly functionArn: string;
  readonly batchSize: number;
  readonly batchingWindowSeconds: number;
  /** Batches at once at most; Infinity without a bound. */
  readonly maximumConcurrency: number;
  readonly filters: readonly Readonly<Record<string, unknown>>[];
  readonly reportBatchItemFailures: boolean;
  readonly bisectOnError: boolean;
  /** -1 = until the record expires. */
  readonly maxRetries: number;
  readonly maxRecordAgeSeconds: number;
  readonly onFailureArn: string | undefined;
  readonly enabled: boolean;
}
