import type { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { HttpApi } from '#infra/constructs/http-api.ts';
import { PluginFunction } from '#infra/constructs/plugin-function.ts';
import { PluginRoutes } from '#infra/constructs/plugin-routes.ts';
import type { Deployment } from '#infra/deployment/deployment.ts';
import { type ConsoleSettings, SETTINGS_VARIABLE } from '../../functions/platform/console/settings.ts';

export interface PlatformConsoleProps {
  readonly deployment: Deployment;
  readonly settings: ConsoleSettings;
  /** Folder of the function's bundle with the page and its files. */
  readonly consoleDir: string;
  readonly api: HttpApi;
  readonly boundary: ManagedPolicy;
}

const PUBLIC_REASON =
  'The page of the console has no data: what it shows comes from the other routes, with the token of whoever looks';

/** The function that serves the console's page, and its routes. */
export function createConsole(scope: Construct, props: PlatformConsoleProps): PluginFunction {
  const { deployment, settings, consoleDir, api, boundary } = props;
  const created = new PluginFunction(scope, 'Function-console', {
    deployment,
    plugin: 'platform',
    key: 'console',
    code: Code.fromAsset(consoleDir),
    handler: 'console.handler',
    description: 'Serves the page of the console',
    memoryMb: 256,
    timeoutSeconds: 10,
    environment: { [SETTINGS_VARIABLE]: JSON.stringify(settings) },
    boundary,
    metadata: { grantable: [] },
  });
  new PluginRoutes(scope, 'Routes-console', {
    api,
    target: created.alias,
    routes: ['/console', '/console/{path+}'].map((path) => ({
      method: 'GET',
      path,
      publicReason: PUBLIC_REASON,
    })),
  });
  return created;
}
