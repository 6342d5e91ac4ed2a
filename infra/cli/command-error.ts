/** Why a command is refused or fails, by stable code. plugins/TROUBLESHOOTING.md has the cause of each. */
export const commandErrors = {
  'no-project': 'There are no plugins here',
  'unknown-plugin': 'There is no such plugin',
  'plugin-broken': 'The plugin has errors',
  'no-plugin': 'No plugin is named',
  'system-not-running': 'No system answers',
  'system-timed-out': 'The system does not answer in time',
  'name-not-allowed': 'The name is not allowed',
  'name-taken': 'The name, a route or a field is taken',
  'folder-exists': 'The folder exists',
  'format-failed': 'The new files cannot be formatted',
  'not-the-platform': 'What answers is not this platform',
  'file-unreadable': 'The file cannot be read',
  'file-exists': 'The file exists',
  'file-not-written': 'The file cannot be written',
  'manifest-not-valid': 'A manifest cannot be read',
  'folder-not-found': 'There is no plugin.json',
  'assembly-not-found': 'There is no assembly',
  'git-failed': 'Git has no such revision',
  'nothing-to-set': 'Nothing is to be changed',
  'not-a-change': 'The change cannot be read',
  'nothing-to-import': 'The file holds no such configuration',
  'export-unreadable': 'The file is no export',
  'export-key-missing': 'The key of the export is missing',
  'no-backup': 'There is no such backup',
  'backup-key-missing': 'The private key of the backup is missing',
  'backup-key-wrong': 'The private key does not open the backup',
  'backup-key-unreadable': 'The file holds no private key',
  'anchors-unreadable': 'The file is no output of audit verify',
} as const;

export type CommandErrorCode = keyof typeof commandErrors;

/** A command that was refused or has failed, for a reason that its user can do something about. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  /** Stable. */
  readonly code: string;
  readonly fix: string;
  /** One line each, where there are several. */
  readonly reasons: readonly string[];

  /**
   * @param code `answered` is one of the system that was called
   * @param message what is wrong, without a full stop
   */
  constructor(
    code: CommandErrorCode | { readonly answered: string },
    message: string,
    { fix, reasons = [], cause }: { fix: string; reasons?: readonly string[]; cause?: unknown },
  ) {
    super(message, { cause });
    this.code = typeof code === 'string' ? code : code.answered;
    this.fix = fix;
    this.reasons = reasons;
  }
}
