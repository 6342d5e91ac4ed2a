import type { View } from './view.ts';

/** What a command has found out: as data for programs, as text for people. */
export interface CommandResult {
  /** What `--json` prints. */
  readonly json: unknown;
  readonly show: (view: View) => void;
  /** Whether the command, though it could do its work, has to end with exit code 1. */
  readonly failed?: boolean;
}
