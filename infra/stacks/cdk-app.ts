import { App, Validations } from 'aws-cdk-lib';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { featureFlags } from '#infra/stacks/feature-flags.ts';
import { readContext } from '../deployment/context.ts';
import { quotaChecks, raisedQuotasOf } from '../quotas/quota-checks.ts';
import type { Prepared } from '../bundling/prepare.ts';
import { formatSizes } from '../bundling/report.ts';

interface AppOptions {
  readonly rootDir: string;
  readonly outDir: string | undefined;
  /**
   * Whether CDK checks the templates, which takes longer than making them, and draws the tree of constructs, which only
   * its own tools read.
   */
  readonly forDeployment: boolean;
}

/** An app that gives the same result with and without the CDK CLI: it reads cdk.json and sets every flag itself. */
export function createCdkApp({ rootDir, outDir, forDeployment }: AppOptions): App {
  const app = new App({
    outdir: outDir ?? join(rootDir, 'cdk.out'),
    context: readContext(rootDir),
    postCliContext: { ...featureFlags },
    analyticsReporting: false,
    ...(!forDeployment && { builtinCloudFormationValidation: false, treeMetadata: false }),
  });
  if (forDeployment) {
    const raised = raisedQuotasOf((key) => app.node.tryGetContext(key));
    Validations.of(app).addPlugins(quotaChecks(raised));
  }
  return app;
}

/** Writes the sizes of the functions beside the templates, for budgets, and to stderr with `showSizes`. */
export function report(app: App, { sizes }: Pick<Prepared, 'sizes'>, showSizes: boolean): void {
  if (showSizes) console.warn(formatSizes(sizes));
  writeFileSync(join(app.outdir, 'bundle-report.json'), `${JSON.stringify(sizes, null, 2)}\n`);
}
