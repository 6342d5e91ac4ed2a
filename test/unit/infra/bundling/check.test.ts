import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createHasher } from '#infra/bundling/file-hash.ts';
import { checkPlugins } from '#infra/bundling/check.ts';
import { manifest } from '../manifest/fixture.ts';
import { javaScriptProject, operationCode, PLUGIN_HEAD, type JavaScriptPlugin } from './plugin-project.ts';

const functions = { api: { entry: 'functions/api.js' } };
const scope = 'things:read';
const RUNTIME = '@anineeplus/plugins/runtime';

/** The code of every error with the line of its file that it points at. */
async function check(...plugins: readonly JavaScriptPlugin[]) {
  const rootDir = javaScriptProject(...plugins);
  const checked = await checkPlugins({ rootDir, stage: 'local', hasher: createHasher() });
  const told = checked.errors.map(({ code, plugin, file, line, given }) => {
    const text = readFileSync(join(rootDir, file), 'utf8').split('\n')[line - 1]?.trim();
    return { plugin, code, file, text, given };
  });
  return { ...checked, told, good: checked.good.map((plugin) => plugin.manifest.name).sort() };
}

const entry = (name: string, call: string) =>
  `import { ${name} } from '${RUNTIME}';\nimport { plugin } from '../plugin.js';\nexport const handler = ${call};\n`;
const withEntry = (name: string, key: string, text: string, more: object) => ({
  manifest: manifest(name, { functions: { ...functions, [key]: { entry: `functions/${key}.js` } }, ...more }),
  files: { [`functions/${key}.js`]: text },
});

