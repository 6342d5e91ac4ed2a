import type { App } from 'aws-cdk-lib';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createCdkApp, report } from './stacks/cdk-app.ts';
import { deploymentOf } from './deployment/context.ts';
import { keepLastGood } from './bundling/last-good.ts';
import { prepare, type Prepared } from './bundling/prepare.ts';
import { formatErrors } from './manifest/format.ts';
import { SCHEMA_FILE } from './process/schema-file.ts';
import { addSecurityChecks } from './stacks/security-checks.ts';
import { createStacks } from './stacks/create-stacks.ts';

export interface AppOptions {
  /** How long the import of one plugin's code may take. */
  readonly describeTimeoutMs?: number;
  /** Output folder of the synth before, whose builds broken plugins keep; the one that is written to when left out. */
  readonly lastGoodDir?: string;
}

/** An app, and what it was built from. */
export interface BuiltApp {
  readonly app: App;
  readonly prepared: Prepared;
}

/**
 * Manifests to stacks. With ANINEEPLUS_SYNTH=local, broken plugins are left out, or
 * stay as the synth before had them, and templates are validated neither by CDK nor by cdk-nag.
 */
export async function buildApp(
  root = process.cwd(),
  env: NodeJS.ProcessEnv = process.env,
  { describeTimeoutMs, lastGoodDir }: AppOptions = {},
): Promise<BuiltApp> {
  const rootDir = resolve(root);
  const keepGoing = env['ANINEEPLUS_SYNTH'] === 'local';
  const app = createCdkApp({ rootDir, outDir: env['CDK_OUTDIR'], forDeployment: !keepGoing });
  // The CLI knows them from the credentials that it deploys with.
  const account = { region: env['CDK_DEFAULT_REGION'], accountId: env['CDK_DEFAULT_ACCOUNT'] };
  const deployment = deploymentOf((key) => app.node.tryGetContext(key), account);
  const { stage, auth } = deployment;
  const prepared = await prepare({
    rootDir,
    stage,
    secured: auth.kind !== 'none',
    publicOpenApi: deployment.publicOpenApi,
    servesConsole: deployment.console !== undefined,
    lastGoodDir: lastGoodDir ?? app.outdir,
    keepGoing,
    describeTimeoutMs,
  });
  if (prepared.errors.length > 0) console.warn(formatErrors(prepared.errors, { color: false }));
  if (prepared.warnings.length > 0) {
    console.warn(formatErrors(prepared.warnings, { color: false, noun: 'warning' }));
  }
  writeFileSync(join(app.outdir, SCHEMA_FILE), prepared.sdl);
  createStacks(app, { deployment, ...prepared });
  report(app, prepared, !keepGoing);
  if (keepGoing) keepLastGood(app.outdir, prepared.plugins);
  else await addSecurityChecks(app);
  return { app, prepared };
}
