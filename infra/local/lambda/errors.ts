/** Lambda's error document: what an invocation that failed answers. */
export function errorPayload(errorType: string, errorMessage: string): Buffer {
  return Buffer.from(JSON.stringify({ errorType, errorMessage }));
}

/** The document of a function that ran longer than its timeout. */
export function timedOut(requestId: string, timeoutSeconds: number): Buffer {
  const message = `${new Date().toISOString()} ${requestId} Task timed out after ${timeoutSeconds.toFixed(2)} seconds`;
  return errorPayload('Sandbox.Timedout', message);
}

/** The document of an environment whose process ended before it answered. */
export function exited(requestId: string, code: number | null, signal: NodeJS.Signals | null): Buffer {
  return errorPayload('Runtime.ExitError', `RequestId: ${requestId} Error: ${exitReason(code, signal)}`);
}

const SIGNAL_NAMES: Partial<Record<NodeJS.Signals, string>> = {
  SIGKILL: 'killed',
  SIGABRT: 'aborted',
  SIGSEGV: 'segmentation fault',
  SIGTERM: 'terminated',
};

function exitReason(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal) return `Runtime exited with error: signal: ${SIGNAL_NAMES[signal] ?? signal}`;
  if (code === 0) return 'Runtime exited without providing a reason';
  return `Runtime exited with error: exit status ${code}`;
}
