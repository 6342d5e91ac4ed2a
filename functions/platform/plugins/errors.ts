import { problemsOf, type ErrorCatalogue } from '#runtime/contract/errors.ts';

/** Why a plugin cannot be loaded or unloaded now; each answer names its `reasons`. */
export const transitionErrors = {
  'dependents-loaded': { status: 409, title: 'Other plugins depend on it' },
  'dependency-not-loaded': { status: 409, title: 'It depends on plugins that are not loaded' },
  'plugin-broken': { status: 409, title: 'The plugin has errors' },
  'load-failed': { status: 409, title: 'The plugin does not start' },
  'transition-conflict': {
    status: 409,
    title: 'Someone else changed the plugin at the same time',
    retryAfterSeconds: 1,
  },
} as const satisfies ErrorCatalogue;

export const transitionProblem = problemsOf(transitionErrors);
