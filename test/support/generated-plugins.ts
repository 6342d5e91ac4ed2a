import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ManifestInput } from '#infra/manifest/schema.ts';

/** What is wrong with a generated plugin: in its manifest, in its code as it is imported, or once it runs. */
export const faults = [
  'broken-json',
  'wrong-type',
  'unknown-field',
  'duplicate-name',
  'clashing-route',
  'clashing-field',
  'clashing-env-prefix',
  'long-aws-name',
  'throws-on-import',
  'exits-on-import',
  'hangs-in-initialize',
  'exits-in-initialize',
  'eats-memory',
  'nonsense-health',
] as const;
export type PluginFault = (typeof faults)[number];

/** One plugin to write; without a fault it works. */
export interface GeneratedPlugin {
  readonly name: string;
  readonly fault?: PluginFault | undefined;
}

/** `gen-001`, `gen-002`, ...; the last `broken` of them get the faults, one after the other. */
export function generatedPlugins(count: number, broken = 0): readonly GeneratedPlugin[] {
  return Array.from({ length: count }, (_, index) => {
    const nth = index - (count - broken);
    const fault = nth < 0 ? undefined : faults[nth % faults.length];
    return { name: `gen-${String(index + 1).padStart(3, '0')}`, fault };
  });
}

/** The plugin whose name, route, field and prefix the plugins with such a fault take. */
const VICTIM = 'gen-001';

export const routeOf = (name: string): string => `/generated/${name}`;
export const fieldOf = (name: string): string => name.replaceAll('-', '');
const envPrefixOf = (name: string): string => `${name.toUpperCase().replaceAll('-', '_')}_PLUGIN`;

/**
 * Writes plugins into a project, each with an API, a subscription and a schedule as functions, a table and a
 * configuration. @param project root directory of a copy
 */
export function writePlugins(project: string, plugins: readonly GeneratedPlugin[]): void {
  for (const plugin of plugins) {
    const root = join(project, 'plugins/generated', plugin.name);
    mkdirSync(join(root, 'functions'), { recursive: true });
    for (const [file, text] of Object.entries(filesOf(plugin))) writeFileSync(join(root, file), text);
  }
}

function filesOf({ name, fault }: GeneratedPlugin): Readonly<Record<string, string>> {
  const schedule = fault === 'long-aws-name' ? 'tidy'.repeat(12) : 'tidy';
  const manifest = JSON.stringify(withFault(manifestOf(name, schedule), fault), null, 2);
  return {
    'plugin.json': fault === 'broken-json' ? manifest.slice(0, -2) : manifest,
    'plugin.ts': `${fault ? (importFaults[fault] ?? '') : ''}${pluginCode(fault)}`,
    'functions/api.ts': apiCode,
    'functions/on-paid.ts': `import { paymentSucceeded } from '#events/catalog/payment.ts';
${entryCode('queue', 'subscriptionHandler', "subscriptionHandler(plugin, 'onPaid', { event: paymentSucceeded, async handle() {} })")}`,
    'functions/tidy.ts': entryCode(
      'schedule',
      'scheduleHandler',
      `scheduleHandler(plugin, { ${schedule}: { summary: 'Does nothing', async run() {} } })`,
    ),
  };
}

export function manifestOf(name: string, schedule = 'tidy'): ManifestInput {
  return {
    manifestVersion: 1,
    name,
    version: '1.0.0',
    description: 'A generated plugin with three functions.',
    author: 'test',
    engine: '^1.0.0',
    operations: {
      readNotes: {
        http: { method: 'GET', path: routeOf(name) },
        graphql: { kind: 'query', field: fieldOf(name) },
        scope: 'generated:read',
      },
    },
    events: { subscribes: { onPaid: { type: 'payment.succeeded', version: '^1.0.0', function: 'on-paid' } } },
    schedules: { [schedule]: { function: 'tidy', rate: '1 day' } },
    tables: { notes: { partitionKey: 'PK' } },
    functions: {
      api: { entry: 'functions/api.ts', memoryMb: 128, timeoutSeconds: 10 },
      'on-paid': { entry: 'functions/on-paid.ts', memoryMb: 128 },
      tidy: { entry: 'functions/tidy.ts', memoryMb: 128 },
    },
    permissions: { api: ['table:notes:read'], 'on-paid': ['table:notes:write'] },
    config: { version: 1, envPrefix: envPrefixOf(name) },
  };
}

