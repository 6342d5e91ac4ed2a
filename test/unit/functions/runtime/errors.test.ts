import { describe, expect, it } from 'vitest';
import { CredentialsRejectedError, platformProblem, type ProblemError } from '#runtime/contract/errors.ts';
import type { Invocation } from '#runtime/invocation.ts';
import { errors } from '#runtime/middleware/errors.ts';
import { quietTelemetry } from './support.ts';

function refuse(error: unknown) {
  const telemetry = quietTelemetry();
  let rejected = 0;
  const { onError } = errors({
    stage: 'test',
    adapter: { refuse: (_, problem) => problem.code },
    credentialsRejected: () => void rejected++,
  });
  const event = { requestId: 'r', description: { operation: 'o' }, log: telemetry.log } as Invocation;
  const request = { event, error, response: undefined as unknown };
  const returned = onError?.(request);
  return { returned, response: request.response, problem: event.problem, rejected, lines: telemetry.lines };
}

describe('the error middleware', () => {
  it('assigns the answer and returns nothing, so that what observes still runs', () => {
    const { returned, response, problem } = refuse(platformProblem('not-found'));
    expect([returned, response, problem?.status]).toEqual([undefined, 'not-found', 404]);
  });

  it('logs what is our fault, and nothing that is the client did', () => {
    expect(refuse(platformProblem('forbidden')).lines).toEqual([]);
    expect(refuse(new Error('x')).lines).toMatchObject([{ level: 'error', message: 'internal-error' }]);
    expect(refuse('a thrown text')).toMatchObject({ response: 'internal-error' });
  });

  it('has the configuration read again when an upstream refused our credentials', () => {
    const cause = new CredentialsRejectedError('401');
    const unavailable: ProblemError = platformProblem('plugin-unavailable', { cause });
    expect(refuse(unavailable)).toMatchObject({ rejected: 1, response: 'plugin-unavailable' });
    expect(refuse(new Error('other')).rejected).toBe(0);
  });
});
