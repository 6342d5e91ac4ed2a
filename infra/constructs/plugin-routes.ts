import { Stack } from 'aws-cdk-lib';
import { CfnIntegration, CfnRoute } from 'aws-cdk-lib/aws-apigatewayv2';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Alias } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Throttle } from '../deployment/deployment.ts';
import { acknowledgeOpenRoutes, acknowledgePublicRoute, type HttpApi } from './http-api.ts';

interface RouteBinding {
  readonly method: string;
  readonly path: string;
  /** Undefined: any valid token will do. */
  readonly scope?: string | undefined;
  /** Why it needs no token, whatever the API demands; undefined: it needs one. */
  readonly publicReason?: string | undefined;
  /** As the deployment has it for every route when left out. */
  readonly throttle?: Throttle | undefined;
}

/** A route that has a throttle of its own. */
export interface ThrottledRoute {
  readonly route: CfnRoute;
  readonly throttle: Throttle;
}

export interface PluginRoutesProps {
  readonly api: HttpApi;
  readonly target: Alias;
  readonly routes: readonly RouteBinding[];
}

/**
 * Routes of one function. They share one integration, because an HTTP API takes 300 of those and no more, and stand in
 * the stack of the function, so that the API's own stack needs no plugin.
 */
export class PluginRoutes extends Construct {
  readonly throttled: readonly ThrottledRoute[];

  constructor(scope: Construct, id: string, { api, target, routes }: PluginRoutesProps) {
    super(scope, id);
    const { apiId, authorizerId } = api;
    const integration = new CfnIntegration(this, 'Integration', {
      apiId,
      integrationType: 'AWS_PROXY',
      integrationUri: target.functionArn,
      payloadFormatVersion: '2.0',
    });
    target.addPermission('Api', {
      principal: new ServicePrincipal('apigateway.amazonaws.com'),
      sourceArn: Stack.of(this).formatArn({ service: 'execute-api', resource: apiId, resourceName: '*/*' }),
    });
    if (authorizerId === undefined) acknowledgeOpenRoutes(this);
    const throttled: ThrottledRoute[] = [];
    for (const { method, path, scope: needed, publicReason, throttle } of routes) {
      const isOpen = authorizerId === undefined || publicReason !== undefined;
      const route = new CfnRoute(this, `${method}${path.replaceAll('/', '-')}`, {
        apiId,
        routeKey: `${method} ${path}`,
        target: `integrations/${integration.ref}`,
        authorizationType: isOpen ? 'NONE' : 'JWT',
        ...(!isOpen && {
          authorizerId,
          ...(needed !== undefined && { authorizationScopes: [needed] }),
        }),
      });
      if (publicReason !== undefined) acknowledgePublicRoute(route, publicReason);
      if (throttle) throttled.push({ route, throttle });
    }
    this.throttled = throttled;
  }
}