describe('the check of plugins in plain JavaScript', { timeout: 120_000 }, () => {
  it('finds what is bound on one side only, at its line in the manifest, all at once, and keeps the rest', async () => {
    const { told, good, broken } = await check(
      {
        manifest: manifest('good', { functions, operations: { do: { scope } } }),
        operations: `do: ${operationCode()}`,
      },
      { manifest: manifest('unbound', { functions, operations: { first: { scope }, second: { scope } } }) },
      { manifest: manifest('extra', { functions }), operations: `more: ${operationCode()}` },
      withEntry(
        'hooks',
        'hook',
        entry('webhookHandler', "webhookHandler(plugin, 'bank', { summary: '', handle() {} })"),
        {
          webhooks: {
            bank: { path: '/webhooks/bank', function: 'hook' },
            post: { path: '/webhooks/post', function: 'hook' },
          },
        },
      ),
      withEntry(
        'clock',
        'run',
        entry('scheduleHandler', 'scheduleHandler(plugin, { later: { summary: "", run() {} } })'),
        {
          schedules: { due: { function: 'run', rate: '1 day' } },
        },
      ),
      {
        manifest: manifest('empty', { functions }),
        files: { 'functions/api.js': 'export const other = 1;\n' },
      },
      {
        manifest: manifest('number', { functions }),
        files: { 'functions/api.js': 'export const handler = 1;\n' },
      },
    );
    expect(told.map(({ plugin, code, text }) => `${plugin} ${code} ${text}`).sort()).toEqual([
      'clock PLG302 "due": {',
      'clock PLG303 "run": {',
      'empty PLG304 "entry": "functions/api.js"',
      'extra PLG303 "api": {',
      'hooks PLG302 "post": {',
      'number PLG304 "entry": "functions/api.js"',
      'unbound PLG302 "first": {',
      'unbound PLG302 "second": {',
    ]);
    expect(good).toEqual(['good']);
    expect(broken.map(({ name }) => name)).toEqual(['clock', 'empty', 'extra', 'hooks', 'number', 'unbound']);
  });

  it('finds operations that are none, another event, parameters and configuration that do not fit', async () => {
    const config = { version: 1, envPrefix: 'SOME_PLUGIN' };
    const sandbox = {
      bank: { entry: 'functions/api.js', port: 12345, config: { 'bank.key': { generate: 'k_' } } },
    };
    const sold = '{ type: "shop.sold", version: "2.0.0", detailType: "shop.sold.v2", data: z.object({}) }';
    const subscribed = `import * as z from 'zod/mini';\n${entry(
      'subscriptionHandler',
      `subscriptionHandler(plugin, 'onSold', { event: ${sold}, async handle() {} })`,
    )}`;
    const { told, good } = await check(
      {
        manifest: manifest('shape', { functions, operations: { a: { scope } } }),
        operations: `a: ${operationCode('run: 1, input: {}')}`,
      },
      {
        manifest: manifest('path', {
          functions,
          operations: { a: { http: { method: 'GET', path: '/a/{id}' }, scope } },
        }),
        operations: `a: ${operationCode()}`,
      },
      { manifest: manifest('needy', { functions }), config: 'z.object({ key: z.string() })' },
      {
        manifest: manifest('settings', { functions, config, sandbox }),
        config: 'z.object({ a: z.object({ b: z.string() }), aB: z.string() })',
      },
      withEntry('events', 'listen', subscribed, {
        events: { subscribes: { onSold: { type: 'shop.sold', version: '^1.0.0', function: 'listen' } } },
      }),
      {
        manifest: manifest('shop', {
          functions,
          events: { publishes: [{ type: 'shop.sold', version: '1.0.0' }] },
          permissions: { relay: ['events:publish:shop.sold'] },
          tables: {
            t: {
              partitionKey: 'PK',
              sortKey: 'SK',
              stream: { view: 'NEW_IMAGE', relay: { sortKeyPrefix: 'E' } },
            },
          },
        }),
      },
      {
        manifest: manifest('other', { functions }),
        code: `${PLUGIN_HEAD}export const plugin = definePlugin({ manifest: { ...manifest, name: 'else' }, config: z.object({}),
          initialize: () => ({}) });`,
      },
    );
    expect(told.map(({ plugin, code, text }) => `${plugin} ${code} ${text}`).sort()).toEqual([
      'events PLG306 "version": "^1.0.0",',
      'needy PLG305 {',
      expect.stringMatching(/^other PLG306 import/),
      'path PLG306 "path": "/a/{id}"',
      'settings PLG305 "bank.key": {',
      'settings PLG305 "envPrefix": "SOME_PLUGIN"',
      'shape PLG306 "a": {',
      'shape PLG306 "a": {',
    ]);
    expect(told.filter(({ plugin }) => plugin === 'shape').map(({ given }) => given)).toEqual([
      '"a", whose input is not a schema of zod',
      '"a", whose run is not a function',
    ]);
    expect(good).toEqual(['shop']);
  });

  it('names file and line of code that throws, exits or does not parse, whenever that is', async () => {
    const { told, good } = await check(
      { manifest: manifest('good', { functions }) },
      {
        manifest: manifest('thrower', { functions }),
        code: "\nfunction inner() {\n  throw new Error('boom');\n}\ninner();\n",
      },
      { manifest: manifest('exits', { functions }), code: 'const x = 1;\nif (x) process.exit(3);\n' },
      {
        manifest: manifest('later', { functions }),
        code: `${PLUGIN_HEAD}Promise.reject(new TypeError('unawaited'));\nexport const plugin = definePlugin({ manifest, config: z.object({}), initialize: () => ({}) });\nawait new Promise((done) => setTimeout(done, 50));\n`,
      },
      {
        manifest: manifest('dynamic', { functions }),
        code: "await import('./deep.js');\n",
        files: { 'deep.js': '\n\nnull.x;\n' },
      },
      { manifest: manifest('text', { functions }), code: "throw 'boom';\n" },
      { manifest: manifest('syntax', { functions }), code: 'export const plugin = ;\n' },
      withEntry('entry', 'side', "\nthrow new Error('in the entry');\n", {}),
    );
    expect(told.map(({ plugin, code, file, text }) => `${plugin} ${code} ${file} ${text}`).sort()).toEqual([
      'dynamic PLG301 plugins/dynamic/deep.js null.x;',
      "entry PLG301 plugins/entry/functions/side.js throw new Error('in the entry');",
      'exits PLG301 plugins/exits/plugin.js if (x) process.exit(3);',
      "later PLG301 plugins/later/plugin.js Promise.reject(new TypeError('unawaited'));",
      'syntax PLG301 plugins/syntax/plugin.js export const plugin = ;',
      'text PLG301 plugins/text/plugin.json {',
      "thrower PLG301 plugins/thrower/plugin.js throw new Error('boom');",
    ]);
    expect(told.find(({ plugin }) => plugin === 'thrower')?.given).toBe(
      'boom\nat plugins/thrower/plugin.js:3:9',
    );
    expect(told.find(({ plugin }) => plugin === 'exits')?.given).toContain('ended the process with 3');
    expect(good).toEqual(['good']);
  });

  it('reports the errors of the manifest and of the code of one plugin together', async () => {
    const operations = { a: { http: { method: 'GET', path: '/plugins/x' }, scope } } as const;
    const { told } = await check({ manifest: manifest('both', { functions, operations }) });
    expect(told.map(({ code }) => code).sort()).toEqual(['PLG202', 'PLG302']);
  });

  it('leaves the newcomer out where two schemas of one id do not fit together', async () => {
    const thing = (member: string) => `(() => {
      const schema = z.object({ ${member}: z.string() });
      return schema.register(z.globalRegistry, { id: 'Thing' });
    })()`;
    const plugin = (name: string, member: string, dependencies = {}): JavaScriptPlugin => ({
      manifest: manifest(name, {
        functions,
        dependencies,
        operations: { [name]: { graphql: { kind: 'query', field: name }, scope } },
      }),
      operations: `${name}: ${operationCode(`output: ${thing(member)}`)}`,
    });
    const { told, good } = await check(
      plugin('aaa', 'one', { bbb: { version: '^1.0.0' } }),
      plugin('bbb', 'two'),
    );
    expect(told).toMatchObject([{ plugin: 'aaa', given: expect.stringContaining('"Thing"') as string }]);
    expect(good).toEqual(['bbb']);
  });
});

