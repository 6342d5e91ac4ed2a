import { beforeAll, describe, expect, test } from 'vitest';
import { readAssembly } from '#infra/local/assembly/read.ts';
import type { Assembly } from '#infra/local/resources/assembly.ts';
import type { PolicyDocument } from '#infra/local/resources/iam.ts';
import { evaluate } from '#infra/local/iam/evaluate.ts';
import { fixture, ofType, assemblyOf, type Template } from './synth.ts';

/** Who may invoke what, by the synthesized policies alone. */
let templates: Record<string, Template>;
let assembly: Assembly;
/** Every way to name a function: bare, by `$LATEST`, by a version, and by each alias that it has. */
let targets: readonly string[];

beforeAll(async () => {
  const synthesized = await assemblyOf(fixture('full'), {
    stage: 'prod',
    auth: { issuer: 'https://idp.example.com/', audience: ['shop'] },
  });
  ({ templates } = synthesized);
  assembly = readAssembly(synthesized.dir, { region: 'us-east-1', accountId: '000000000000' });
  targets = assembly.functions.flatMap(({ arn, aliases }) =>
    ['', ':$LATEST', ':1', ':*', ...aliases.map((alias) => `:${alias}`)].map((qualifier) => arn + qualifier),
  );
});

const ALL: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
} as unknown as PolicyDocument;

function mayInvoke(role: Assembly['roles'][number], target: string, identity = role.policies): boolean {
  const { decision } = evaluate(
    { identity, boundary: role.boundary },
    {
      action: 'lambda:InvokeFunction',
      resource: target,
      principal: { roleArn: role.arn },
      context: { 'aws:SecureTransport': true },
    },
  );
  return decision === 'allow';
}

const shortName = (arn: string) => arn.replace(/^.*:function:anineeplus-prod-/, '');

/** Function of a role; `schedule` for the roles that only EventBridge Scheduler assumes. */
const holderOf = (roleArn: string) =>
  assembly.functions.find((fn) => fn.roleArn === roleArn)?.name.replace('anineeplus-prod-', '') ?? 'schedule';

describe('who may invoke a function', () => {
  test('each alias is for its one caller; nobody reaches a function by its name, a version or $LATEST', () => {
    const allowed = assembly.roles.flatMap((role) =>
      targets
        .filter((target) => mayInvoke(role, target))
        .map((target) => `${holderOf(role.arn)} -> ${shortName(target)}`),
    );
    expect(allowed.toSorted()).toEqual([
      'audit-on-ordered -> shop-api:call_audit_on-ordered',
      'platform-config -> shop-api:config',
      'platform-graphql -> shop-api:graphql',
      'platform-plugins -> shop-api:health',
      'schedule -> shop-sweep:live',
      'schedule -> shop-sweep:live',
    ]);
  });

  test('nobody invokes functions of another stage, whose name begins with the same letters', () => {
    const others = targets.map((target) => target.replace('anineeplus-prod-', 'anineeplus-prod2-'));
    expect(assembly.roles.flatMap((role) => others.filter((target) => mayInvoke(role, target)))).toEqual([]);
    expect(others).not.toEqual(targets);
  });

  test('no function may invoke what API Gateway and the other triggers start', () => {
    const functionRoles = assembly.roles.filter(({ arn }) => holderOf(arn) !== 'schedule');
    const live = targets.filter((target) => target.endsWith(':live'));
    expect(functionRoles.length).toBe(assembly.functions.length);
    expect(live.length).toBe(assembly.functions.length);
    expect(functionRoles.flatMap((role) => live.filter((target) => mayInvoke(role, target)))).toEqual([]);
  });

  test('the boundary of a plugin holds the calls that its manifest grants and no other', () => {
    const reachOf = (functionName: string) => {
      const fn = assembly.functions.find(({ name }) => name === `anineeplus-prod-${functionName}`);
      const role = assembly.roles.find(({ arn }) => arn === fn?.roleArn);
      if (!role) throw new Error(`no role of ${functionName}`);
      return targets.filter((target) => mayInvoke(role, target, [ALL])).map(shortName);
    };
    expect(reachOf('audit-on-ordered')).toEqual(['shop-api:call_audit_on-ordered']);
    expect(reachOf('shop-api')).toEqual(['shop-sweep:live']);
    expect(reachOf('platform-graphql').toSorted()).toEqual(['shop-api:graphql', 'shop-api:health']);
  });

  test('resource policies let in API Gateway, for this API alone, and the callers of function URLs', () => {
    const permissions = Object.values(templates)
      .flatMap((template) => ofType(template, 'AWS::Lambda::Permission'))
      .map(({ Properties }) => Properties);
    for (const { Principal: principal, SourceArn: source, ...rest } of permissions) {
      if (principal === 'apigateway.amazonaws.com') {
        expect(JSON.stringify(source)).toMatch(/execute-api.*\/\*\/\*/);
      } else {
        expect(principal).toBe('*');
        expect(rest['FunctionUrlAuthType'] ?? rest['InvokedViaFunctionUrl']).toBeTruthy();
      }
    }
    expect(permissions.length).toBeGreaterThan(3);
  });
});

describe('a function', () => {
  const variablesOf = (name: string) =>
    assembly.functions.find((fn) => fn.name === `anineeplus-prod-${name}`)?.environment ?? {};

  test('knows from its environment who may call what, and whose tokens count', () => {
    const variables = variablesOf('shop-api');
    expect(JSON.parse(variables['ANINEEPLUS_CALLERS'] ?? '')).toEqual({
      'call_audit_on-ordered': ['reserve'],
    });
    expect(variables['ANINEEPLUS_AUTH_ISSUER']).toBe('https://idp.example.com/');
    expect(JSON.parse(variables['ANINEEPLUS_AUTH_AUDIENCE'] ?? '')).toEqual(['shop']);
    expect(variables).not.toHaveProperty('ANINEEPLUS_AUTH_JWKS_URL');
  });

  test('that nobody calls has no alias but live, and no caller', () => {
    const courier = assembly.functions.find(({ name }) => name.endsWith('shop-webhook-courier'));
    expect(courier?.aliases).toEqual(['live']);
    expect(variablesOf('shop-webhook-courier')).not.toHaveProperty('ANINEEPLUS_CALLERS');
  });
});
