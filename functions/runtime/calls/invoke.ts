import type { InvokeClient } from '../aws/lambda.ts';
import { platformProblem } from '../contract/errors.ts';

/**
 * Invokes a function and reads its answer.
 * @throws ProblemError 503 `timed-out` or `plugin-unavailable`, 500 when it failed without an answer
 */
export async function invokeFunction(
  client: InvokeClient,
  name: string,
  payload: unknown,
  abortSignal: AbortSignal,
): Promise<unknown> {
  const call = { FunctionName: name, Payload: JSON.stringify(payload) };
  const answer = await client.invoke(call, { abortSignal }).catch((error: unknown) => {
    if ((error as Error).name === 'AccessDeniedException') throw error;
    // The function was invoked and may still act; with any other error Lambda has not invoked it.
    const isTimeout = ['TimeoutError', 'AbortError'].includes((error as Error).name);
    throw platformProblem(isTimeout ? 'timed-out' : 'plugin-unavailable', { cause: error });
  });
  const text = Buffer.from(answer.Payload ?? []).toString('utf8');
  // It crashed or ran out of time: whether it had an effect is not known, so the caller must not just retry.
  if (answer.FunctionError) {
    const { isTimeout, message } = crashOf(text);
    throw platformProblem(isTimeout ? 'timed-out' : 'internal-error', { cause: new Error(message) });
  }
  return JSON.parse(text) as unknown;
}

/** What Lambda's error document says of a function that failed. */
function crashOf(payload: string): { readonly isTimeout: boolean; readonly message: string } {
  try {
    const { errorType, errorMessage } = JSON.parse(payload) as {
      errorType?: unknown;
      errorMessage?: unknown;
    };
    return { isTimeout: errorType === 'Sandbox.Timedout', message: String(errorMessage) };
  } catch {
    return { isTimeout: false, message: 'it ended without an answer' };
  }
}
