import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { afterAll, expect, test } from 'vitest';
import { replacedModules, type ReplacedModule } from '#infra/bundling/aws/replaced-modules.ts';
import { slimAwsPlugin } from '#infra/bundling/aws/slim-aws.ts';
import { getBuiltinModulePlugin } from '#infra/bundling/get-builtin-module.ts';

const root = join(import.meta.dirname, '../../../../..');
const scratch = mkdtempSync(join(tmpdir(), 'slim-aws-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const compile = (code: string, plugin: Plugin, resolveDir = root) =>
  build({
    stdin: { contents: code, resolveDir },
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    mainFields: ['module', 'main'],
    conditions: ['module', 'import', 'node'],
    logLevel: 'silent',
    plugins: [getBuiltinModulePlugin(), plugin],
  });

const client = `import { DynamoDBClient } from '@aws-sdk/client-dynamodb'; globalThis.client = DynamoDBClient;`;

test('a bundle has neither what is replaced nor what only that needed', async () => {
  const { metafile, outputFiles } = await compile(client, slimAwsPlugin());
  const shipped = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])),
  );
  const unwanted = /endpoint\/bdd|util-endpoints\/lib\/aws\/partitions|shared-ini-file-loader\/parseIni/;
  const chains = /nested-clients|credential-provider-(?:sso|ini|process|imds)|mnemonist|sha256\/Sha256Js|xml/;
  for (const pattern of [unwanted, chains]) {
    expect(shipped.filter((file) => pattern.test(file))).toEqual([]);
  }
  const full = await compile(client, { name: 'nothing', setup: () => undefined });
  expect(outputFiles[0]?.contents.length).toBeLessThan((full.outputFiles[0]?.contents.length ?? 0) * 0.6);
});

test.each(replacedModules.map((module) => [`${module.package}/${module.file}`, module] as const))(
  'a build fails when a new version of the SDK no longer has %s',
  async (_, module) => {
    const moved = { ...module, file: module.file.replace(/^/, 'moved-') };
    await expect(compile(client, slimAwsPlugin([moved]))).rejects.toThrow(
      `has no ${moved.file}: infra/bundling/aws/replaced-modules.ts has to follow`,
    );
  },
);

test('a build fails when the module exports other names than its replacement', async () => {
  const module = replacedModules.find(({ file }) => file.endsWith('/EndpointCache.js')) as ReplacedModule;
  const renamed = { ...module, code: module.code.replace('EndpointCache', 'Cache') };
  await expect(compile(client, slimAwsPlugin([renamed]))).rejects.toThrow(
    /exports EndpointCache from dist-es\/EndpointCache.js, not Cache/,
  );
});

test('a copy that a package brings along stays as it is', async () => {
  const name = 'node_modules/@aws-sdk/endpoint-cache';
  cpSync(join(root, name), join(scratch, 'node_modules/own', name), { recursive: true });
  cpSync(join(root, 'node_modules/mnemonist'), join(scratch, 'node_modules/mnemonist'), { recursive: true });
  cpSync(join(root, 'node_modules/obliterator'), join(scratch, 'node_modules/obliterator'), {
    recursive: true,
  });
  const own = join(scratch, 'node_modules/own/index.js');
  mkdirSync(dirname(own), { recursive: true });
  writeFileSync(own, `export { EndpointCache } from '@aws-sdk/endpoint-cache';`);
  const code = `import { EndpointCache } from 'own'; globalThis.cache = EndpointCache;`;
  const { outputFiles } = await compile(code, slimAwsPlugin(), scratch);
  expect(outputFiles[0]?.text).toContain('mnemonist');
});
