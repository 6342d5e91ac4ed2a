import { problemsOf, type ErrorCatalogue } from '#runtime/contract/errors.ts';

/** Why a configuration cannot be read or changed. */
export const configErrors = {
  'no-configuration': { status: 404, title: 'The plugin has no configuration' },
  'config-version-unknown': { status: 404, title: 'There is no such version of the configuration' },
  'config-backup-unknown': { status: 404, title: 'There is no such backup of the configuration' },
  'config-backups-off': { status: 404, title: 'This deployment takes no backups of configurations' },
  'plugin-broken': { status: 409, title: 'The plugin has errors' },
  'config-unchecked': { status: 409, title: 'The plugin has no function that could check a configuration' },
  'precondition-failed': { status: 412, title: 'Another version of the configuration is in force' },
  'config-too-large': { status: 413, title: 'The configuration is too large' },
  'config-rejected': { status: 422, title: 'The plugin does not work with this configuration' },
  'config-unreadable': { status: 409, title: 'The stored configuration cannot be read' },
  'export-refused': { status: 403, title: 'Secrets are exported to callers that have a token alone' },
  'export-key-invalid': { status: 400, title: 'The key has to be 32 bytes in base64' },
  'envelope-invalid': { status: 422, title: 'The export cannot be opened' },
} as const satisfies ErrorCatalogue;

export const configProblem = problemsOf(configErrors);
