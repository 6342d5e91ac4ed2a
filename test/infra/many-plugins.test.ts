import type { App } from 'aws-cdk-lib';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { readAssembly } from '#infra/local/assembly/read.ts';
import { measureQuotas, type Usage } from '#infra/quotas/measure.ts';
import { passedQuotas } from '#infra/quotas/quota-checks.ts';
import { type QuotaName, quotas } from '#infra/quotas/quotas.ts';
import { readTemplates } from '#infra/quotas/templates.ts';
import { addSecurityChecks } from '#infra/stacks/security-checks.ts';
import { judgePolicies } from '../support/assembly-policies.ts';
import { templateFindings } from '../support/cloudformation-judge.ts';
import { assemblyOfManifests, growingManifests } from '../support/generated-templates.ts';

vi.setConfig({ testTimeout: 600_000, hookTimeout: 900_000 });

const isFull = process.env['SCALE'] === 'all';
/** How many plugins there are: those that `npm run test:scale` has, or some. */
const MANY = isFull ? 100 : 20;

const prod = {
  stage: 'prod',
  auth: { issuer: 'https://idp.example.com/', audience: ['shop'] },
  'config.backupKey': '8r104hZOMyD7bnjt9coKvwVAt8IxYUcKF4opY5Y-WDI',
  'alarms.email': 'ops@shop.example',
};

interface Deployment {
  readonly dir: string;
  readonly usages: readonly Usage[];
}

async function deploymentOf(
  count: number,
  context: Readonly<Record<string, unknown>>,
  addChecks?: (app: App) => Promise<void>,
): Promise<Deployment> {
  const { dir, templatePaths } = await assemblyOfManifests(
    growingManifests(count),
    { ...prod, ...context },
    addChecks,
  );
  return { dir, usages: measureQuotas(readTemplates(templatePaths)) };
}

const most = (usages: readonly Usage[], name: QuotaName): number =>
  Math.max(...usages.flatMap(({ quota, used }) => (quota === name ? [used] : [])));

/** Quotas of one stack, role, function or key. */
const sizes = new Set<QuotaName>([
  'stackResources',
  'templateSize',
  'stackOutputs',
  'managedPolicySize',
  'inlinePolicySize',
  'trustPolicySize',
  'environmentSize',
  'functionPolicySize',
  'keyPolicySize',
]);
/** Quotas of all stacks together. */
const counts = [
  'routes',
  'integrations',
  'rules',
  'reservedConcurrency',
  'roles',
  'managedPolicies',
] as const;

describe.each([
  ['keys of AWS', {}],
  ['a key of the customer', { 'kms.key': 'customer' }],
])('many plugins under %s', (_, context) => {
  let [one, many]: readonly Deployment[] = [];
  beforeAll(async () => {
    // cdk-nag says what it finds in the report, and a finding fails the synth.
    [one, many] = [await deploymentOf(1, context), await deploymentOf(MANY, context, addSecurityChecks)];
  });
  // The other templates differ by the key alone, and judging takes longer than making them.
  const judged = test.runIf(isFull || 'kms.key' in context);
  const deployed = (found: Deployment | undefined): Deployment => found as Deployment;

  test('stay below every quota, as one does', () => {
    const { usages } = deployed(many);
    expect(most(usages, 'stacks')).toBe(MANY + 1);
    for (const all of [deployed(one).usages, usages]) expect(passedQuotas(all, {})).toEqual([]);
  });

  test('leave the platform as it is for one: its template, its policies, its variables, its keys', () => {
    const ofPlatform = ({ usages }: Deployment) =>
      usages
        .filter(({ template, quota }) => template.stack === 'anineeplus-prod-platform' && sizes.has(quota))
        .map(({ quota, resource, used }) => `${quota} ${resource}: ${used}`);
    expect(ofPlatform(deployed(many))).toEqual(ofPlatform(deployed(one)));
    expect(ofPlatform(deployed(many)).join()).toContain('keyPolicySize');
  });

  test('may be more than a hundred before a count reaches its quota', () => {
    for (const name of counts) {
      const first = most(deployed(one).usages, name);
      const perPlugin = (most(deployed(many).usages, name) - first) / (MANY - 1);
      expect(perPlugin, name).toBeGreaterThan(0);
      expect(first + 99 * perPlugin, name).toBeLessThan(quotas[name].limit);
    }
  });

  test('pass cdk-nag, with a reason for whatever is acknowledged', () => {
    const report = JSON.parse(readFileSync(join(deployed(many).dir, 'validation-report.json'), 'utf8'));
    const packs = report.pluginReports as readonly {
      readonly pluginName: string;
      readonly violations: readonly unknown[];
      readonly suppressedViolations: readonly { readonly reason: string }[];
    }[];
    expect(packs.map(({ pluginName, violations }) => [pluginName, violations])).toEqual([
      ['AwsSolutions', []],
      ['Serverless', []],
    ]);
    const reasons = packs.flatMap(({ suppressedViolations }) => suppressedViolations);
    expect(reasons.length).toBeGreaterThan(MANY);
    expect(reasons.filter(({ reason }) => reason.length <= 30)).toEqual([]);
  });

  judged('have templates with nothing that CloudFormation would refuse', () => {
    expect(templateFindings(deployed(many).dir)).toEqual([]);
  });

  judged('have policies of actions, resources and conditions that AWS knows', async () => {
    const assembly = readAssembly(deployed(many).dir, { region: 'us-east-1', accountId: '000000000000' });
    const found = await judgePolicies(assembly);
    expect(found.judged).toBeGreaterThan(MANY);
    expect(found.refused).toEqual([]);
  });
});
