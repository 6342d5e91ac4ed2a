/** The synthesized assembly as the local runner sees it: every intrinsic resolved, physical names and ARNs final. */
export interface Assembly {
  readonly dir: string;
  readonly region: string;
  readonly accountId: string;
  readonly functions: readonly FunctionResource[];
  readonly roles: readonly RoleResource[];
  readonly tables: readonly TableResource[];
  readonly queues: readonly QueueResource[];
  readonly buses: readonly BusResource[];
  readonly rules: readonly RuleResource[];
  readonly secrets: readonly SecretResource[];
  readonly mappings: readonly EventSourceMappingResource[];
  readonly customResources: readonly CustomResource[];
  readonly schedules: readonly ScheduleResource[];
  readonly routes: readonly RouteResource[];
  /** Undefined: the API answers no page of another origin. */
  readonly cors?: CorsResource | undefined;
  readonly functionUrls: readonly FunctionUrlResource[];
  readonly plugins: readonly PluginMetadata[];
  /** Every resource of every template, for `GET /dev/resources`. */
  readonly resources: readonly {
    readonly stack: string;
    readonly logicalId: string;
    readonly type: string;
    readonly physicalId: string;
  }[];
}

/** How the HTTP API answers pages of other origins. */
export interface CorsResource {
  readonly allowOrigins: readonly string[];
  /** Whether these origins are meant with any port, which only this machine's can be. */
  readonly anyPort: boolean;
  readonly allowMethods: readonly string[];
  readonly allowHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly maxAgeSeconds: number;
}

/** What CloudFormation leaves to a function. */
export interface CustomResource {
  /** The function to ask, with its alias. */
  readonly functionArn: string;
  readonly stack: string;
  readonly logicalId: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface PolicyStatement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Principal?: unknown;
  readonly NotPrincipal?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly Sid?: string;
}

export interface PolicyDocument {
  readonly Version?: string;
  readonly Statement: PolicyStatement | readonly PolicyStatement[];
}

export interface RoleResource {
  readonly arn: string;
  readonly name: string;
  /** Inline and attached identity policies, together. */
  readonly policies: readonly PolicyDocument[];
  readonly boundary: PolicyDocument | undefined;
  /** Who may assume it. */
  readonly trust: PolicyDocument | undefined;
}

/** What the manifest vocabulary could grant a plugin, so that a denial can name the line to add. */
export interface Grantable {
  readonly permission: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

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
  readonly plugin: string;
  /** The function's key in its manifest. */
  readonly key: string;
  /** Manifest file relative to the app's root, for messages; undefined for the platform's own functions. */
  readonly manifest: string | undefined;
  readonly grantable: readonly Grantable[];
}

export interface KeyAttribute {
  readonly name: string;
  readonly type: 'S' | 'N' | 'B';
}

export interface TableResource {
  readonly name: string;
  readonly arn: string;
  readonly partitionKey: KeyAttribute;
  readonly sortKey: KeyAttribute | undefined;
  readonly indexes: readonly {
    readonly name: string;
    readonly partitionKey: KeyAttribute;
    readonly sortKey: KeyAttribute | undefined;
    readonly projection: { readonly ProjectionType: string; readonly NonKeyAttributes?: readonly string[] };
  }[];
  readonly ttlAttribute: string | undefined;
  readonly streamArn: string | undefined;
  readonly streamView: string | undefined;
}

export interface QueueResource {
  readonly name: string;
  readonly arn: string;
  readonly url: string;
  readonly visibilityTimeoutSeconds: number;
  readonly retentionSeconds: number;
  readonly redrive: { readonly deadLetterArn: string; readonly maxReceiveCount: number } | undefined;
  /** The queue's resource policy. */
  readonly policy: PolicyDocument | undefined;
}

export interface BusResource {
  readonly name: string;
  readonly arn: string;
}

export interface RuleResource {
  readonly name: string;
  readonly arn: string;
  readonly busName: string;
  readonly enabled: boolean;
  readonly pattern: Readonly<Record<string, unknown>>;
  readonly targets: readonly {
    readonly id: string;
    readonly arn: string;
    readonly deadLetterArn: string | undefined;
  }[];
}

export interface SecretResource {
  readonly name: string;
  readonly arn: string;
  /** First value, from SecretString or GenerateSecretString's template. */
  readonly initialValue: string;
}

export interface EventSourceMappingResource {
  readonly id: string;
  /** Stream or queue. */
  readonly sourceArn: string;
  readonly functionArn: string;
  readonly batchSize: number;
  readonly batchingWindowSeconds: number;
  readonly filters: readonly Readonly<Record<string, unknown>>[];
  readonly reportBatchItemFailures: boolean;
  readonly bisectOnError: boolean;
  /** -1 = until the record expires. */
  readonly maxRetries: number;
  readonly maxRecordAgeSeconds: number;
  readonly onFailureArn: string | undefined;
  readonly enabled: boolean;
}

/** A schedule of EventBridge Scheduler that runs a function. */
export interface ScheduleResource {
  readonly name: string;
  readonly arn: string;
  readonly groupArn: string;
  readonly plugin: string;
  /** The schedule's key in its manifest. */
  readonly key: string;
  /** `rate(...)` or `cron(...)`, in UTC. */
  readonly expression: string;
  readonly enabled: boolean;
  readonly functionArn: string;
  readonly roleArn: string;
  /** The event, with placeholders such as `<aws.scheduler.scheduled-time>`. */
  readonly input: string;
  readonly deadLetterArn: string | undefined;
}

export interface RouteResource {
  /** `POST /payments/{id}` or `$default`. */
  readonly key: string;
  readonly functionArn: string;
  readonly auth: 'jwt' | 'none';
  readonly scopes: readonly string[];
  readonly issuer: string | undefined;
  readonly audience: readonly string[];
}

export interface FunctionUrlResource {
  readonly functionArn: string;
  readonly plugin: string;
  readonly webhook: string;
  /** Where the local runner serves it, e.g. `/webhooks/stripe`. */
  readonly path: string;
  readonly maxBodyBytes: number;
}

export interface SandboxMetadata {
  readonly name: string;
  /** File relative to the app's root. */
  readonly entry: string;
  readonly port: number;
  /** Dotted configuration path -> how the runner makes the value, and the override's environment name. */
  readonly config: Readonly<
    Record<string, { readonly generate?: string; readonly origin?: boolean; readonly env: string }>
  >;
  /** Webhook name -> path. */
  readonly webhooks: Readonly<Record<string, string>>;
}

export interface PluginMetadata {
  readonly plugin: string;
  readonly manifest: string;
  readonly root: string;
  readonly envPrefix: string | undefined;
  readonly secretArn: string | undefined;
  /** Scopes of its operations, those without a route among them. */
  readonly scopes: readonly string[];
  readonly sandboxes: readonly SandboxMetadata[];
  /** Whether the plugin is broken as it stands, and is here as it was before. */
  readonly lastGood?: boolean;
}
