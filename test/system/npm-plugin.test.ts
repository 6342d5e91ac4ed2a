import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, type Json, request } from '#testing/client.ts';
import { paymentsOf } from '../support/payments.ts';
import { copyProject, editJson } from '#testing/project.ts';
import { startSystem, type System } from '../support/system.ts';
import { blocksOf } from '../unit/docs/markdown.ts';

const root = join(import.meta.dirname, '../..');
const fixture = join(import.meta.dirname, 'fixtures/parcel');
const blocks = blocksOf(readFileSync(join(root, 'plugins/DEVELOPMENT_GUIDE.md'), 'utf8'));

/** A file of the guide's section on packages. */
function guideFile(path: string): string {
  const text = blocks.find(({ info }) => info === path)?.text;
  if (text === undefined) throw new Error(`the guide has no ${path}`);
  return text;
}

/** Makes the packages of this repository available in a folder, whose own ones stay. */
function linkPackages(folder: string): void {
  const modules = join(folder, 'node_modules');
  mkdirSync(modules, { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (!existsSync(join(modules, name))) symlinkSync(join(root, 'node_modules', name), join(modules, name));
  }
}

const npm = (cwd: string, ...args: readonly string[]): string =>
  execFileSync('npm', [...args, '--cache', join(tmpdir(), 'empty-npm-cache')], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });

