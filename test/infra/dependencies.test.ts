import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { javaScriptProject, type JavaScriptPlugin } from '../unit/infra/bundling/plugin-project.ts';
import { manifest } from '../unit/infra/manifest/fixture.ts';
import { appOf } from './synth.ts';

interface CloudAssembly {
  readonly artifacts: Readonly<Record<string, { readonly dependencies?: readonly string[] }>>;
}

const PREFIX = 'anineeplus-local-';

/** The stacks by which each stack of a project has to be deployed, as the CDK reads them. */
async function stackDependencies(...plugins: readonly JavaScriptPlugin[]) {
  const { directory } = (await appOf(javaScriptProject(...plugins))).synth();
  const { artifacts } = JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8')) as CloudAssembly;
  const short = (name: string) => name.slice(PREFIX.length);
  return Object.fromEntries(
    Object.entries(artifacts)
      .filter(([name]) => name.startsWith(`${PREFIX}plugin-`) && !name.endsWith('.assets'))
      .map(([name, { dependencies = [] }]) => [
        short(name),
        dependencies
          .filter((other) => !other.endsWith('.assets'))
          .map(short)
          .toSorted(),
      ]),
  );
}

const functions = { api: { entry: 'functions/api.js' } };
const needing = (name: string, ...needed: readonly (readonly [string, boolean?])[]) => ({
  manifest: manifest(name, {
    functions,
    dependencies: Object.fromEntries(
      needed.map(([other, optional = false]) => [other, { version: '^1.0.0', optional }]),
    ),
  }),
});

test('the stack of a plugin is deployed after those of the plugins that it depends on, optional ones too', async () => {
  // Their names sort in the opposite order.
  expect(
    await stackDependencies(
      needing('aaa', ['bbb'], ['ddd', true], ['absent', true]),
      needing('bbb', ['ccc']),
      needing('ccc'),
      needing('ddd'),
    ),
  ).toEqual({
    'plugin-aaa': ['platform', 'plugin-bbb', 'plugin-ddd'],
    'plugin-bbb': ['platform', 'plugin-ccc'],
    'plugin-ccc': ['platform'],
    'plugin-ddd': ['platform'],
  });
});

test('a cycle, a missing plugin and another version are reported before anything is deployed', async () => {
  const root = javaScriptProject(
    needing('aaa', ['bbb']),
    needing('bbb', ['ccc']),
    needing('ccc', ['aaa']),
    needing('lonely', ['nobody']),
    {
      manifest: manifest('old', { functions, dependencies: { fine: { version: '^2.0.0' } } }),
    },
    {
      manifest: manifest('keen', {
        functions,
        dependencies: { fine: { version: '^3.0.0', optional: true } },
      }),
    },
    needing('fine'),
  );
  const synthesis = appOf(root, {}, { ANINEEPLUS_SYNTH: undefined });
  await expect(synthesis).rejects.toThrow(/PLG211[\s\S]*aaa -> bbb -> ccc -> aaa/);
  const { message } = (await synthesis.catch((error: unknown) => error)) as Error;
  for (const [plugin, code, told] of [
    ['lonely', 'PLG208', '"nobody"'],
    ['old', 'PLG209', 'a range with 1.0.0'],
    // It may be missing, but what is there has to fit.
    ['keen', 'PLG209', 'a range with 1.0.0'],
  ] as const) {
    expect(message).toMatch(new RegExp(`plugins/${plugin}/plugin.json:\\d+ +${code}[\\s\\S]*${told}`));
  }
});
