import { platformEvents } from '#infra/manifest/platform-events.ts';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, posix } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { catalog } from '#events/catalog/index.ts';
import type { ManifestInput } from '#infra/manifest/schema.ts';
import { bindingOf } from '#runtime/binding.ts';
import { noCircles } from './architecture/circles.ts';
import { importsFollow } from './architecture/import-order.ts';
import { type Source, importsOf, targetOf } from './architecture/imports.ts';
import { importOrders } from './architecture/import-orders.ts';

const root = join(import.meta.dirname, '..');

/** A rule says what is wrong with a file, one text for each place; nothing when all is well. */
type Rule = (source: Source) => readonly string[];

/** A rule about what files have to do with each other, one text for each thing that is wrong. */
type RuleForAll = (sources: readonly Source[]) => readonly string[];

/** Where a file belongs; a plugin is a layer of its own. */
function layerOf(path: string): string {
  const plugin = pluginRoots.find((folder) => path.startsWith(`${folder}/`));
  const layers = [
    'events',
    'functions/runtime',
    'functions/platform',
    'console',
    'infra/cli/template/test',
    'infra/cli',
    'infra/local',
    'infra/process',
    'infra',
    'testing',
    'test',
  ];
  return plugin ?? layers.find((layer) => path.startsWith(`${layer}/`)) ?? 'root';
}

const allowedLayers: Readonly<Record<string, readonly string[]>> = {
  events: [],
  'functions/runtime': ['events'],
  'functions/platform': ['events', 'functions/runtime'],
  // The types of what the function tells the page, and of the contracts of events.
  console: ['events', 'functions/platform'],
  // The platform's own operations are described at synth; a plugin's code is loaded by path, in a process of its own.
  infra: ['events', 'functions/runtime', 'functions/platform', 'infra/process'],
  'infra/process': [],
  'infra/local': ['infra/process'],
  // It speaks about manifests, and about what is in the assembly that they become.
  // The tests that a scaffolded plugin begins with.
  'infra/cli/template/test': ['events', 'functions/runtime', 'infra/cli', 'testing'],
  'infra/cli': ['events', 'functions/runtime', 'functions/platform', 'infra', 'infra/local', 'infra/process'],
  // It starts the system as a process; types and names are what it shares with it.
  testing: ['events', 'functions/runtime', 'infra', 'infra/local'],
  root: [],
};
const ofPlugins = ['events', 'functions/runtime'];

const importsGoOneWay: Rule = (source) => {
  const layer = layerOf(source.path);
  if (layer === 'test') return [];
  const allowed = [layer, ...(allowedLayers[layer] ?? ofPlugins)];
  return importsOf(source).flatMap((specifier) => {
    const target = targetOf(source.path, specifier);
    if (target === undefined || target.endsWith('package.json') || allowed.includes(layerOf(target)))
      return [];
    return [`${source.path} (${layer}) imports ${target} (${layerOf(target)})`];
  });
};

const filesAreSmall: Rule = ({ path, text }) => {
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  return lines <= 250 || layerOf(path) === 'test' ? [] : [`${path} has ${lines} lines`];
};

const namesAreKebabCase: Rule = ({ path }) => {
  const parts = path.replace(/(\.test|\.config)?(\.d)?\.(tsx?|mjs)$/, '').split('/');
  return parts.every((part) => /^[a-z0-9]+(-[a-z0-9]+)*$/.test(part)) ? [] : [`${path} is not kebab-case`];
};

const exportsAreNamed: Rule = ({ path, text }) =>
  /^export\s+(default\b|\{[^}]*\bas default\b)/m.test(text) && !path.endsWith('.config.ts')
    ? [`${path} has a default export`]
    : [];

// Configuration of a tool at the root is no part of what runs.
const environmentReaders =
  /^(functions\/runtime|infra|testing|test)\/|^plugins\/(.+\/)?sandbox\/|^[^/]+\.config\.ts$/;

