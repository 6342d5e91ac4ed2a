import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundle } from '#infra/bundling/bundle.ts';
import { platformRoot } from '#infra/bundling/platform-imports.ts';
import { scratchDir } from '#infra/bundling/scratch.ts';

const run = promisify(execFile);
// Inside the repository, where packages resolve.
const root = join(import.meta.dirname, '.deferred-zod-fixtures');

beforeAll(() => mkdirSync(root, { recursive: true }));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function write(name: string, code: string): string {
  const file = join(root, `${name}.ts`);
  writeFileSync(file, code);
  return file;
}

/** What a fresh process answers to the export `answer` of a module. */
async function answerOf<T>(file: string): Promise<T> {
  const script = `
    const { answer } = await import(${JSON.stringify(file)});
    console.log(JSON.stringify(await answer()));`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script]);
  return JSON.parse(stdout) as T;
}

/** The same of its bundle. */
async function bundledAnswer<T>(name: string, code: string): Promise<T> {
  write(name, code);
  const { dir } = await bundle({ name, root, entries: [`${name}.ts`], outDir: scratchDir('deferred-zod') });
  return answerOf<T>(join(dir, `${name}.mjs`));
}

interface Answers {
  /** Whether Zod was evaluated, before anything was refused and after that. */
  readonly evaluated: { readonly before: boolean; readonly after: boolean };
  readonly fitting: readonly { readonly ok: boolean }[];
  readonly refused: readonly (readonly { readonly ok: boolean }[])[];
}

describe('the schemas of a bundle', () => {
  const imported = (path: string) => JSON.stringify(join(platformRoot, path));

  test('read every documented call without Zod, and refuse as Zod does', async () => {
    const code = `
      import { validate } from '#runtime/schema/validate.ts';
      import { docs as points } from ${imported('plugins/examples/advanced-plugin/docs.ts')};
      import { docs as receipts } from ${imported('plugins/examples/simple-plugin/docs.ts')};
      import { paymentConfig } from ${imported('plugins/payment/config.ts')};
      import { docs as payment } from ${imported('plugins/payment/docs.ts')};
      const calls = [payment, points, receipts].flatMap(({ operations }) => operations);
      const config = { stripe: { secretKey: 'sk_test_1', publishableKey: 'pk_test_1', webhookSecret: 'whsec_1' } };
      const faulty = [
        undefined, null, 'text', {}, [], { id: 7, amount: null, limit: 'many', unknown: true }, { stripe: { mode: 1 } },
      ];
      const isEvaluated = () => '__zod_globalConfig' in globalThis;
      export function answer() {
        const fitting = [
          ...calls.map(({ operation, example }) => validate(operation.input, example.input)),
          ...calls.map(({ operation, example }) => validate(operation.output, example.output)),
          validate(paymentConfig, config),
        ];
        const before = isEvaluated();
        const refused = [...calls.flatMap(({ operation }) => [operation.input, operation.output]), paymentConfig]
          .map((schema) => faulty.map((value) => validate(schema, value)));
        return { evaluated: { before, after: isEvaluated() }, fitting, refused };
      }`;
    const { evaluated, ...bundled } = await bundledAnswer<Answers>('examples', code);
    const { evaluated: _, ...source } = await answerOf<Answers>(write('examples', code));
    expect(evaluated).toEqual({ before: false, after: true });
    expect(bundled).toEqual(source);
    expect(source.fitting.filter(({ ok }) => !ok)).toEqual([]);
    expect(source.fitting.length).toBeGreaterThan(50);
    expect(source.refused.flat().filter(({ ok }) => !ok).length).toBeGreaterThan(200);
  });

  test('may use what is not deferred', async () => {
    const answer = await bundledAnswer(
      'others',
      `import * as z from 'zod/mini';
      const one = z.object({ kind: z.literal('one'), at: z.iso.time() });
      const either = z.discriminatedUnion('kind', [one, z.object({ kind: z.literal('two'), mail: z.email() })]);
      const wider = z.extend(one, { more: z.coerce.number() });
      export const answer = () => [
        z.safeParse(either, { kind: 'two', mail: 'a@example.com' }).success,
        z.safeParse(either, { kind: 'two', mail: 'a' }).success,
        z.safeParse(wider, { kind: 'one', at: '08:00:00', more: '7' }).data,
        z.object({ at: z.iso.duration() }).safeParse({ at: 'P1D' }).success,
        one instanceof z.ZodMiniObject,
        z.prettifyError(z.safeParse(one, {}).error).includes('kind'),
      ];`,
    );
    expect(answer).toEqual([true, false, { kind: 'one', at: '08:00:00', more: 7 }, true, true, true]);
  });

  test('may be spread', async () => {
    const answer = await bundledAnswer(
      'spread',
      `import * as z from 'zod/mini';
      const A = z.object({ a: z.int() });
      const more = z.object({ ...z.partial(A).shape, b: z.string() });
      export const answer = () => [z.safeParse(more, { b: 'x' }).success, z.safeParse(more, { a: 'x' }).success];`,
    );
    expect(answer).toEqual([true, false]);
  });

  test('are no bundle where one would be made by a function that is not there', async () => {
    const code = `import * as z from ${imported('functions/runtime/schema/deferred/mini.ts')};
      export const answer = () => z.partial(z.object({}));`;
    await expect(bundledAnswer('missing', code)).rejects.toThrow(/Import "partial" will always be undefined/);
  });

  test('are deferred in packages too, but for those with a Zod of their own', async () => {
    const files = {
      'node_modules/with/index.js': `import { string } from 'zod/mini';
        export const schema = string(); export const isEvaluated = '__zod_globalConfig' in globalThis;`,
      'node_modules/own/index.js': `export { string } from 'zod/mini';`,
      'node_modules/own/node_modules/zod/mini/index.js': `export const string = () => 'its own';`,
      'node_modules/own/node_modules/zod/package.json': `{ "name": "zod", "type": "module" }`,
    };
    for (const [name, code] of Object.entries(files)) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), code);
    }
    const answer = await bundledAnswer(
      'packaged',
      `import { schema, isEvaluated } from 'with';
      import { string } from 'own';
      export const answer = () => [isEvaluated, schema.safeParse('x').success, string()];`,
    );
    expect(answer).toEqual([false, true, 'its own']);
  });
});
