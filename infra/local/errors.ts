/** As many invocations run as the function's reserved concurrency allows. */
export class ConcurrencyExceededError extends Error {
  override readonly name = 'TooManyRequestsException';

  constructor(functionName: string, reservedConcurrency: number) {
    super(`${functionName} runs ${reservedConcurrency} times at once already, its reserved concurrency`);
  }
}

/** Why the system does not start, or ends, by stable code. plugins/TROUBLESHOOTING.md has the cause and the fix of each. */
export const startErrors = {
  'port-in-use': 'A port cannot be used',
  'state-in-use': 'Another system uses the state folder',
  'state-unusable': 'The state folder cannot be used',
  'env-unreadable': 'The file .env cannot be read',
  'synth-failed': 'The assembly cannot be synthesized',
  'engine-missing': 'There is no DynamoDB engine',
  'engine-failed': 'The DynamoDB engine does not start',
  'engine-unreachable': 'DYNAMODB_ENDPOINT does not answer',
  'table-changed': 'A table has other keys than its manifest says',
  'sandbox-unknown': 'No plugin has a sandbox of that name',
  'sandbox-failed': 'A sandbox does not start',
  'sandbox-never-started': 'No sandbox has keys yet',
} as const;

export type StartErrorCode = keyof typeof startErrors;

/** The system cannot start, for a reason that the developer can fix: the message is one line and needs no stack trace. */
export class StartupError extends Error {
  override readonly name = 'StartupError';
  readonly code: StartErrorCode;

  constructor(code: StartErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * A message as the terminal shows it, with its code on the first line; what the synth has printed has codes of its own.
 */
export function withStartCode(message: string, code: StartErrorCode | undefined): string {
  if (code === undefined || code === 'synth-failed') return message;
  const [first = '', ...more] = message.split('\n');
  return [`${first} (${code})`, ...more].join('\n');
}
