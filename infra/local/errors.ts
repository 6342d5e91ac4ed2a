/** As many invocations run as the function's reserved concurrency allows. */
export class ConcurrencyExceededError extends Error {
  override readonly name = 'TooManyRequestsException';

  constructor(functionName: string, reservedConcurrency: number) {
    super(`${functionName} runs ${reservedConcurrency} times at once already, its reserved concurrency`);
  }
}

/** The system cannot start, for a reason that the developer can fix: the message is one line and needs no stack trace. */
export class StartupError extends Error {
  override readonly name = 'StartupError';
}