const environmentIsReadInFewPlaces: Rule = ({ path, text }) => {
  const reads =
    /\bprocess\s*\.\s*env\b|\bprocess\[['"]env|\{[^}]*\benv\b[^}]*\}\s*(=\s*process\b|from\s*['"](node:)?process)/;
  return reads.test(text) && !environmentReaders.test(path) ? [`${path} reads the environment`] : [];
};

const fullZodStaysOutOfBundles: Rule = (source) =>
  /^(events|functions|plugins)\//.test(source.path) &&
  importsOf(source).some((name) => /^zod(\/v4)?$/.test(name))
    ? [`${source.path} imports all of zod instead of zod/mini`]
    : [];

/** They share a process, whose error messages the import of all of zod would change. */
const lambdaTestsStayOffInfra: Rule = (source) =>
  /^test\/(unit\/(functions|plugins)|contract|model)\//.test(source.path)
    ? importsOf(source)
        .filter((name) => /^zod(\/v4)?$/.test(name) || targetOf(source.path, name)?.startsWith('infra/'))
        .map((name) => `${source.path} imports ${name}`)
    : [];

/** The operations of a manifest, each with its function. */
const operationsIn = ({ operations = {} }: Pick<ManifestInput, 'operations'>): string[] =>
  Object.entries(operations).map(([name, { function: key = 'api' }]) => `${key}: ${name}`);

/** The operations that the handlers of a plugin serve, each with its function. */
async function operationsServed(folder: string, { functions = {} }: ManifestInput): Promise<string[]> {
  const served = Object.entries(functions).map(async ([key, { entry }]) => {
    const url = pathToFileURL(join(root, folder, entry)).href;
    const binding = bindingOf(((await import(url)) as { readonly handler: unknown }).handler);
    return binding?.kind === 'operations' ? Object.keys(binding.units).map((name) => `${key}: ${name}`) : [];
  });
  return (await Promise.all(served)).flat();
}

/** What is on one side only. */
function operationDifferences(declared: readonly string[], served: readonly string[]): string[] {
  return [
    ...declared.filter((name) => !served.includes(name)).map((name) => `${name} is not in the code`),
    ...served.filter((name) => !declared.includes(name)).map((name) => `${name} is not in the manifest`),
  ];
}

function unknownPublications({ events }: Pick<ManifestInput, 'events'>): string[] {
  const known = catalog.map(({ type, version }) => `${type} ${version}`);
  const published = (events?.publishes ?? []).map(({ type, version }) => `${type} ${version}`);
  return published.filter((event) => !known.includes(event));
}

function filesBelow(folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    if (!entry.isDirectory()) return [path];
    return entry.name === 'node_modules' || entry.name.startsWith('.') ? [] : filesBelow(path);
  });
}

const files = [
  ...['console', 'events', 'functions', 'infra', 'plugins', 'test', 'testing'].flatMap(filesBelow),
  ...readdirSync(root).filter((name) => name.endsWith('.ts')),
];
const pluginRoots = files
  .filter((path) => /^plugins\/.*plugin\.json$/.test(path))
  .map((path) => posix.dirname(path));
const sources: readonly Source[] = files
  // The types of a manifest are written by a command.
  .filter((path) => /\.(tsx?|mjs)$/.test(path) && !path.endsWith('/plugin.d.json.ts'))
  .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));

interface Example {
  readonly rule: Rule;
  readonly bad: readonly Source[];
  readonly good: readonly Source[];
}

const file = (path: string, text = '') => ({ path, text });
const plugin = 'plugins/payment';

