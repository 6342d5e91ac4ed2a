/** A command that was refused or has failed, for a reason that its user can do something about. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  /** Stable. */
  readonly code: string;
  readonly fix: string;
  /** One line each, where there are several. */
  readonly reasons: readonly string[];

  /** @param message what is wrong, without a full stop */
  constructor(
    code: string,
    message: string,
    { fix, reasons = [], cause }: { fix: string; reasons?: readonly string[]; cause?: unknown },
  ) {
    super(message, { cause });
    this.code = code;
    this.fix = fix;
    this.reasons = reasons;
  }
}