describe('the configuration of plugins', { timeout: 120_000 }, () => {
  const configured = (name: string, version: number, migrations: string, files = {}): JavaScriptPlugin => ({
    manifest: manifest(name, {
      functions,
      config: { version, envPrefix: `${name.toUpperCase()}_PLUGIN` },
    }),
    code: `${PLUGIN_HEAD}import { secret } from '${RUNTIME}';
export const plugin = definePlugin({ manifest, ${migrations}
  config: z.strictObject({
    word: z.optional(z.string()), group: z.optional(z.strictObject({ key: secret(z.string()), size: z.int() })),
  }),
  initialize: () => ({}),
});
`,
    files,
  });

  it('needs a migration from every older version, and files of stages without secrets', async () => {
    const { told, good } = await check(
      configured('steady', 1, '', {
        'config/local.json': '{"word": "a", "group": {"size": 1}}',
        'config/prod.json': '{"word": "b"}',
      }),
      configured('moved', 3, 'migrations: { 1: (values) => values, 2: (values) => values },'),
      configured('skips', 3, 'migrations: { 1: (values) => values, 2: "none" },'),
      configured('early', 1, 'migrations: { 1: (values) => values },'),
      configured('leaks', 1, '', {
        'config/prod.json': '{\n"word": "a",\n"group": {\n"key": "hunter2",\n"sise": 1\n}\n}',
        'config/test.json': '[]',
        'config/dev.json': '{',
      }),
    );
    expect(
      told.map(({ plugin, code, file, text, given }) => `${plugin} ${code} ${file} ${text} ${given}`),
    ).toEqual([
      expect.stringMatching(/^early PLG307 .*plugin.json "version": 1,? 1, and a migration from "1"$/),
      expect.stringMatching(/^leaks PLG308 plugins\/leaks\/config\/dev.json \{ /),
      'leaks PLG308 plugins/leaks/config/prod.json "key": "hunter2", the secret value "group.key"',
      'leaks PLG308 plugins/leaks/config/prod.json "sise": 1 "group.sise", which the schema of the configuration does not take',
      'leaks PLG308 plugins/leaks/config/test.json [] no object',
      expect.stringMatching(/^skips PLG307 .*plugin.json "version": 3,? 3, and no migration from version 2$/),
    ]);
    expect(told.map(({ given }) => given).join()).not.toContain('hunter2');
    expect(good).toEqual(['moved', 'steady']);
  });

  it('is described with its secrets, and with the values of the stage', async () => {
    const rootDir = javaScriptProject(
      configured('steady', 1, '', { 'config/local.json': '{"word": "a"}', 'config/prod.json': '{}' }),
    );
    const { good } = await checkPlugins({ rootDir, stage: 'local', hasher: createHasher() });
    const [plugin] = good;
    expect(good).toHaveLength(1);
    expect(plugin?.stageValues).toEqual({ word: 'a' });
    expect(plugin?.description.config?.leaves).toEqual([
      { path: ['word'], secret: false },
      { path: ['group', 'key'], secret: true },
      { path: ['group', 'size'], secret: false },
    ]);
    expect(plugin?.description.config?.schema).toMatchObject({
      properties: { group: { properties: { key: { type: 'string', writeOnly: true } } } },
    });
  });
});
