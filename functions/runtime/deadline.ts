import { platformProblem } from './contract/errors.ts';
import type { Invocation } from './invocation.ts';
import { within } from './within.ts';

/** Time that is left for the answer before Lambda ends the invocation. */
const ANSWER_BEFORE_TIMEOUT_MS = 100;

/**
 * Waits for a step of an invocation as long as there is time to answer.
 * @throws ProblemError 503 `timed-out`
 */
export function inTime<T>({ lambda }: Pick<Invocation, 'lambda'>, step: Promise<T>): Promise<T> {
  const remainingMs = lambda.getRemainingTimeInMillis?.();
  if (remainingMs === undefined) return step;
  return within(step, Math.max(0, remainingMs - ANSWER_BEFORE_TIMEOUT_MS), () => {
    throw platformProblem('timed-out');
  });
}