const rules: Readonly<Record<string, Example>> = {
  'imports go one way': {
    rule: importsGoOneWay,
    bad: [
      file('events/a.ts', "import { x } from '#runtime/x.ts';"),
      file('events/a.ts', "export * from '../functions/runtime/x.ts';"),
      file('functions/runtime/a.ts', "import type {\n  X,\n} from '../../plugins/payment/x.ts';"),
      file('functions/runtime/a.ts', "const x = await import('../platform/x.ts');"),
      file('functions/platform/a.ts', "import '../../plugins/payment/plugin.ts';"),
      file(`${plugin}/a.ts`, "import { x } from '../examples/simple-plugin/x.ts';"),
      file(`${plugin}/a.ts`, "import { x } from '#infra/x.ts';"),
      file(`${plugin}/a.ts`, "import { x } from '../../functions/platform/x.ts';"),
      file('infra/a.ts', "import { plugin } from '../plugins/payment/plugin.ts';"),
      file('infra/app.ts', "import { run } from './local/main.ts';"),
      file('infra/local/a.ts', "import { x } from '#infra/manifest/x.ts';"),
      file('infra/local/a.ts', "import { x } from '../cli/x.ts';"),
      file('infra/a.ts', "import { x } from './cli/x.ts';"),
      file('infra/local/a.ts', "import { x } from '../../functions/runtime/x.ts';"),
      file('functions/runtime/a.ts', "import { x } from '#test/support/x.ts';"),
      file('infra/a.ts', "import { x } from '#testing/x.ts';"),
      file('testing/a.ts', "import { x } from '#test/support/x.ts';"),
    ],
    good: [
      file('functions/runtime/a.ts', "import { x } from '#events/x.ts';\nimport { y } from 'zod/mini';"),
      file(
        `${plugin}/functions/a.ts`,
        "import { x } from '#runtime/x.ts';\nimport { p } from '../plugin.ts';",
      ),
      file('infra/local/a/b.ts', "import { x } from '../x.ts';\nimport { join } from 'node:path';"),
      file('infra/cli/a.ts', "import { x } from '#infra/local/x.ts';\nimport { y } from '../app.ts';"),
      file('test/a.test.ts', "import { x } from '#infra/local/x.ts';"),
      file('testing/a.ts', "import { x } from '#infra/local/x.ts';\nimport { y } from './b.ts';"),
    ],
  },
  'files have at most 250 lines': {
    rule: filesAreSmall,
    bad: [file('infra/a.ts', 'x\n'.repeat(251)), file('infra/a.ts', `${'x\n'.repeat(250)}x`)],
    good: [file('infra/a.ts', 'x\n'.repeat(250))],
  },
  'names are kebab-case': {
    rule: namesAreKebabCase,
    bad: [file('infra/aB.ts'), file('infra/a_b.ts'), file('infra/Stacks/a.ts'), file('infra/a--b.ts')],
    good: [
      file('infra/a-b/c2.ts'),
      file('test/unit/a.test.ts'),
      file('vitest.config.ts'),
      file('infra/a.mjs'),
    ],
  },
  'exports are named': {
    rule: exportsAreNamed,
    bad: [
      file('infra/a.ts', 'const x = 1;\nexport default x;'),
      file('infra/a.ts', 'export { x as default };'),
      file('infra/a.ts', 'export default function run() {}'),
    ],
    good: [file('vitest.config.ts', 'export default {};'), file('infra/a.ts', 'export const x = 1;')],
  },
  'the environment is read in few places': {
    rule: environmentIsReadInFewPlaces,
    bad: [
      file(`${plugin}/a.ts`, "const x = process.env['X'];"),
      file('functions/platform/a.ts', 'const { env } = process;'),
      file('functions/platform/a.config.ts', 'process.env'),
      file('events/a.ts', "import { env } from 'node:process';"),
    ],
    good: [
      file(`${plugin}/sandbox/stripe/main.ts`, "process.env['SANDBOX_PORT']"),
      file('functions/runtime/environment.ts', 'process.env'),
      file('vitest.config.ts', 'process.env.BASE_URL'),
      file(`${plugin}/a.ts`, 'const { environment } = context;'),
    ],
  },
  'all of zod stays out of bundles': {
    rule: fullZodStaysOutOfBundles,
    bad: [
      file('events/a.ts', "import * as z from 'zod';"),
      file(`${plugin}/a.ts`, "import { z } from 'zod/v4';"),
    ],
    good: [
      file('events/a.ts', "import * as z from 'zod/mini';\nimport type { $ZodType } from 'zod/v4/core';"),
      file('infra/a.ts', "import * as z from 'zod';"),
    ],
  },
  'tests of code for Lambda stay off infra': {
    rule: lambdaTestsStayOffInfra,
    bad: [
      file('test/unit/functions/a.test.ts', "import * as z from 'zod';"),
      file('test/contract/a.ts', "import { x } from '#infra/x.ts';"),
      file('test/unit/plugins/a.ts', "import { x } from '../../../infra/x.ts';"),
    ],
    good: [
      file('test/unit/infra/a.test.ts', "import { x } from '#infra/x.ts';"),
      file('test/unit/plugins/a.test.ts', "import * as z from 'zod/mini';"),
    ],
  },
};

describe.each(Object.entries(rules))('%s', (_, { rule, bad, good }) => {
  it('in this repository', () => {
    expect(sources.length).toBeGreaterThan(0);
    expect(sources.flatMap(rule)).toEqual([]);
  });

  it.each(bad)('finds what is wrong in example %# ($path)', (source) => expect(rule(source)).toHaveLength(1));

  it.each(good)('lets pass example %# ($path)', (source) => expect(rule(source)).toEqual([]));
});

interface ExampleForAll {
  /** The rule with what this repository declares. */
  readonly rule: RuleForAll;
  /** The rule with what the examples declare. */
  readonly example: RuleForAll;
  readonly bad: readonly (readonly Source[])[];
  readonly good: readonly (readonly Source[])[];
}

const oneOfEach = [
  file('infra/shared/x.ts'),
  file('infra/build/x.ts'),
  file('infra/build/report.ts'),
  file('infra/app.ts'),
  file('plugins/p/payments/model/x.ts', "import '../../refunds/model/x.ts';"),
  file('plugins/p/refunds/model/x.ts', "import '../../payments/model/x.ts';"),
  file('plugins/p/refunds/x.ts', "import './model/x.ts';"),
];

