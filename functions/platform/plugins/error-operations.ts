import * as z from 'zod/mini';
import { platformProblem } from '#runtime/contract/errors.ts';
import { operation, type OperationContext } from '#runtime/contract/operation.ts';
import { ok } from '#runtime/contract/reply.ts';
import { errorStatuses } from '#runtime/error-tracking/error-items.ts';
import { unknownPlugin } from '../data.ts';
import { latestFirst, positionOf, type ErrorGroup } from './error-groups.ts';
import type { PluginsServices } from './services.ts';

type Context<I> = OperationContext<I, PluginsServices>;

const status = z.enum(errorStatuses);
const page = {
  status: z.optional(status),
  operation: z.optional(z.string()),
  limit: z._default(z.int().check(z.minimum(1), z.maximum(100)), 50),
  cursor: z.optional(z.string()),
};
const allInput = z.strictObject(page);
const pluginInput = z.strictObject({ name: z.string(), ...page });
const statusInput = z.strictObject({ name: z.string(), fingerprint: z.string(), status });
const group = z.record(z.string(), z.unknown());
const output = z.object({ errors: z.array(group), cursor: z.nullable(z.string()) });
const shared = { errors: {}, idempotency: 'none' } as const;

/** The platform's own functions have errors too. */
const PLATFORM = 'platform';

/** A page of groups, which are in their order. */
function pageOf(groups: readonly ErrorGroup[], wanted: z.output<typeof allInput>) {
  const { limit, cursor, ...filter } = wanted;
  const below = cursor === undefined ? undefined : readCursor(cursor);
  const found = groups.filter(
    (one) =>
      (filter.status === undefined || one.status === filter.status) &&
      (filter.operation === undefined || one.operation === filter.operation) &&
      (below === undefined || positionOf(one) < below),
  );
  const shown = found.slice(0, limit);
  const last = found.length > limit ? shown.at(-1) : undefined;
  return ok({
    errors: shown.map((one) => ({ ...one })),
    cursor: last ? Buffer.from(positionOf(last)).toString('base64url') : null,
  });
}

/** Where a page begins. It only narrows a list that the caller may read, so nothing has to prove where it came from. */
function readCursor(cursor: string): string {
  const position = Buffer.from(cursor, 'base64url').toString('utf8');
  if (/^\d{4}-\d{2}-\S+Z \S+ \S+$/.test(position)) return position;
  throw platformProblem('invalid-request', { detail: 'The cursor is not that of a page.' });
}

export const listErrors = operation({
  ...shared,
  summary: 'The errors of all plugins in groups, that of the latest error first',
  input: allInput,
  output,
  async run({ input, services: { directory, errorGroups } }: Context<z.output<typeof allInput>>) {
    const names = [...directory.plugins.map(({ name }) => name), PLATFORM];
    const groups = await Promise.all(names.map((name) => errorGroups.list(name)));
    return pageOf(groups.flat().sort(latestFirst), input);
  },
});

export const listPluginErrors = operation({
  ...shared,
  summary: 'The errors of a plugin in groups, that of the latest error first',
  input: pluginInput,
  output,
  async run({ input, services }: Context<z.output<typeof pluginInput>>) {
    const { name, ...wanted } = input;
    refuseUnknown(services, name);
    return pageOf(await services.errorGroups.list(name), wanted);
  },
});

export const setPluginErrorStatus = operation({
  ...shared,
  summary: 'Marks a group of errors as resolved, as to be ignored, or as open',
  description:
    'A resolved group is opened again by its next error, which is a regression; an ignored one is only counted.',
  input: statusInput,
  output: group,
  async run({ input, caller, services, log }: Context<z.output<typeof statusInput>>) {
    const { name, fingerprint, status: wanted } = input;
    refuseUnknown(services, name);
    const change = { status: wanted, by: caller.subject };
    const changed = await services.errorGroups.setStatus(name, fingerprint, change);
    if (!changed) {
      throw platformProblem('not-found', { detail: `"${name}" has no errors "${fingerprint}".` });
    }
    log.info('Error status', { target: name, fingerprint, status: wanted });
    return ok<Record<string, unknown>>({ ...changed });
  },
});

function refuseUnknown({ directory }: Pick<PluginsServices, 'directory'>, name: string): void {
  if (name === PLATFORM || directory.plugins.some((plugin) => plugin.name === name)) return;
  throw unknownPlugin(name);
}
