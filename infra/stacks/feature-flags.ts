import { CURRENTLY_RECOMMENDED_FLAGS, DEFAULT_CROSS_STACK_REFERENCES } from 'aws-cdk-lib/cx-api';

/** CDK's behaviour, all in one place and the same whichever way the app is run. */
export const featureFlags: Readonly<Record<string, unknown>> = {
  ...CURRENTLY_RECOMMENDED_FLAGS,
  // PLG401 counts them, with the other quotas.
  '@aws-cdk/core:stackResourceLimit': 0,
  // A strong reference is an export: while it is in use neither stack can change it, nor a plugin be removed.
  [DEFAULT_CROSS_STACK_REFERENCES]: 'weak',
  // The CLI switches these on, which would make its templates differ from those of a direct run.
  'aws:cdk:enable-asset-metadata': false,
  'aws:cdk:enable-path-metadata': false,
  'aws:cdk:version-reporting': false,
};
