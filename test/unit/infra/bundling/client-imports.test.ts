import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createHasher } from '#infra/bundling/file-hash.ts';
import { checkPlugins } from '#infra/bundling/check.ts';
import { appOf } from '../../../infra/synth.ts';
import { manifest } from '../manifest/fixture.ts';
import { javaScriptProject, PLUGIN_HEAD } from './plugin-project.ts';

const LAMBDA = '@aws-sdk/client-lambda';
const functions = { api: { entry: 'functions/api.js' }, sweep: { entry: 'functions/sweep.js' } };
const stock = "import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';\n";
const uses = `${stock}export const send = () => new LambdaClient({}).send(new InvokeCommand({}));\n`;
const own = {
  sid: 'CallStock',
  actions: ['lambda:InvokeFunction'],
  resources: ['arn:aws:lambda:us-east-1:111111111111:function:stock'],
};

/** A plugin of two functions, both with `plugin.js`, and one of them with `functions/sweep.js` alone. */
function shop(files: Readonly<Record<string, string>>, more: object = {}, head = ''): string {
  const code = `${PLUGIN_HEAD}${head}export const plugin = definePlugin({
  manifest, config: z.object({}), initialize: () => ({ send: typeof send }),
});\n`;
  const sweep =
    "import { plugin } from '../plugin.js';\nexport const handler = async () => plugin.manifest;\n";
  return javaScriptProject({
    manifest: manifest('shop', { functions, ...more }),
    code,
    files: { 'functions/sweep.js': sweep, ...files },
  });
}

const imports = "import { send } from './store/stock.js';\n";

async function check(root: string) {
  const { errors } = await checkPlugins({ rootDir: root, stage: 'local', hasher: createHasher() });
  return errors.map(({ code, file, line, given, allowed, fix }) => ({
    code,
    file,
    line,
    given,
    allowed,
    fix,
  }));
}

function allow(root: string): string {
  writeFileSync(
    join(root, 'package.json'),
    JSON.stringify({ anineeplus: { allowIam: { shop: ['CallStock'] } } }),
  );
  return root;
}

describe('an AWS client in a function that may not use it', { timeout: 120_000 }, () => {
  it('is an error at the import, with the way to it, the functions and the fix', async () => {
    const errors = await check(shop({ 'store/stock.js': `// The stock.\n${uses}` }, {}, imports));
    expect(errors).toEqual([
      {
        code: 'PLG309',
        file: 'plugins/shop/store/stock.js',
        line: 2,
        given: `${LAMBDA} in the function api, sweep: functions/api.js -> plugin.js -> store/stock.js -> ${LAMBDA}`,
        allowed: 'clients of dynamodb, logs, by what plugins/shop/plugin.json gives api',
        fix:
          'Remove the import, import it only where a function with the permission needs it, or add ' +
          '"call:<plugin>.<operation>" to permissions.api and call it by createCaller, or name ' +
          '"lambda:<Action>" in a statement under iam.api.',
      },
    ]);
  });

  it('is told by the service that it signs for, whatever its package is called', async () => {
    const events = `import { EventBridgeClient } from '@aws-sdk/client-eventbridge';\nexport const send = new EventBridgeClient({});\n`;
    expect(await check(shop({ 'store/stock.js': events }, {}, imports))).toMatchObject([
      { code: 'PLG309', fix: expect.stringContaining('or put the event into the outbox') },
    ]);
  });

  it('fails the synth for a deployment with the same text', async () => {
    const root = shop({ 'store/stock.js': uses }, {}, imports);
    await expect(appOf(root, {}, { ANINEEPLUS_SYNTH: '' })).rejects.toThrow(
      /plugins\/shop\/store\/stock\.js:1 {2}PLG309 [^]*functions\/api\.js -> plugin\.js -> store\/stock\.js[^]*fix +Remove the import/,
    );
  });

  it('is none for the function that may', async () => {
    const iam = { iam: { sweep: [own] } };
    const errors = await check(allow(shop({ 'store/stock.js': uses }, iam, imports)));
    expect(errors.map(({ given }) => given)).toEqual([expect.stringContaining('in the function api:')]);
    const both = { iam: { sweep: [own], api: [own] } };
    expect(await check(allow(shop({ 'store/stock.js': uses }, both, imports)))).toEqual([]);
  });

  it('is none behind a lazy import, as long as one function that it is in may use it', async () => {
    const lazy = "const send = () => import('./store/stock.js');\n";
    const files = { 'store/stock.js': uses };
    expect(await check(allow(shop(files, { iam: { sweep: [own] } }, lazy)))).toEqual([]);
    expect(await check(shop(files, {}, lazy))).toMatchObject([{ code: 'PLG309' }]);
  });

  it('is none when nothing of it is left: types, and what nobody uses', async () => {
    const types = `import type { LambdaClient } from '${LAMBDA}';\nexport const send = (client?: LambdaClient) => client;\n`;
    const files = { 'store/stock.ts': types };
    expect(await check(shop(files, {}, "import { send } from './store/stock.ts';\n"))).toEqual([]);
    expect(await check(shop({ 'store/stock.js': `${stock}export const send = 1;\n` }, {}, imports))).toEqual(
      [],
    );
  });

  it("is not one of the runtime's own, nor one that every function may use", async () => {
    const head = `import { createCaller, documentClient } from '@anineeplus/plugins/runtime';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
const send = () => [createCaller(), documentClient(), PutCommand];\n`;
    expect(await check(shop({}, {}, head))).toEqual([]);
  });
});
