import { expect, it } from 'vitest';
import * as z from 'zod/mini';
import { apiHandler } from '#runtime/adapters/api.ts';
import { bindingOf } from '#runtime/binding.ts';
import { definePlugin } from '#runtime/contract/plugin.ts';
import { environment, probe, probeOperations, quietTelemetry } from '../support.ts';

const { echo, look } = probeOperations;
const options = { environment: environment(), telemetry: quietTelemetry() };
const served = (handler: unknown) => Object.keys(bindingOf(handler)?.units ?? {});

/** The two operations of the probe, one of them in a function of its own. */
const split = definePlugin({
  ...probe(),
  manifest: {
    ...probe().manifest,
    operations: { echo: {}, look: { function: 'reader' } },
  },
  config: z.object({}),
  initialize: () => ({ started: 1 }),
});

it('takes the operations of the manifest, all of them and no other', () => {
  expect(served(apiHandler(probe(), { echo, look }, options))).toEqual(['echo', 'look']);
  // @ts-expect-error -- `look` is missing
  expect(served(apiHandler(probe(), { echo }, options))).toEqual(['echo']);
  // @ts-expect-error -- both are missing
  expect(served(apiHandler(probe(), {}, options))).toEqual([]);
  // @ts-expect-error -- the manifest has no `more`
  expect(served(apiHandler(probe(), { ...probeOperations, more: look }, options))).toHaveLength(3);
});

it('takes a part of them where the manifest names functions', () => {
  expect(served(apiHandler(split, { echo }, options))).toEqual(['echo']);
  expect(served(apiHandler(split, { look }, options))).toEqual(['look']);
  // @ts-expect-error -- the manifest has no `more`
  expect(served(apiHandler(split, { echo, more: look }, options))).toEqual(['echo', 'more']);
});
