import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { schemaText, viewerFile, viewerPage } from '#infra/local/dev/viewers/pages.ts';
import { ownFiles, type Viewer, viewers } from '#infra/local/dev/viewers/viewers.ts';
import type { HttpResponse } from '#infra/local/http/response.ts';
import { assemblyOf, functionOf } from '../lambda/fixture.ts';

const packages = JSON.parse(readFileSync(join(import.meta.dirname, '../../../../../package.json'), 'utf8'));
const route = { functionArn: '', auth: 'none', scopes: [], issuer: undefined, audience: [] } as const;
const withConsole = assemblyOf([functionOf('', 'api')], { routes: [{ key: 'GET /console', ...route }] });
const withoutConsole = assemblyOf([functionOf('', 'api')]);

const bodyOf = ({ body }: HttpResponse): string =>
  body instanceof Buffer ? body.toString() : (body as string);
const linksOf = (html: string): string[] =>
  [...html.matchAll(/<a href="([^"]+)"/g)].map(([, to]) => to ?? '');
const filesOf = (html: string): string[] =>
  [...html.matchAll(/(?:src|href)="\/dev\/viewers\/([^"]+)"/g)].map(([, name]) => name ?? '');

describe.each(viewers)('the page of $title', (viewer) => {
  it('loads files of this origin alone, which all exist', async () => {
    const answer = await viewerPage(viewer, withConsole);
    const { status, headers } = answer;
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    const policy = String(headers['content-security-policy']);
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; /);
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval|blob:/);
    const loaded = filesOf(bodyOf(answer));
    expect(loaded).toHaveLength(5);
    for (const name of loaded) {
      const file = await viewerFile(name);
      expect([name, file.status]).toEqual([name, 200]);
      expect(file.headers['content-type']).toMatch(
        /^(?:text\/(?:css|javascript); charset=utf-8|image\/svg\+xml)$/,
      );
      expect(bodyOf(file).length).toBeGreaterThan(200);
    }
  });

  it('leads to the other viewer, the schema and, where there is one, the console', async () => {
    const places = ['/dev/openapi', '/dev/graphql', '/dev/schema.graphql'];
    expect(linksOf(bodyOf(await viewerPage(viewer, withConsole)))).toEqual([...places, '/console']);
    const page = bodyOf(await viewerPage(viewer, withoutConsole));
    expect(linksOf(page)).toEqual(places);
    expect(page).toContain(`<a href="${viewer.path}" aria-current="page">`);
  });

  it('says what to install where its package is not there', async () => {
    const absent: Viewer = { ...viewer, package: { ...viewer.package, module: 'no-such-package/file.js' } };
    const answer = await viewerPage(absent, withConsole);
    expect(answer.status).toBe(501);
    const { name } = viewer.package;
    expect(bodyOf(answer)).toContain(
      `npm install --save-dev --ignore-scripts ${name}@${packages.devDependencies[name]}<`,
    );
    // Neither its scripts nor its styles, which are not there.
    expect(filesOf(bodyOf(answer)).toSorted()).toEqual(
      ['icon.svg', ...viewer.styles.filter((style) => style in ownFiles)].toSorted(),
    );
    const file = await viewerFile(Object.keys(viewer.files)[0] ?? '', [absent]);
    expect(file.status).toBe(501);
    const { code, message } = JSON.parse(bodyOf(file));
    expect(code).toBe('viewer-not-installed');
    expect(message).toContain(`--ignore-scripts ${name}@`);
  });
});

describe('the files of the viewers', () => {
  it('are those that a page or its editor names, and no others', async () => {
    for (const name of ['editorWorkerService', 'json', 'graphql'])
      expect(await viewerFile(`${name}.worker.js`)).toMatchObject({ status: 200 });
    for (const name of ['package.json', '..%2Fpackage.json', '__proto__', 'constructor', '']) {
      const answer = await viewerFile(name);
      expect([name, answer.status]).toEqual([name, 404]);
      expect(JSON.parse(bodyOf(answer)).code).toBe('file-unknown');
    }
  });

  it('load nothing of another origin', async () => {
    for (const name of Object.keys(ownFiles))
      expect(bodyOf(await viewerFile(name))).not.toMatch(/https?:\/\//);
  });
});

describe('the schema', () => {
  const dir = mkdtempSync(join(tmpdir(), 'viewers-'));
  beforeAll(() => writeFileSync(join(dir, 'schema.graphql'), 'type Query {\n  café: ID\n}\n'));
  afterAll(() => rmSync(dir, { recursive: true }));

  it('is that beside the templates, as text', async () => {
    const answer = await schemaText({ ...withConsole, dir });
    expect(answer.headers).toEqual({ 'content-type': 'text/plain; charset=utf-8' });
    expect(bodyOf(answer)).toBe('type Query {\n  café: ID\n}\n');
  });
});
