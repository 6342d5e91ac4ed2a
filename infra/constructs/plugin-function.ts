import { Aws, Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { type IGrantable, type IPrincipal, type ManagedPolicy, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Alias, Architecture, CfnFunction, Function, Runtime, type Code } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { aliases } from '#runtime/aliases.ts';
import { BoundedRole } from './bounded-role.ts';
import { METRICS_NAMESPACE, names, type Auth, type Deployment } from '../deployment/deployment.ts';
import { importedKey } from './key-access.ts';
import { grantSpanExport, tracingVariables } from './span-export.ts';

export interface PluginFunctionProps {
  readonly deployment: Deployment;
  /** `platform` for the platform's own functions. */
  readonly plugin: string;
  /** The function's key in its manifest. */
  readonly key: string;
  readonly code: Code;
  readonly handler: string;
  readonly description: string;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  /** Invocations at once that are set aside for it, and the most that it takes. */
  readonly reservedConcurrency?: number | undefined;
  /** Whether its invocations are traced; as the deployment says when left out. */
  readonly tracing?: boolean | undefined;
  /** Besides those that every function has. */
  readonly environment: Readonly<Record<string, string>>;
  /** Upper bound of the role; the function's log is added to it. */
  readonly boundary: ManagedPolicy;
  /** Who may invoke it besides AWS's own triggers. */
  readonly invokers?: Invokers;
  /** For the local runner and other readers of the assembly. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** The functions that may invoke another, each by an alias of its own. */
export interface Invokers {
  /** All aliases besides `live`. */
  readonly aliases: readonly string[];
  /** Operations that functions of other plugins may call, by the alias of each. */
  readonly callers: Readonly<Record<string, readonly string[]>>;
}

/** What the function authorizes calls by: who may call what, and which issuer's tokens identify the end user. */
function authorizationOf(auth: Auth, { aliases: given, callers }: Invokers): Record<string, string> {
  const without: readonly string[] = [aliases.health, aliases.config, aliases.deployment];
  const isCalled = given.some((alias) => !without.includes(alias));
  return {
    ...(Object.keys(callers).length > 0 && { ANINEEPLUS_CALLERS: JSON.stringify(callers) }),
    ...(isCalled &&
      auth.kind === 'jwt' && {
        ANINEEPLUS_AUTH_ISSUER: auth.issuer,
        ANINEEPLUS_AUTH_AUDIENCE: JSON.stringify(auth.audience),
      }),
  };
}

/** A Lambda function with our defaults: own role within the plugin's boundary, own log group, an alias for each who invokes. */
export class PluginFunction extends Construct implements IGrantable {
  /** What AWS's own triggers start. */
  readonly alias: Alias;
  /** All of its aliases, by name. */
  readonly aliases: ReadonlyMap<string, Alias>;
  readonly role: BoundedRole;
  readonly timeoutSeconds: number;
  readonly grantPrincipal: IPrincipal;

  constructor(scope: Construct, id: string, props: PluginFunctionProps) {
    super(scope, id);
    const { deployment, plugin, key } = props;
    this.timeoutSeconds = props.timeoutSeconds;
    const functionName = names.function(deployment.stage, plugin, key);
    const logGroup = new LogGroup(this, 'Log', {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: deployment.isLocal ? RetentionDays.ONE_WEEK : RetentionDays.THREE_MONTHS,
      encryptionKey: importedKey(this, deployment),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = new BoundedRole(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `What the function ${key} of ${plugin} may do`,
      boundary: props.boundary,
    });
    this.grantPrincipal = this.role.grantPrincipal;
    const { tracing, debugSampleRate } = deployment;
    const isTraced = props.tracing ?? tracing.isOn;
    for (const grantee of [this, props.boundary]) {
      logGroup.grantWrite(grantee);
      if (isTraced) grantSpanExport(grantee, tracing);
    }
    const environment = {
      ANINEEPLUS_STAGE: deployment.stage,
      // Together with the stage it identifies the deployment, and stays the same when stacks are updated.
      ANINEEPLUS_DEPLOYMENT: `${Aws.ACCOUNT_ID}/${Aws.REGION}`,
      ANINEEPLUS_PLUGIN: plugin,
      ANINEEPLUS_FUNCTION: key,
      ANINEEPLUS_AUTH: deployment.auth.kind,
      POWERTOOLS_SERVICE_NAME: plugin,
      POWERTOOLS_METRICS_NAMESPACE: METRICS_NAMESPACE,
      POWERTOOLS_LOG_LEVEL: 'INFO',
      ...(debugSampleRate > 0 && { POWERTOOLS_LOGGER_SAMPLE_RATE: String(debugSampleRate) }),
      ...(isTraced && tracingVariables(tracing)),
      ...(props.invokers && authorizationOf(deployment.auth, props.invokers)),
      ...props.environment,
    };
    const lambda = new Function(this, 'Function', {
      functionName,
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: props.code,
      handler: props.handler,
      memorySize: props.memoryMb,
      timeout: Duration.seconds(props.timeoutSeconds),
      ...(deployment.reservesConcurrency &&
        props.reservedConcurrency !== undefined && {
          reservedConcurrentExecutions: props.reservedConcurrency,
        }),
      role: this.role.role,
      logGroup,
      environment,
    });
    (lambda.node.defaultChild as CfnFunction).addMetadata('AnineePlus', {
      plugin,
      function: key,
      ...props.metadata,
    });
    acknowledgeServerlessRules(lambda);
    const version = lambda.currentVersion;
    this.alias = new Alias(this, 'Live', { aliasName: aliases.live, version });
    const others = (props.invokers?.aliases ?? []).map(
      (aliasName) => [aliasName, new Alias(this, `Alias-${aliasName}`, { aliasName, version })] as const,
    );
    this.aliases = new Map([[aliases.live, this.alias], ...others]);
  }
}

function acknowledgeServerlessRules(lambda: Function): void {
  Validations.of(lambda).acknowledge(
    {
      id: 'Serverless::Serverless-LambdaDLQ',
      reason:
        'Asynchronous invocations come from schedules alone, whose event invoke config has a failure destination; a dead-letter target of the function would be a second one',
    },
    {
      id: 'Serverless::Serverless-LambdaTracing',
      reason:
        'Every log line, event and call carries a W3C trace id; active tracing by X-Ray adds a charge per request and is for the operator to decide',
    },
  );
}