function withFault(manifest: ManifestInput, fault: PluginFault | undefined): unknown {
  const { operations, functions } = manifest;
  const { readNotes } = operations ?? {};
  const reading = (change: object) => ({
    ...manifest,
    operations: { readNotes: { ...readNotes, ...change } },
  });
  const api = { ...functions?.['api'], memoryMb: 'much' };
  const faulty: Partial<Record<PluginFault, unknown>> = {
    'wrong-type': { ...manifest, functions: { ...functions, api } },
    'unknown-field': { ...manifest, licence: 'MIT' },
    'duplicate-name': { ...manifest, name: VICTIM },
    'clashing-route': reading({ http: { method: 'GET', path: routeOf(VICTIM) } }),
    'clashing-field': reading({ graphql: { kind: 'query', field: fieldOf(VICTIM) } }),
    'clashing-env-prefix': { ...manifest, config: { version: 1, envPrefix: envPrefixOf(VICTIM) } },
  };
  return (fault && faulty[fault]) ?? manifest;
}

/** What stands above the code of `plugin.ts`. */
const importFaults: Partial<Record<PluginFault, string>> = {
  'throws-on-import': "throw new Error('no such warehouse');\n",
  'exits-on-import': 'process.exit(7);\n',
};

/** What `initialize` does first. */
const initializeFaults: Partial<Record<PluginFault, string>> = {
  'hangs-in-initialize': 'await new Promise(() => {});',
  'exits-in-initialize': 'process.exit(7);',
  'eats-memory': "for (const all: string[][] = []; ; ) all.push(Array.from({ length: 100_000 }, () => 'x'));",
};

const pluginCode = (fault: PluginFault | undefined) => `import * as z from 'zod/mini';
import { definePlugin } from '#runtime/contract/plugin.ts';
import manifest from './plugin.json' with { type: 'json' };

export const plugin = definePlugin({
  manifest,
  config: z.object({ greeting: z._default(z.string(), 'Hello') }),
  async initialize({ greeting }, environment) {
    ${(fault && initializeFaults[fault]) ?? ''}
    return { greeting, table: environment.table('notes') };
  },
  ${fault === 'nonsense-health' ? "health: () => ({ status: 'fine' }) as never," : ''}
});
`;

const apiCode = `import * as z from 'zod/mini';
import { apiHandler } from '#runtime/adapters/api.ts';
import { documentClient } from '#runtime/aws/documents.ts';
import { operation, type OperationContext } from '#runtime/contract/operation.ts';
import { plugin } from '../plugin.ts';

interface Services {
  readonly greeting: string;
  readonly table: string;
}

const readNotes = operation({
  summary: 'Reads the notes',
  input: z.strictObject({}),
  output: z.object({ plugin: z.string(), greeting: z.string(), found: z.boolean() }),
  errors: {},
  idempotency: 'none',
  async run({ services: { greeting, table } }: OperationContext<unknown, Services>) {
    const { Item } = await documentClient().get({ TableName: table, Key: { PK: 'all' } });
    return { plugin: plugin.manifest.name, greeting, found: Item !== undefined };
  },
});

export const handler = apiHandler(plugin, { readNotes });
`;

const entryCode = (
  adapter: string,
  name: string,
  call: string,
) => `import { ${name} } from '#runtime/adapters/${adapter}.ts';
import { plugin } from '../plugin.ts';

export const handler = ${call};
`;
