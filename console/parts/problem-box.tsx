import type { ApiProblem } from '../api/problem.ts';

/** What went wrong, with its stable code and the id to find the call by. */
export function ProblemBox({
  problem,
  onRetry,
}: {
  readonly problem: ApiProblem;
  readonly onRetry?: () => void;
}) {
  const { reasons } = problem.body;
  return (
    <div class="problem" role="alert">
      <p>{problem.message}</p>
      {Array.isArray(reasons) && (
        <ul>
          {reasons.map((reason) => (
            <li key={reason}>{String(reason)}</li>
          ))}
        </ul>
      )}
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
