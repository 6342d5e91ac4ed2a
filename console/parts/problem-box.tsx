import type { ApiProblem } from '../api/problem.ts';

/** What went wrong, with its stable code and the id to find the call by. */
export function ProblemBox({
  problem,
  onRetry,
}: {
  readonly problem: ApiProblem;
  readonly onRetry?: () => void;
}) {
  return (
    <div class="problem" role="alert">
      <p>{problem.message}</p>
      <p class="muted">
        <code>{problem.code}</code>
        {problem.requestId !== undefined && (
          <>
            {' '}
            request <code>{problem.requestId}</code>
          </>
        )}
      </p>
      {onRetry && (
        <button type="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}
