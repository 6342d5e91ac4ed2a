import { CredentialsRejectedError } from '../contract/errors.ts';
import type { Adapter } from '../adapter.ts';
import { causes } from '../error-causes.ts';
import { isFault, problemOf } from '../problem.ts';
import { placeField } from '../telemetry/thrown-at.ts';
import type { Middleware } from './types.ts';

interface ErrorsOptions<R> {
  readonly stage: string;
  readonly sourceFolder?: string | undefined;
  readonly adapter: Pick<Adapter<R>, 'refuse'>;
  readonly credentialsRejected?: () => void;
}

/** Turns what was thrown into the adapter's answer; faults are logged with their causes. */
export function errors<R>({
  stage,
  sourceFolder,
  adapter,
  credentialsRejected,
}: ErrorsOptions<R>): Middleware {
  return {
    onError: function errorsOnError(request) {
      const { event: invocation, error } = request;
      const { requestId, description } = invocation;
      const { instance } = description;
      const problem = problemOf(error, { stage, requestId, instance, sourceFolder });
      invocation.problem = problem;
      if (isFault(problem)) {
        invocation.log.error(problem.code, {
          error: error instanceof Error ? error : new Error(String(error)),
          causes: causes(error).map((cause) => `${(cause as Error).name}: ${(cause as Error).message}`),
          ...placeField(error, sourceFolder),
        });
      }
      if (causes(error).some((cause) => cause instanceof CredentialsRejectedError)) credentialsRejected?.();
      try {
        request.response = adapter.refuse(invocation, problem, error);
      } catch (failure) {
        // The invocation itself fails, once what observes it is done: middy throws what is left without a response.
        request.error = failure;
      }
    },
  };
}
