import * as z from 'zod';

/** The ways in which traffic moves to a new version, as CodeDeploy names them without `CodeDeployDefault.Lambda`. */
export const strategies = [
  'allAtOnce',
  'canary10Percent5Minutes',
  'canary10Percent10Minutes',
  'canary10Percent15Minutes',
  'canary10Percent30Minutes',
  'linear10PercentEvery1Minute',
  'linear10PercentEvery2Minutes',
  'linear10PercentEvery3Minutes',
  'linear10PercentEvery10Minutes',
] as const;

export const deploy = z.strictObject({
  load: z
    .enum(['automatic', 'manual'])
    .default('automatic')
    .describe(
      'manual: after its first deployment the plugin is `registered` and takes no calls until it is loaded.',
    ),
  strategy: z
    .enum(strategies)
    .default('allAtOnce')
    .describe(
      'How traffic moves to a new version; other than allAtOnce after a check of it, and back on alarm.',
    ),
});

/** Key of the platform's function that checks a new version of a plugin. */
export const DEPLOY_CHECK = 'deploy-check';

/** How many alarms CodeDeploy watches in one deployment. Source: its AlarmsLimitExceededException. */
export const ALARMS_PER_DEPLOYMENT = 10;

/** Whether traffic moves in steps, by CodeDeploy, and not all at once with the stack. */
export const movesInSteps = ({ strategy }: { readonly strategy: (typeof strategies)[number] }): boolean =>
  strategy !== 'allAtOnce';

/** CodeDeploy's name of a strategy. */
export const deploymentConfigOf = (strategy: (typeof strategies)[number]): string =>
  `CodeDeployDefault.Lambda${strategy.charAt(0).toUpperCase()}${strategy.slice(1)}`;
