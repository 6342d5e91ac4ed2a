import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { openApiOf } from '#infra/bundling/compose/openapi.ts';
import { ownPlugins } from '#infra/bundling/compose/own-plugins.ts';
import { platformRoutes } from '#infra/bundling/platform-bundle.ts';
import { PLATFORM_VERSION } from '#infra/manifest/load.ts';
import { scratch } from './synth.ts';

interface Media {
  readonly schema: unknown;
  readonly example?: unknown;
}
interface Body {
  readonly content: Readonly<Record<string, Media>>;
}
interface Operation {
  readonly operationId?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly { readonly name: string; readonly description?: string }[];
  readonly requestBody?: Body;
  readonly responses: Readonly<Record<string, Partial<Body> & { readonly $ref?: string }>>;
}
interface OpenApi {
  readonly info: { readonly description: string };
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly responses: Readonly<Record<string, Body>> };
}

const root = join(import.meta.dirname, '../..');
const redocly = join(root, 'node_modules/@redocly/cli/bin/cli.js');
const config = join(root, 'test/support/redocly.yaml');

/** What the linter says of a document: nothing when there is nothing. */
async function lint(document: unknown): Promise<string[]> {
  const file = join(scratch(), 'openapi.json');
  writeFileSync(file, JSON.stringify(document));
  const args = [redocly, 'lint', file, '--config', config, '--format', 'json', '--max-problems', '20'];
  const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
  const { stdout } = await promisify(execFile)(process.execPath, args, { env, maxBuffer: 2 ** 26 }).catch(
    (error: { stdout: string }) => error,
  );
  const { problems } = JSON.parse(stdout.slice(stdout.indexOf('{'))) as {
    problems: readonly { ruleId: string; message: string; location: readonly { pointer: string }[] }[];
  };
  return problems.map(({ ruleId, message, location }) => `${ruleId} ${location[0]?.pointer}: ${message}`);
}

let documents: Readonly<Record<'secured' | 'open', OpenApi>>;
let operations: readonly (readonly [string, Operation])[];
beforeAll(async () => {
  const [{ plugins, platform }, routes] = await Promise.all([ownPlugins(), platformRoutes()]);
  const part = {
    version: PLATFORM_VERSION,
    routes: { ...routes.plugins, ...routes.graphql },
    ...platform,
  };
  const of = (secured: boolean) => openApiOf(plugins, part, secured) as OpenApi;
  documents = { secured: of(true), open: of(false) };
  operations = Object.entries(documents.secured.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [`${method} ${path}`, operation] as const),
  );
});

const without = (has: (operation: Operation) => boolean) =>
  operations.flatMap(([name, operation]) => (has(operation) ? [] : [name]));

describe('the OpenAPI document of the plugins here', () => {
  it.each(['secured', 'open'] as const)('is without fault for a common linter: %s', async (kind) => {
    expect(await lint(documents[kind])).toEqual([]);
  });

  it('would not be without its servers, or with an example that does not fit', async () => {
    const { servers: _, ...bare } = documents.secured;
    const wrong = structuredClone(bare) as unknown as Record<string, never>;
    const media = (wrong['paths'] as unknown as OpenApi['paths'])['/payments']?.['post']?.requestBody
      ?.content;
    Object.assign(media?.['application/json'] ?? {}, { example: { amount: true, currency: 'usd' } });
    const found = (await lint(wrong)).map((problem) => problem.split(' ')[0]);
    expect(found).toContain('no-empty-servers');
    expect(found).toContain('no-invalid-media-type-examples');
  });

  it('names every operation, its group, and every parameter', () => {
    expect(operations.length).toBeGreaterThan(25);
    expect(without(({ operationId, tags }) => !!operationId && tags?.length === 1)).toEqual([]);
    const own = operations.filter(([, { tags }]) => tags?.[0] !== 'platform');
    const unclear = own.flatMap(([name, { parameters = [] }]) =>
      parameters.filter(({ description }) => !description).map((parameter) => `${name} ${parameter.name}`),
    );
    expect(unclear).toEqual([]);
  });

  it('shows an example of every body: see docs.ts of the plugin', () => {
    const shown = (body: Partial<Body> | undefined) =>
      Object.values(body?.content ?? {}).every(({ example }) => example !== undefined);
    expect(without(({ requestBody }) => shown(requestBody))).toEqual([]);
    const answered = ({ responses }: Operation) =>
      Object.entries(responses)
        .filter(([status]) => Number(status) < 300)
        .every(([, response]) => response.content !== undefined && shown(response));
    expect(without(answered)).toEqual([]);
  });

  it('lists the codes that every operation may refuse with', () => {
    const coded = ({ responses }: Operation) =>
      Object.entries(responses)
        .filter(([status]) => Number(status) >= 400)
        .every(([, { $ref, content }]) => {
          const body = $ref
            ? documents.secured.components.responses[$ref.split('/').at(-1) ?? '']
            : { content };
          return JSON.stringify(body?.content?.['application/problem+json']?.schema).includes('"enum":["');
        });
    expect(without(coded)).toEqual([]);
    // API Gateway answers in place of the function.
    expect(documents.secured.info.description).toContain('429');
    expect(without(({ responses }) => '400' in responses && '500' in responses)).toEqual([]);
  });
});
