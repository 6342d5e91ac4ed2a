import type * as z from 'zod';
import { type JsonPath, valueAt } from './document.ts';
import { manifestSchema } from './schema.ts';

/** One valid member of a collection in the manifest, with its place. */
export interface Entry<T> {
  readonly key: string;
  readonly value: T;
  readonly path: JsonPath;
}

const { shape } = manifestSchema;
const events = shape.events.unwrap().shape;

const schemas = {
  dependencies: shape.dependencies.unwrap().valueType,
  operations: shape.operations.unwrap().valueType,
  webhooks: shape.webhooks.unwrap().valueType,
  publishes: events.publishes.unwrap().element,
  subscribes: events.subscribes.unwrap().valueType,
  schedules: shape.schedules.unwrap().valueType,
  alarms: shape.observability.unwrap().shape.alarms.unwrap().valueType,
  tables: shape.tables.unwrap().valueType,
  functions: shape.functions.unwrap().valueType,
  sandbox: shape.sandbox.unwrap().valueType,
  permission: shape.permissions.unwrap().valueType.element,
  iam: shape.iam.unwrap().valueType.element,
};

/**
 * The parts of a manifest that are valid by themselves. The cross checks work on it, so that one mistake neither hides
 * another nor causes a second error elsewhere.
 */
export type ManifestView = ReturnType<typeof viewOf>;

export function viewOf(raw: unknown) {
  const entries = <T>(schema: z.ZodType<T>, path: JsonPath) => validEntries(raw, path, schema);
  const publishes = entries(schemas.publishes, ['events', 'publishes']);
  const permissions = keysAt(raw, ['permissions']).flatMap((key) =>
    entries(schemas.permission, ['permissions', key]).map((entry) => ({ ...entry, key })),
  );
  const iam = keysAt(raw, ['iam']).flatMap((key) =>
    entries(schemas.iam, ['iam', key]).map((entry) => ({ ...entry, key })),
  );
  const permissionCount = keysAt(raw, ['permissions']).flatMap((key) =>
    keysAt(raw, ['permissions', key]),
  ).length;
  const one = <T>(schema: z.ZodType<T>, path: JsonPath) => schema.safeParse(valueAt(raw, path)).data;
  return {
    name: one(shape.name, ['name']),
    version: one(shape.version, ['version']),
    engine: one(shape.engine, ['engine']),
    config: one(shape.config, ['config']),
    strategy: one(shape.deploy.unwrap().shape.strategy, ['deploy', 'strategy']),
    dependencies: entries(schemas.dependencies, ['dependencies']),
    operations: entries(schemas.operations, ['operations']),
    webhooks: entries(schemas.webhooks, ['webhooks']),
    publishes,
    subscribes: entries(schemas.subscribes, ['events', 'subscribes']),
    schedules: entries(schemas.schedules, ['schedules']),
    alarms: entries(schemas.alarms, ['observability', 'alarms']),
    tables: entries(schemas.tables, ['tables']),
    functions: entries(schemas.functions, ['functions']),
    sandbox: entries(schemas.sandbox, ['sandbox']),
    /** Single permissions; `key` is the function. */
    permissions,
    /** Single statements of IAM; `key` is the function. */
    iam,
    /** Every name that is declared, whether what stands under it is valid or not. */
    declared: {
      functions: keysAt(raw, ['functions']),
      tables: keysAt(raw, ['tables']),
      operations: keysAt(raw, ['operations']),
      webhooks: keysAt(raw, ['webhooks']),
      permissions: keysAt(raw, ['permissions']),
      iam: keysAt(raw, ['iam']),
      relay: keysAt(raw, ['tables']).some((key) => valueAt(raw, ['tables', key, 'stream']) !== undefined),
    },
    /** Whether these lists are here as a whole, without a member that was invalid. */
    complete: {
      publishes: publishes.length === keysAt(raw, ['events', 'publishes']).length,
      permissions: permissions.length === permissionCount,
    },
  };
}

function keysAt(raw: unknown, path: JsonPath): string[] {
  const at = valueAt(raw, path);
  return typeof at === 'object' && at !== null ? Object.keys(at) : [];
}

function validEntries<T>(raw: unknown, path: JsonPath, schema: z.ZodType<T>): Entry<T>[] {
  const inArray = Array.isArray(valueAt(raw, path));
  return keysAt(raw, path).flatMap((key) => {
    const at = [...path, inArray ? Number(key) : key];
    const parsed = schema.safeParse(valueAt(raw, at));
    return parsed.success ? [{ key, value: parsed.data, path: at }] : [];
  });
}