// It builds and runs a project of its own, which no deployed stage has.
describe.skipIf(process.env['BASE_URL']?.startsWith('http'))(
  'a plugin from npm',
  { timeout: 300_000 },
  () => {
    let author: string;
    let project: string;
    let tarball: string;
    let system: System;

    beforeAll(async () => {
      author = mkdtempSync(join(tmpdir(), 'parcel-'));
      cpSync(fixture, author, { recursive: true });
      for (const file of ['package.json', 'tsconfig.json'])
        writeFileSync(join(author, file), guideFile(`parcel/${file}`));
      tarball = npm(author, 'pack', '--silent').trim();

      project = copyProject();
      rmSync(join(project, 'node_modules'));
      // What this project depends on is linked afterwards, so that npm has nothing to fetch.
      editJson(join(project, 'package.json'), (document) => {
        for (const member of ['dependencies', 'devDependencies', 'optionalDependencies', 'workspaces'])
          delete document[member];
        document.anineeplus.plugins = ['@acme/parcel'];
      });
      npm(project, 'install', '--offline', '--no-audit', '--no-fund', join(author, tarball));
      linkPackages(project);
      system = await startSystem({ cwd: project, watch: true });
    });
    afterAll(async () => {
      await system?.stop();
      for (const folder of [author, project]) rmSync(folder, { recursive: true, force: true });
    });

    it('is installed from its tarball, with its sources', () => {
      expect(tarball).toBe('acme-parcel-1.0.0.tgz');
      expect(readdirSync(join(project, 'node_modules/@acme/parcel')).sort()).toEqual(
        ['functions', 'operations', 'package.json', 'plugin.json', 'plugin.ts'].sort(),
      );
    });

    it('is valid and synthesized as a stack like any other', () => {
      const run = (script: string) =>
        spawnSync(process.execPath, [script], { cwd: project, encoding: 'utf8' });
      const { status, stdout } = run('infra/validate.ts');
      expect(stdout).toMatch(/^\d+ plugins are valid\n$/);
      expect(status).toBe(0);
      expect(run('infra/app.ts').status).toBe(0);
      expect(existsSync(join(project, 'cdk.out/anineeplus-local-plugin-parcel.template.json'))).toBe(true);
    });

    it('answers at its route and its field', async () => {
      const curl = (...args: readonly string[]) =>
        JSON.parse(execFileSync('curl', ['-s', ...args], { encoding: 'utf8' })) as object;
      expect(curl(`${system.url}/parcels/quote?kilograms=2`)).toEqual({ cents: 500 });
      const query = { query: '{ parcelQuote(kilograms: 3) { cents } }' };
      expect(curl(`${system.url}/graphql`, '-d', JSON.stringify(query))).toEqual({
        data: { parcelQuote: { cents: 750 } },
      });
      expect(curl(`${system.url}/parcels/quote?kilograms=31`)).toMatchObject({ code: 'invalid-request' });
      expect((await request(system.url, 'GET', '/plugins/parcel')).body).toMatchObject({
        name: 'parcel',
        status: 'loaded',
      });
    });

    it('receives events of the catalogue', async () => {
      const paid = { amount: 100, currency: 'usd', paymentMethodId: 'pm_card_visa', confirm: true };
      expect((await paymentsOf(system).create(paid)).status).toBe(201);
      const name = 'anineeplus-local-parcel-on-payment-succeeded';
      const { body } = await eventually(
        () => request(system.url, 'GET', `/dev/invocations?function=${name}`),
        (answer) => answer.body.invocations.some(({ status }: Json) => status !== 'running'),
        60_000,
      );
      expect(body.invocations[0]).toMatchObject({ trigger: 'queue', status: 'ok' });
    });

    it('is reloaded when its files change', async () => {
      const file = join(project, 'node_modules/@acme/parcel/plugin.ts');
      writeFileSync(
        file,
        readFileSync(file, 'utf8').replace('centsPerKilogram: 250', 'centsPerKilogram: 300'),
      );
      await eventually(
        () => request(system.url, 'GET', '/parcels/quote?kilograms=2'),
        ({ body }) => body.cents === 600,
        60_000,
      );
    });

    describe('for its author', () => {
      const typecheck = () =>
        spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '--noEmit'], {
          cwd: author,
          encoding: 'utf8',
        });

      beforeAll(() => {
        const packed = npm(root, 'pack', '--silent', '--pack-destination', author).trim();
        const folder = join(author, 'node_modules/@anineeplus/plugins');
        mkdirSync(folder, { recursive: true });
        execFileSync('tar', ['-xzf', join(author, packed), '--strip-components=1', '-C', folder]);
        linkPackages(author);
      });

      it('type-checks against the packed platform', () => {
        expect(typecheck()).toMatchObject({ status: 0, stdout: '' });
      });

      it('is tested by the packed platform, under another test runner', () => {
        writeFileSync(join(author, 'test.mjs'), guideFile('parcel/test.mjs'));
        const { VITEST: _, NODE_ENV: __, ...env } = process.env;
        const { status, stdout } = spawnSync(process.execPath, ['--test', 'test.mjs'], {
          cwd: author,
          encoding: 'utf8',
          env,
        });
        expect(stdout).toMatch(/pass 1\n/);
        expect(status).toBe(0);
      });

      it('has the types of the test kit', () => {
        const file = join(author, 'kit.ts');
        const start =
          "import { startTestPlatform } from '@anineeplus/plugins/testing';\nconst platform = await";
        writeFileSync(
          file,
          `${start} startTestPlatform({ plugins: ['.'] });\nawait platform.clock.advance(5);\n`,
        );
        const { stdout } = typecheck();
        rmSync(file);
        expect(stdout).toMatch(/^kit\.ts\(3,30\): error TS2345: .*\n$/);
      });

      it('has an error for what does not fit, and for what is not exported', () => {
        const write = (name: string, text: string) => writeFileSync(join(author, name), text);
        write(
          'wrong.ts',
          "import { ok } from '@anineeplus/plugins/runtime';\nexport const x: string = ok(1);\n",
        );
        write('outside.ts', "export * from '@anineeplus/plugins/functions/runtime/aws/documents.ts';\n");
        const { stdout } = typecheck();
        expect(stdout).toContain('wrong.ts(2,14): error TS2322');
        expect(stdout).toContain('outside.ts(1,15): error TS2307');
      });
    });
  },
);
