import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod/v4/core';
import { bindingOf, type BindingKind } from '#runtime/binding.ts';
import { envNames } from '#runtime/lifecycle/env-names.ts';
import { schemaLeaves } from '#runtime/schema/leaves.ts';
import type { OperationLike } from './code-description.ts';
import type { CodeFacts, FunctionFacts, UnitFacts } from './types.ts';

/** Anything that a module may export: plugins may be plain JavaScript, which no compiler has seen. */
type Members = Readonly<Record<string, unknown>>;

const membersOf = (value: unknown): Members =>
  typeof value === 'object' && value !== null ? (value as Members) : {};

const isSchema = (value: unknown): value is z.$ZodType => '_zod' in membersOf(value);

/** What each part of a unit must be, by kind. */
const UNIT_CHECKS: Readonly<Record<BindingKind, (unit: Members) => readonly (string | false)[]>> = {
  operations: ({ summary, input, output, errors, idempotency, run }) => [
    typeof summary !== 'string' && 'summary is not a text',
    !isSchema(input) && 'input is not a schema of zod',
    !isSchema(output) && 'output is not a schema of zod',
    (typeof errors !== 'object' || errors === null) && 'errors is not an object',
    idempotency !== 'key' && idempotency !== 'none' && 'idempotency is neither "key" nor "none"',
    typeof run !== 'function' && 'run is not a function',
  ],
  webhooks: ({ handle }) => [typeof handle !== 'function' && 'handle is not a function'],
  subscribes: ({ handle, event }) => [
    typeof handle !== 'function' && 'handle is not a function',
    !isContract(event) && 'event is not a contract of the event catalogue',
  ],
  schedules: ({ run }) => [typeof run !== 'function' && 'run is not a function'],
};

function isContract(event: unknown): event is { readonly type: string; readonly version: string } {
  const { type, version, data } = membersOf(event);
  return typeof type === 'string' && typeof version === 'string' && isSchema(data);
}

function unitFacts(kind: BindingKind, unit: unknown): UnitFacts {
  const members = membersOf(unit);
  const faults = UNIT_CHECKS[kind](members).filter((fault) => fault !== false);
  const { event } = members;
  return {
    faults,
    ...(kind === 'subscribes' &&
      isContract(event) && { event: { type: event.type, version: event.version } }),
  };
}

const unitsFacts = (kind: BindingKind, units: unknown): Readonly<Record<string, UnitFacts>> =>
  Object.fromEntries(Object.entries(membersOf(units)).map(([name, unit]) => [name, unitFacts(kind, unit)]));

/** What a function's entry module holds. */
export function functionFacts(module: Members): FunctionFacts {
  const { handler } = module;
  const binding = bindingOf(handler);
  return {
    handler: typeof handler,
    ...(binding && { binding: { kind: binding.kind, units: unitsFacts(binding.kind, binding.units) } }),
  };
}

/** The operations that a function's handler serves, without those that are none. */
export function operationsIn(module: Members): Readonly<Record<string, OperationLike>> {
  const binding = bindingOf(module['handler']);
  if (binding?.kind !== 'operations') return {};
  const whole = Object.entries(binding.units).filter(
    ([, unit]) => unitFacts('operations', unit).faults.length === 0,
  );
  return Object.fromEntries(whole) as Readonly<Record<string, OperationLike>>;
}

const COMPARED = ['name', 'operations', 'webhooks', 'schedules', 'config'] as const;

/** What plugin.json says, as far as the running code relies on it. */
function reliedOn(manifest: unknown): Members {
  const members = membersOf(manifest);
  const { subscribes = {} } = membersOf(members['events']);
  const parts = COMPARED.map((name) => [name, members[name] ?? {}] as const);
  return JSON.parse(JSON.stringify({ ...Object.fromEntries(parts), subscribes })) as Members;
}

/** What the definition of a plugin holds, without its functions. @param root folder of the plugin */
export function definitionFacts(
  root: string,
  definition: unknown,
  envPrefix: string,
): Pick<CodeFacts, 'faults' | 'config'> {
  const { manifest, config, migrations, initialize } = membersOf(definition);
  const declared: unknown = JSON.parse(readFileSync(join(root, 'plugin.json'), 'utf8'));
  const sameManifest = isDeepStrictEqual(reliedOn(manifest), reliedOn(declared));
  const faults = [
    !sameManifest && "its `manifest` is not that of plugin.json: import it with { type: 'json' }",
    !isSchema(config) && 'its `config` is not a schema of zod',
    typeof initialize !== 'function' && 'its `initialize` is not a function',
  ].filter((fault) => fault !== false);
  return {
    faults,
    config: isSchema(config)
      ? configFacts(config, migrations, envPrefix)
      : { refusesEmpty: undefined, leaves: [], secrets: [], migrations: [], namesCollide: undefined },
  };
}

function configFacts(config: z.$ZodType, migrations: unknown, envPrefix: string): CodeFacts['config'] {
  const empty = z.safeParse(config, {});
  const leaves = schemaLeaves(config);
  const [issue] = empty.success ? [] : empty.error.issues;
  let namesCollide: string | undefined;
  try {
    envNames(config, envPrefix);
  } catch (error) {
    namesCollide = error instanceof Error ? error.message : String(error);
  }
  return {
    refusesEmpty: issue && `${issue.path.join('.') || 'the configuration'} is required`,
    leaves: leaves.map(({ path }) => path.join('.')),
    secrets: leaves.filter(({ secret }) => secret).map(({ path }) => path.join('.')),
    migrations: Object.entries(membersOf(migrations))
      .filter(([, step]) => typeof step === 'function')
      .map(([version]) => version),
    namesCollide,
  };
}
