import { describe, expect, it } from 'vitest';
import { validate } from '#runtime/schema/validate.ts';
import { greet } from '../../../../plugins/my-plugin/operations/greet.ts';

/** Calls the operation as the pipeline does, at a fixed time. */
async function greetAt(time: string, given: unknown) {
  const input = validate(greet.input, given);
  if (!input.ok) throw new Error(input.faults.map(({ path, message }) => `${path} ${message}`).join(', '));
  return greet.run({
    input: input.value,
    services: { now: () => new Date(time) },
    caller: { subject: 'ada', tenant: 'default', scopes: ['my-plugin:read'] },
    idempotency: undefined,
    requestId: 'request-1',
    traceparent: undefined,
    span: { set() {}, link() {} },
    config: {},
    remainingMs: () => 1000,
    log: { debug() {}, info() {}, warn() {}, error() {}, count() {}, duration() {} },
  });
}

describe('greet', () => {
  it.each([
    ['2026-11-29T08:30:00.000Z', 'Good morning, Ada!'],
    ['2026-11-29T12:00:00.000Z', 'Good afternoon, Ada!'],
    ['2026-11-29T18:00:00.000Z', 'Good evening, Ada!'],
  ])('at %s says "%s"', async (at, text) => {
    expect(await greetAt(at, { name: 'Ada' })).toEqual({ text, at });
  });

  it.each([
    [{ name: '' }, 'name must have a length of at least 1'],
    [{ name: 'x'.repeat(51) }, 'name must have a length of at most 50'],
    [{ name: 'Ada', age: 36 }, 'age is not known here'],
  ])('refuses %j', async (input, reason) => {
    await expect(greetAt('2026-11-29T08:30:00.000Z', input)).rejects.toThrow(reason);
  });
});
