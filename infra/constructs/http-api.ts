import { createHash } from 'node:crypto';
import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { CfnApi, CfnAuthorizer, CfnStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { importedKey } from './key-access.ts';
import { names, type Cors, type Deployment } from '../deployment/deployment.ts';

/** The stage of the API, which answers at the root of its address. */
export const API_STAGE = '$default';

/** Fields of an access log line; no header, no query string, no body. */
const ACCESS_LOG = {
  requestId: '$context.requestId',
  time: '$context.requestTimeEpoch',
  routeKey: '$context.routeKey',
  status: '$context.status',
  latencyMs: '$context.responseLatency',
  integrationLatencyMs: '$context.integrationLatency',
  responseBytes: '$context.responseLength',
  ip: '$context.identity.sourceIp',
  subject: '$context.authorizer.claims.sub',
  error: '$context.error.message',
  integrationError: '$context.integrationErrorMessage',
};

/** What pages of the allowed origins may send and read; no cookies, the API takes tokens. */
const corsConfiguration = ({ origins }: Cors): CfnApi.CorsProperty => ({
  allowOrigins: [...origins],
  allowMethods: ['GET', 'POST', 'PATCH', 'DELETE'],
  allowHeaders: ['authorization', 'content-type', 'idempotency-key', 'if-match'],
  exposeHeaders: ['etag', 'location', 'retry-after', 'idempotent-replayed', 'x-request-id'],
  maxAge: 300,
});

/** The HTTP API of a deployment: access log, throttling, and the authorizer that checks tokens. */
export class HttpApi extends Construct {
  readonly apiId: string;
  readonly url: string;
  /** Undefined: the context has auth "none", and callers are anonymous. */
  readonly authorizerId: string | undefined;
  readonly stage: CfnStage;
  /** Another one whenever an update changes the stage itself. */
  readonly stageVersion: string;

  constructor(scope: Construct, id: string, { deployment }: { deployment: Deployment }) {
    super(scope, id);
    const { stage, auth, cors, throttle } = deployment;
    const api = new CfnApi(this, 'Api', {
      name: names.bus(stage),
      description: `AnineePlus Plugins (${stage})`,
      protocolType: 'HTTP',
      ...(cors && { corsConfiguration: corsConfiguration(cors) }),
    });
    // Read by the local runner alone: API Gateway compares whole origins.
    if (cors?.anyPort) api.addMetadata('AnineePlus', { cors: { anyPort: true } });
    const log = new LogGroup(this, 'AccessLog', {
      // The prefix spares the account's resource policy, which API Gateway would extend for each log otherwise.
      logGroupName: `/aws/vendedlogs/${names.prefix(stage)}api`,
      retention: RetentionDays.THREE_MONTHS,
      encryptionKey: importedKey(this, deployment),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const format = JSON.stringify(ACCESS_LOG);
    this.stage = new CfnStage(this, 'Stage', {
      apiId: api.ref,
      stageName: API_STAGE,
      autoDeploy: true,
      accessLogSettings: { destinationArn: log.logGroupArn, format },
      defaultRouteSettings: {
        throttlingBurstLimit: throttle.burst,
        throttlingRateLimit: throttle.rate,
        detailedMetricsEnabled: true,
      },
    });
    this.stageVersion = createHash('sha256')
      .update(JSON.stringify([throttle, format]))
      .digest('hex')
      .slice(0, 16);
    this.apiId = api.ref;
    this.url = api.attrApiEndpoint;
    this.authorizerId = auth.kind === 'none' ? undefined : this.#authorizer(auth.issuer, auth.audience);
  }

  #authorizer(issuer: string, audience: readonly string[]): string {
    return new CfnAuthorizer(this, 'Authorizer', {
      apiId: this.apiId,
      name: 'tokens',
      authorizerType: 'JWT',
      identitySource: ['$request.header.Authorization'],
      jwtConfiguration: { issuer, audience: [...audience] },
    }).ref;
  }
}

/** Acknowledges for cdk-nag that a route needs no token. */
export function acknowledgePublicRoute(route: Construct, reason: string): void {
  Validations.of(route).acknowledge({ id: 'AwsSolutions::AwsSolutions-APIG4', reason });
}

/** Acknowledges for cdk-nag that the routes below `scope` need no token because the context has auth "none". */
export function acknowledgeOpenRoutes(scope: Construct): void {
  Validations.of(scope).acknowledge({
    id: 'AwsSolutions::AwsSolutions-APIG4',
    reason: 'The context has auth "none" written out: whoever deploys it protects the API by other means',
  });
}
