/** The system cannot start, for a reason that the developer can fix: the message is one line and needs no stack trace. */
export class StartupError extends Error {
  override readonly name = 'StartupError';
}
