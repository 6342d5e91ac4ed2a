import { type App, Validations } from 'aws-cdk-lib';

/**
 * The rules of cdk-nag that every deployment has to meet; a finding fails the synth, unless the construct acknowledges
 * it with a reason. Loaded here, since only a synth for a deployment needs them.
 */
export async function addSecurityChecks(app: App): Promise<void> {
  const { AwsSolutionsChecks, ServerlessChecks } = await import('cdk-nag');
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
}
