import { describe, expect, it } from 'vitest';
import { CredentialsRejectedError, platformProblem, type ProblemError } from '#runtime/contract/errors.ts';
import { readEnvironment } from '#runtime/environment.ts';
import type { Invocation } from '#runtime/invocation.ts';
import { errors } from '#runtime/middleware/errors.ts';
import { PluginLoadError } from '#runtime/lifecycle/plugin-load-error.ts';
import { quietTelemetry } from './support.ts';

function refuse(
  error: unknown,
  where: { stage: string; sourceFolder?: string | undefined } = { stage: 'test' },
) {
  const telemetry = quietTelemetry();
  let rejected = 0;
  const { onError } = errors({
    ...where,
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

describe('where a plugin threw', () => {
  const local = { stage: 'local', sourceFolder: 'plugins/thrower' };
  const thrown = (message: string, ...frames: readonly string[]) =>
    Object.assign(new Error(message), {
      stack: [`Error: ${message}`, ...frames.map((frame) => `    at run (${frame})`)].join('\n'),
    });
  const own = '/plugins/thrower/operations/go.ts:12:5';
  const foreign = [
    '/node_modules/stripe/index.js:1:1',
    '/plugins/thrower/node_modules/dependency/index.js:2:2',
    '/plugins/thrower-too/operations/go.ts:3:3',
    '/functions/runtime/pipeline.ts:4:4',
  ];

  it('is shown on this machine, by the first frame in its folder', () => {
    const { problem, lines } = refuse(thrown('boom', ...foreign, own, '/plugins/thrower/late.ts:1:1'), local);
    expect(problem?.body).toMatchObject({
      code: 'internal-error',
      detail: 'boom, at plugins/thrower/operations/go.ts:12:5',
    });
    expect(lines[0]?.fields).toMatchObject({ at: 'plugins/thrower/operations/go.ts:12:5' });
  });

  it('is that of the cause where a plugin could not start', () => {
    const error = new PluginLoadError('thrower', 'could not start', thrown('no warehouse', own));
    const { problem, lines } = refuse(error, local);
    expect(problem?.body).toMatchObject({
      code: 'plugin-unhealthy',
      detail: 'Plugin "thrower": could not start: no warehouse, at plugins/thrower/operations/go.ts:12:5',
    });
    expect(lines[0]?.fields).toMatchObject({ at: 'plugins/thrower/operations/go.ts:12:5' });
  });

  it('is left out where no frame is of the plugin, and for what is no error', () => {
    expect(refuse(thrown('boom', ...foreign), local).problem?.body['detail']).toBe('boom');
    expect(refuse('a text', local).problem?.body['detail']).toBe('a text');
  });

  it('comes without the secrets of the message', () => {
    const { problem } = refuse(thrown('refused sk_test_abc123', own), local);
    expect(problem?.body['detail']).toBe('refused [redacted], at plugins/thrower/operations/go.ts:12:5');
  });

  it("is nobody else's to see", () => {
    const variables = { ANINEEPLUS_STAGE: 'prod', ANINEEPLUS_SOURCE_FOLDER: 'plugins/thrower' };
    const { stage, sourceFolder } = readEnvironment(variables);
    const { problem, lines } = refuse(thrown('boom', own), { stage, sourceFolder });
    expect(problem?.body).not.toHaveProperty('detail');
    expect(lines[0]?.fields).not.toHaveProperty('at');
    const unhealthy = refuse(new PluginLoadError('p', 'could not start', thrown('boom', own)), {
      stage,
      sourceFolder,
    });
    expect(unhealthy.problem?.body).not.toHaveProperty('detail');
  });
});