const rulesForAll: Readonly<Record<string, ExampleForAll>> = {
  'no circles in product code': {
    rule: noCircles,
    example: noCircles,
    bad: [
      [file('infra/a.ts', "export * from './a.ts';")],
      [file('infra/a.ts', "import type { B } from './b.ts';"), file('infra/b.ts', "import '#infra/a.ts';")],
      [
        file(`${plugin}/a.ts`, "import { b } from './store/b.ts';"),
        file(`${plugin}/store/b.ts`, "const c = await import('./c.ts');"),
        file(`${plugin}/store/c.ts`, "import '../a.ts';"),
        file('infra/a.ts'),
      ],
    ],
    good: [
      [
        file('infra/a.ts', "import './b.ts';\nimport './c.ts';"),
        file('infra/b.ts', "import './c.ts';"),
        file('infra/c.ts', "import { a } from '#events/a.ts';"),
        file('events/a.ts'),
      ],
      [file('test/a.ts', "import './a.ts';")],
    ],
  },
  'imports follow the order of the folders': {
    rule: importsFollow(importOrders),
    example: importsFollow({
      infra: ['shared', 'build', 'build/report.ts', 'app.ts'],
      'plugins/p': ['*/model', 'refunds'],
    }),
    bad: [
      [file('infra/shared/a.ts', "import { b } from '../build/b.ts';"), ...oneOfEach],
      [file('infra/build/a.ts', "import type { Report } from '#infra/build/report.ts';"), ...oneOfEach],
      [file('infra/shared/a.ts', "import('../app.ts');"), ...oneOfEach],
      [file('infra/other/a.ts'), ...oneOfEach],
      [file('plugins/p/payments/model/a.ts', "import '../../refunds/x.ts';"), ...oneOfEach],
      oneOfEach.slice(1),
    ],
    good: [
      oneOfEach,
      [
        file('infra/build/a.ts', "import { a } from '../shared/a.ts';\nimport './b/c.ts';"),
        file('infra/build/b.ts', "import { x } from '#events/x.ts';\nimport data from './data.json';"),
        ...oneOfEach,
      ],
      [file('events/a.ts', "import { app } from '#infra/app.ts';"), ...oneOfEach],
    ],
  },
};

describe.each(Object.entries(rulesForAll))('%s', (_, { rule, example, bad, good }) => {
  it('in this repository', () => expect(rule(sources)).toEqual([]));

  it.each(bad.map((all) => ({ all })))('finds what is wrong in example %#', ({ all }) =>
    expect(example(all)).toHaveLength(1),
  );

  it.each(good.map((all) => ({ all })))('lets pass example %#', ({ all }) =>
    expect(example(all)).toEqual([]),
  );
});

describe.each(pluginRoots)('%s', (folder) => {
  const read = () => JSON.parse(readFileSync(join(root, folder, 'plugin.json'), 'utf8')) as ManifestInput;

  it('has the same operations in manifest and code', async () => {
    const manifest = read();
    expect(operationDifferences(operationsIn(manifest), await operationsServed(folder, manifest))).toEqual(
      [],
    );
    const url = pathToFileURL(join(root, folder, 'plugin.ts')).href;
    expect(((await import(url)) as { plugin: { manifest: unknown } }).plugin.manifest).toEqual(manifest);
  });

  it('publishes only what the catalogue holds', () => expect(unknownPublications(read())).toEqual([]));
});

describe('manifest, code and catalogue', () => {
  it('finds operations that are on one side only', () => {
    const operations = { a: { scope: 'a:b' }, b: { scope: 'a:b', function: 'slow' } };
    expect(operationDifferences(operationsIn({ operations }), ['slow: b', 'api: c'])).toEqual([
      'api: a is not in the code',
      'api: c is not in the manifest',
    ]);
  });

  it('finds publications without a contract', () => {
    const publishes = [
      { type: 'payment.succeeded', version: '1.1.0' },
      { type: 'payment.succeeded', version: '9.0.0' },
      { type: 'payment.lost', version: '1.0.0' },
    ];
    expect(unknownPublications({ events: { publishes } })).toEqual([
      'payment.succeeded 9.0.0',
      'payment.lost 1.0.0',
    ]);
  });

  it('publishes every event of the catalogue from some plugin or from the platform', () => {
    const published = pluginRoots.flatMap((folder) => {
      const { events } = JSON.parse(readFileSync(join(root, folder, 'plugin.json'), 'utf8')) as ManifestInput;
      return (events?.publishes ?? []).map(({ type }) => type);
    });
    const ofPlatform = platformEvents.map(({ type }) => type);
    const all = [...published, ...ofPlatform];
    expect(catalog.map(({ type }) => type).filter((type) => !all.includes(type))).toEqual([]);
  });
});
