import { CfnResource } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { aliases } from '#runtime/aliases.ts';
import { names, type Deployment } from '../deployment/deployment.ts';
import { aliasArn } from './function-alias.ts';
import { API_STAGE, type HttpApi } from './http-api.ts';
import type { ThrottledRoute } from './plugin-routes.ts';

/** Type of the custom resource, as it stands in the template. */
const ROUTE_THROTTLES = 'Custom::AnineePlusRouteThrottles';

/** How long CloudFormation waits for an answer. */
const TIMEOUT_SECONDS = 120;

export interface RouteThrottlesProps {
  readonly deployment: Deployment;
  readonly api: HttpApi;
  /** `platform` for the platform's own routes. */
  readonly plugin: string;
  readonly routes: readonly ThrottledRoute[];
}

/**
 * Throttles of routes. They are settings of the API's stage, which is the platform's, while a route is in the stack of
 * its plugin, and a stage refuses every change as long as it has settings of a route that is gone. So a function of the
 * platform sets them once the routes are there, and removes them before the routes go. Settings of a route stand in
 * place of all defaults of the stage, so that each repeats them.
 */
export class RouteThrottles extends Construct {
  readonly resource: CfnResource;

  constructor(scope: Construct, id: string, { deployment, api, plugin, routes }: RouteThrottlesProps) {
    super(scope, id);
    this.resource = new CfnResource(this, 'Resource', {
      type: ROUTE_THROTTLES,
      properties: {
        ServiceToken: aliasArn(
          this,
          names.function(deployment.stage, 'platform', 'plugins'),
          aliases.deployment,
        ),
        ServiceTimeout: TIMEOUT_SECONDS,
        plugin,
        apiId: api.apiId,
        stage: API_STAGE,
        // The settings are made anew after each change of the stage, whatever that change has made of them.
        stageVersion: api.stageVersion,
        routes: routes.map(({ route, throttle: { rate, burst } }) => ({ key: route.routeKey, rate, burst })),
      },
    });
    for (const { route } of routes) this.resource.addResourceDependency(route);
  }
}
