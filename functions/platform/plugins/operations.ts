import * as z from 'zod/mini';
import { operation, type OperationContext } from '#runtime/contract/operation.ts';
import { ok } from '#runtime/contract/reply.ts';
import { isServing } from '#runtime/lifecycle/registry-state.ts';
import { byName, reasonOf, unknownPlugin, type Directory, type DirectoryPlugin } from '../data.ts';
import { actorOf } from '../registry/audit.ts';
import { transitionErrors } from './errors.ts';
import type { Target } from './move.ts';
import type { PluginsServices } from './services.ts';
import { transition } from './transition.ts';

export * from './error-operations.ts';

const none = z.object({});
const named = z.object({ name: z.string() });
const transitionInput = z.strictObject({ name: z.string(), cascade: z._default(z.boolean(), false) });
const auditInput = z.strictObject({
  name: z.string(),
  limit: z._default(z.int().check(z.minimum(1), z.maximum(100)), 20),
  /** Only entries of lower versions: `next` of the page before. */
  before: z.optional(z.int().check(z.minimum(1))),
  action: z.optional(z.string()),
  by: z.optional(z.string()),
});
const anything = z.record(z.string(), z.unknown());

type Context<I> = OperationContext<I, PluginsServices>;
type Services = Pick<PluginsServices, 'directory' | 'registry'>;

/** A plugin of this deployment with its state. */
async function deployedEntry(deployed: DirectoryPlugin, registry: Services['registry']) {
  const { function: _function, subscriptionFunctions: _functions, errors, ...plugin } = deployed;
  const { state, reason } = await registry.read(plugin.name);
  return errors
    ? { ...plugin, status: 'failed', reason: reasonOf(errors, isServing(state)), errors }
    : { ...plugin, status: state, ...(reason !== undefined && { reason }) };
}

/** A plugin that was left out of this deployment. */
const brokenEntry = ({ name, file, errors }: Directory['broken'][number]) => ({
  name,
  file,
  status: 'failed',
  reason: reasonOf(errors, false),
  operations: [],
  errors,
});

async function entriesOf({ plugins, broken }: Directory, registry: Services['registry']) {
  const deployed = await Promise.all(plugins.map((plugin) => deployedEntry(plugin, registry)));
  return [...deployed, ...broken.map(brokenEntry)].sort(byName);
}

export const listPlugins = operation({
  summary: 'Every plugin of this deployment, with its state and its operations',
  input: none,
  output: z.object({ plugins: z.array(anything) }),
  errors: {},
  idempotency: 'none',
  run: async ({ services: { directory, registry } }: Context<unknown>) =>
    ok({ plugins: await entriesOf(directory, registry) }),
});

export const getPlugin = operation({
  summary: 'One plugin with its state and its operations',
  input: named,
  output: anything,
  errors: {},
  idempotency: 'none',
  async run({ input: { name }, services: { directory, registry } }: Context<{ name: string }>) {
    const deployed = directory.plugins.find((plugin) => plugin.name === name);
    if (deployed) return ok<Record<string, unknown>>(await deployedEntry(deployed, registry));
    const broken = directory.broken.find((plugin) => plugin.name === name);
    if (broken) return ok<Record<string, unknown>>(brokenEntry(broken));
    throw unknownPlugin(name);
  },
});

export const pluginsHealth = operation({
  summary: 'How every plugin is; answers 200 whatever it finds',
  input: none,
  output: anything,
  errors: {},
  idempotency: 'none',
  run: async ({ services }: Context<unknown>) =>
    ok<Record<string, unknown>>({ ...(await services.health()) }),
});

export const getPluginAudit = operation({
  summary:
    'Who changed the state or the configuration of a plugin, when, and from what to what; newest first',
  description:
    'The entries are a hash chain: `hash` is the SHA-256 (base64url) of the canonical JSON (RFC 8785) of the other ' +
    'members of an entry, `previousHash` the hash of the entry before it, and `head` what the newest one has to be.',
  input: auditInput,
  output: z.object({
    entries: z.array(anything),
    next: z.optional(z.int()),
    head: z.optional(z.object({ version: z.int(), hash: z.string() })),
  }),
  errors: {},
  idempotency: 'none',
  async run({ input, services: { directory, registry } }: Context<z.output<typeof auditInput>>) {
    const { name, limit, before, action, by } = input;
    const isDeployed = [...directory.plugins, ...directory.broken].some((plugin) => plugin.name === name);
    // The audit of a plugin that is not deployed any more stays readable.
    if (!isDeployed && !(await registry.names()).includes(name)) throw unknownPlugin(name);
    const { entries, next, head } = await registry.audit(name, {
      limit,
      ...(before !== undefined && { below: before }),
      ...(action !== undefined && { action }),
      ...(by !== undefined && { by }),
    });
    return ok({
      entries: entries.map((entry) => ({ ...entry })),
      ...(next !== undefined && { next }),
      ...(head && { head }),
    });
  },
});

export const pluginsDrift = operation({
  summary: 'Where the registry and the deployment differ, and what brings them together',
  input: none,
  output: z.object({ drift: z.array(anything) }),
  errors: {},
  idempotency: 'none',
  run: async ({ services }: Context<unknown>) =>
    ok({ drift: (await services.drift()).map((one) => ({ ...one })) }),
});

const transitionTo = (to: Target, summary: string) =>
  operation({
    summary,
    input: transitionInput,
    output: anything,
    errors: transitionErrors,
    idempotency: 'none',
    async run({ input, services, log, ...context }: Context<z.output<typeof transitionInput>>) {
      const result = await transition({ ...input, to, actor: actorOf(context) }, services);
      log.info('Transition', { target: result.name, to, changed: result.changed, cascaded: result.cascaded });
      return ok<Record<string, unknown>>({ ...result });
    },
  });

export const loadPlugin = transitionTo('loaded', 'Loads a plugin: it takes calls and its queued events');
export const unloadPlugin = transitionTo('unloaded', 'Unloads a plugin: calls answer 503, its events wait');

export const getOpenApi = operation({
  summary: 'The OpenAPI 3.1 description of every public operation',
  input: none,
  output: anything,
  errors: {},
  idempotency: 'none',
  run: async ({ services }: Context<unknown>) => ok(services.openApi() as Record<string, unknown>),
});
