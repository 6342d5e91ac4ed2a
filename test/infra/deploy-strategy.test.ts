import type { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { readAssembly } from '#infra/local/assembly/read.ts';
import { evaluate } from '#infra/local/iam/evaluate.ts';
import { addSecurityChecks } from '#infra/stacks/security-checks.ts';
import { plugins } from '../unit/infra/cli/command-line.ts';
import { javaScriptProject, operationCode } from '../unit/infra/bundling/plugin-project.ts';
import { manifest } from '../unit/infra/manifest/fixture.ts';
import { appOf, fixture, scratch } from './synth.ts';

// A failed validation sets the exit code of the process, which here is the test runner's.
afterEach(() => {
  process.exitCode = 0;
});

const functions = { api: { entry: 'functions/api.js' } };

/** A plugin that another one calls, whose traffic moves as `deploy` says. */
function project(deploy: object): string {
  return javaScriptProject(
    {
      manifest: manifest('album', {
        functions,
        deploy,
        operations: {
          add: {
            http: { method: 'POST', path: '/photos' },
            graphql: { kind: 'mutation', field: 'addPhoto' },
            scope: 'photos:write',
          },
        },
        config: { version: 1, envPrefix: 'ALBUM_PLUGIN' },
        observability: { alarms: { 'album.full': { metric: 'album.full', description: 'It is full.' } } },
      }),
      operations: `add: ${operationCode()}`,
    },
    {
      manifest: manifest('viewer', {
        functions,
        dependencies: { album: { version: '^1.0.0', operations: ['add'] } },
        permissions: { api: ['call:album.add'] },
      }),
    },
  );
}

const canary = { strategy: 'canary10Percent5Minutes' };

async function album(deploy: object) {
  const dir = scratch();
  const app = await appOf(project(deploy), {}, { CDK_OUTDIR: dir });
  await addSecurityChecks(app);
  const stack = app.node.findChild('anineeplus-local-plugin-album') as Stack;
  // This synthesizes the whole app.
  return { dir, template: Template.fromStack(stack) };
}

interface AliasResource {
  readonly Properties: { readonly Name: string };
  readonly DependsOn?: readonly string[];
  readonly UpdatePolicy?: { readonly CodeDeployLambdaAliasUpdate: Readonly<Record<string, unknown>> };
}

function aliasesOf(template: Template, functionId: string): Readonly<Record<string, AliasResource>> {
  const all = template.findResources('AWS::Lambda::Alias', {
    Properties: { FunctionName: { Ref: Match.stringLikeRegexp(functionId) } },
  }) as Record<string, AliasResource>;
  return Object.fromEntries(Object.values(all).map((alias) => [alias.Properties.Name, alias]));
}

/** Each alias that carries traffic has a group and the check; health and configuration move first. */
function expectMoved(template: Template): void {
  const aliases = aliasesOf(template, 'Functionapi');
  const moved = Object.entries(aliases).flatMap(([name, { UpdatePolicy }]) => (UpdatePolicy ? [name] : []));
  expect(Object.keys(aliases).sort()).toEqual(['call_viewer_api', 'config', 'graphql', 'health', 'live']);
  expect(moved.sort()).toEqual(['call_viewer_api', 'graphql', 'live']);
  const groups = moved.map((name) =>
    JSON.stringify(aliases[name]?.UpdatePolicy?.CodeDeployLambdaAliasUpdate['DeploymentGroupName']),
  );
  expect(new Set(groups).size).toBe(3);
  for (const name of moved) {
    expect(aliases[name]?.UpdatePolicy?.CodeDeployLambdaAliasUpdate).toMatchObject({
      BeforeAllowTrafficHook: 'anineeplus-local-album-deploy-check',
    });
    const after = (aliases[name]?.DependsOn ?? []).join();
    expect(after).toMatch(/Functionapi.*Aliashealth/);
    expect(after).toMatch(/Functiondeploycheck/);
  }
  template.resourceCountIs('AWS::CodeDeploy::DeploymentGroup', 3);
  template.hasResourceProperties('AWS::CodeDeploy::Application', {
    ApplicationName: 'anineeplus-local-album',
    ComputePlatform: 'Lambda',
  });
}

/** The check and CodeDeploy may do what they are for, each within a boundary. */
function expectSmallestRoles(dir: string): void {
  const assembly = readAssembly(dir, { region: 'us-east-1', accountId: '000000000000' });
  const may = (holder: RegExp, action: string, resource: string): boolean => {
    const [role, ...more] = assembly.roles.filter(({ name }) => holder.test(name));
    expect(more).toEqual([]);
    if (!role) throw new Error(`no role ${holder}`);
    const request = { action, resource, principal: { roleArn: role.arn }, context: {} };
    return evaluate({ identity: role.policies, boundary: role.boundary }, request).decision === 'allow';
  };
  const at = (rest: string) => `arn:aws:lambda:us-east-1:000000000000:function:anineeplus-local-${rest}`;
  const group = (name: string) => `arn:aws:codedeploy:us-east-1:000000000000:deploymentgroup:${name}`;
  const groups = assembly.resources.filter(({ type }) => type === 'AWS::CodeDeploy::DeploymentGroup');
  const put = 'codedeploy:PutLifecycleEventHookExecutionStatus';
  const hook = /album.*deploycheck/i;
  expect(groups).toHaveLength(3);
  for (const { physicalId } of groups) {
    expect(may(hook, put, group(`anineeplus-local-album/${physicalId}`))).toBe(true);
  }
  expect(may(hook, put, group('anineeplus-local-viewer/live'))).toBe(false);
  expect(may(hook, 'lambda:InvokeFunction', at('album-api:health'))).toBe(true);
  for (const other of ['album-api', 'album-api:live', 'album-api:config', 'viewer-api:health']) {
    expect([other, may(hook, 'lambda:InvokeFunction', at(other))]).toEqual([other, false]);
  }
  const mover = /album.*TrafficShift/;
  for (const alias of ['live', 'graphql', 'call_viewer_api']) {
    expect(may(mover, 'lambda:UpdateAlias', at(`album-api:${alias}`))).toBe(true);
  }
  expect(may(mover, 'lambda:UpdateAlias', at('album-api:health'))).toBe(false);
  expect(may(mover, 'lambda:InvokeFunction', at('album-deploy-check'))).toBe(true);
  expect(may(mover, 'lambda:InvokeFunction', at('album-api:live'))).toBe(false);
  const invokers = assembly.roles.filter(({ arn, policies, boundary }) => {
    const request = { action: 'lambda:InvokeFunction', resource: at('album-deploy-check') };
    const asked = { ...request, principal: { roleArn: arn }, context: {} };
    return evaluate({ identity: policies, boundary }, asked).decision === 'allow';
  });
  expect(invokers.map(({ name }) => mover.test(name))).toEqual([true]);
}

function expectNoViolation(dir: string): void {
  const { pluginReports } = JSON.parse(readFileSync(join(dir, 'validation-report.json'), 'utf8')) as {
    pluginReports: { pluginName: string; violations: unknown[] }[];
  };
  expect(pluginReports.flatMap(({ violations }) => violations)).toEqual([]);
  expect(pluginReports.map(({ pluginName }) => pluginName)).toContain('AwsSolutions');
}

describe('deploy.strategy', () => {
  test('moves every alias that carries traffic by a group of its own, with the smallest roles, clean by cdk-nag', async () => {
    const { template, dir } = await album(canary);
    expectMoved(template);
    expectSmallestRoles(dir);
    expectNoViolation(dir);
  });

  test("rolls back on alarms of failing operations and invocations, on the plugin's own, and on a failed check", async () => {
    const { template } = await album({ strategy: 'linear10PercentEvery2Minutes' });
    template.allResourcesProperties('AWS::CodeDeploy::DeploymentGroup', {
      DeploymentConfigName: 'CodeDeployDefault.LambdaLinear10PercentEvery2Minutes',
      DeploymentStyle: { DeploymentType: 'BLUE_GREEN', DeploymentOption: 'WITH_TRAFFIC_CONTROL' },
      AutoRollbackConfiguration: {
        Enabled: true,
        Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'],
      },
      AlarmConfiguration: {
        Enabled: true,
        Alarms: [
          { Name: 'anineeplus-local-album-operation-errors' },
          { Name: 'anineeplus-local-album-invocation-errors' },
          { Name: 'anineeplus-local-album-album.full' },
        ],
      },
    });
    const watched = template.findResources('AWS::CloudWatch::Alarm');
    expect(
      Object.values(watched).map(({ Properties }) => (Properties as { AlarmName: string }).AlarmName),
    ).toEqual(expect.arrayContaining(['anineeplus-local-album-invocation-errors']));
  });

  test('that is all at once adds nothing to a stack', async () => {
    const { template } = await album({ strategy: 'allAtOnce' });
    template.resourceCountIs('AWS::CodeDeploy::Application', 0);
    expect(JSON.stringify(template.toJSON())).not.toMatch(/UpdatePolicy|deploy-check|codedeploy/);
  });

  test('of a plugin without operations moves without a check, since nothing can be asked', async () => {
    const root = javaScriptProject({
      manifest: manifest('clock', {
        functions: { tick: { entry: 'functions/tick.js' } },
        schedules: { tick: { function: 'tick', rate: '1 day' } },
        deploy: canary,
      }),
      files: {
        'functions/tick.js': `import { scheduleHandler } from '@anineeplus/plugins/runtime';
import { plugin } from '../plugin.js';
export const handler = scheduleHandler(plugin, { tick: { summary: 'Ticks', async run() { return {}; } } });\n`,
      },
    });
    const app = await appOf(root);
    const template = Template.fromStack(app.node.findChild('anineeplus-local-plugin-clock') as Stack);
    const [live] = Object.values(aliasesOf(template, 'Functiontick'));
    expect(live?.UpdatePolicy?.CodeDeployLambdaAliasUpdate).toBeDefined();
    expect(live?.UpdatePolicy?.CodeDeployLambdaAliasUpdate).not.toHaveProperty('BeforeAllowTrafficHook');
  });

  test('is shown by explain, in the text as well', async () => {
    const { stdout } = await plugins(project(canary), ['explain', 'album']);
    expect(stdout).toContain('deployed by canary10Percent5Minutes, after a check by deploy-check');
    const { stdout: plain } = await plugins(fixture('full'), ['explain', 'shop']);
    expect(plain).toContain('deployed by allAtOnce');
  });
});
