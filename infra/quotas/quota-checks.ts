import type { IPolicyValidationPlugin } from 'aws-cdk-lib';
import { ContextError } from '#infra/deployment/context-error.ts';
import { measureQuotas, type Usage } from './measure.ts';
import { type Quota, type QuotaName, quotas } from './quotas.ts';
import { readTemplates } from './templates.ts';

/** Quotas that AWS has raised for the account, by name. */
export type RaisedQuotas = Readonly<Partial<Record<QuotaName, number>>>;

/**
 * Reads the raised quotas from the context: `quotas.<name>`, a number.
 * @throws ContextError for a value that is no whole number above zero
 */
export function raisedQuotasOf(context: (key: string) => unknown): RaisedQuotas {
  const raisable = Object.entries<Quota>(quotas).filter(([, quota]) => quota.raisable);
  const given = raisable.flatMap(([name, { limit }]) => {
    const value = context(`quotas.${name}`);
    if (value === undefined) return [];
    const number = Number(value);
    if (Number.isSafeInteger(number) && number > 0) return [[name, number] as const];
    throw new ContextError(
      'context-invalid',
      `the context "quotas.${name}" is ${JSON.stringify(value)}: write how many AWS allows the account; ` +
        `the default is ${limit}`,
    );
  });
  return Object.fromEntries(given);
}

/** What passes its quota. */
export const passedQuotas = (usages: readonly Usage[], raised: RaisedQuotas): readonly Usage[] =>
  usages.filter(({ quota, used }) => used > limitOf(quota, raised));

const limitOf = (name: QuotaName, raised: RaisedQuotas): number => raised[name] ?? quotas[name].limit;

/** Has a synth fail where AWS would refuse the deployment, with the quota that is passed and what to do. */
export const quotaChecks = (raised: RaisedQuotas): IPolicyValidationPlugin => ({
  name: 'Quotas',
  ruleIds: Object.values(quotas).map(({ code }) => code),
  validate({ templatePaths }) {
    const passed = passedQuotas(measureQuotas(readTemplates(templatePaths)), raised);
    return { success: passed.length === 0, violations: passed.map((usage) => violationOf(usage, raised)) };
  },
});

function violationOf({ quota: name, used, template, resource }: Usage, raised: RaisedQuotas) {
  const { code, title, unit, fix, raisable }: Quota = quotas[name];
  const limit = limitOf(name, raised);
  return {
    ruleName: code,
    description: `${code} ${title}: ${used} ${unit}, and AWS takes ${limit}`,
    fix: raisable ? `${fix} Say how many your account has: -c quotas.${name}=<number>` : fix,
    violatingResources: [
      { resourceLogicalId: resource ?? template.stack, templatePath: template.path, locations: [] },
    ],
  };
}
