import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Alias, Architecture, CfnFunction, Function, Runtime, type Code } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { LIVE, METRICS_NAMESPACE, names, type Deployment } from './deployment.ts';

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
  /** Besides those that every function has. */
  readonly environment: Readonly<Record<string, string>>;
  /** Besides writing its own log. */
  readonly statements: readonly PolicyStatement[];
  /** Upper bound of the role; the function's log is added to it. */
  readonly boundary: ManagedPolicy;
  /** What the local runner and other readers of the assembly want to know. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** A Lambda function with our defaults: own role within the plugin's boundary, own log group, alias `live`. */
export class PluginFunction extends Construct {
  readonly alias: Alias;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: PluginFunctionProps) {
    super(scope, id);
    const { deployment, plugin, key } = props;
    const functionName = names.function(deployment.stage, plugin, key);
    const logGroup = new LogGroup(this, 'Log', {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: deployment.isLocal ? RetentionDays.ONE_WEEK : RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const writeLog = () =>
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      });
    props.boundary.addStatements(writeLog());
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `What the function ${key} of ${plugin} may do`,
      permissionsBoundary: props.boundary,
      inlinePolicies: {
        // In the role itself, not beside it: a trigger that is created next must find it complete.
        permissions: new PolicyDocument({ statements: [writeLog(), ...props.statements] }),
      },
    });
    const lambda = new Function(this, 'Function', {
      functionName,
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: props.code,
      handler: props.handler,
      memorySize: props.memoryMb,
      timeout: Duration.seconds(props.timeoutSeconds),
      role: this.role,
      logGroup,
      environment: {
        ANINEEPLUS_STAGE: deployment.stage,
        // With the stage, what tells this deployment from all others; it survives an update of the stacks.
        ANINEEPLUS_DEPLOYMENT: `${Aws.ACCOUNT_ID}/${Aws.REGION}`,
        ANINEEPLUS_PLUGIN: plugin,
        ANINEEPLUS_FUNCTION: key,
        ANINEEPLUS_AUTH: deployment.auth.kind,
        POWERTOOLS_SERVICE_NAME: plugin,
        POWERTOOLS_METRICS_NAMESPACE: METRICS_NAMESPACE,
        POWERTOOLS_LOG_LEVEL: 'INFO',
        ...props.environment,
      },
    });
    (lambda.node.defaultChild as CfnFunction).addMetadata('AnineePlus', {
      plugin,
      function: key,
      ...props.metadata,
    });
    this.alias = new Alias(this, 'Live', { aliasName: LIVE, version: lambda.currentVersion });
  }
}
