import { execFile, execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyProject, createProject, editJson } from '#testing/project.ts';
import { dataFile, ofType, scratch, templatesIn, type Template } from './synth.ts';

const run = promisify(execFile);
const notes = join(import.meta.dirname, '../system/fixtures/notes');

describe('the hash of a project', () => {
  let project: string;
  const packages = () => join(project, 'node_modules');
  beforeAll(() => {
    project = copyProject();
    // Packages of its own, whose list it may edit.
    rmSync(packages());
    mkdirSync(packages());
    writeFileSync(join(packages(), '.package-lock.json'), '{}');
  });
  afterAll(() => rmSync(project, { recursive: true, force: true }));

  const code =
    "import('./infra/bundling/project-hash.ts').then((m) => console.log(m.projectHash(process.cwd())))";
  const hashOf = (variables: Readonly<Record<string, string>> = {}) =>
    execFileSync(process.execPath, ['-e', code], {
      cwd: project,
      env: { ...process.env, ...variables },
      encoding: 'utf8',
    });
  const edit = (file: string) => () => appendFileSync(join(project, file), '\n');
  const create = (file: string) => () => {
    mkdirSync(dirname(join(project, file)), { recursive: true });
    writeFileSync(join(project, file), '{}');
  };

  it.each<[string, () => void]>([
    ['the manifest of a plugin', edit('plugins/payment/plugin.json')],
    ['the code of a plugin', edit('plugins/payment/payments/get-payment.ts')],
    ['a new file of a plugin', create('plugins/payment/config/local.json')],
    ['a new plugin', create('plugins/new/plugin.json')],
    ['a plugin that is removed', () => rmSync(join(project, 'plugins/new'), { recursive: true })],
    ['the context of CDK', edit('cdk.json')],
    ['package.json', edit('package.json')],
    ['the configuration of the compiler', edit('tsconfig.json')],
    ['the code that all functions share', edit('functions/runtime/pipeline.ts')],
    ['the event catalogue', edit('events/catalog/index.ts')],
    ['the stacks', edit('infra/stacks/plugin-stack.ts')],
    ['the bundler', edit('infra/bundling/bundle.ts')],
    ['the version of an installed package', edit('node_modules/.package-lock.json')],
  ])('changes with %s', (_, change) => {
    const before = hashOf();
    change();
    expect(hashOf()).not.toBe(before);
  });

  it('changes with the context that the CLI gives', () => {
    expect(hashOf({ CDK_CONTEXT_JSON: '{"stage":"dev"}' })).not.toBe(hashOf());
  });

  it.each([
    ['what only reads assemblies', edit('infra/local/main.ts')],
    ['files that belong to nothing', create('notes/a.json')],
  ])('does not change with %s', (_, change) => {
    const before = hashOf();
    change();
    expect(hashOf()).toBe(before);
  });

  it('does not change with where the synth writes', () => {
    expect(hashOf({ CDK_OUTDIR: '/tmp/elsewhere' })).toBe(hashOf());
  });
});

describe('a local synth', { timeout: 300_000 }, () => {
  const projects: string[] = [];
  afterAll(() => projects.forEach((project) => rmSync(project, { recursive: true, force: true })));

  interface Result {
    readonly templates: Readonly<Record<string, Template>>;
    readonly summary: unknown;
    /** How often the plugin's code was described until now. */
    readonly described: number;
  }

  async function synthesize(project: string, variables: NodeJS.ProcessEnv = {}): Promise<Result> {
    const dir = scratch();
    const env = { ...process.env, CDK_OUTDIR: dir, ANINEEPLUS_SYNTH: 'local', ...variables };
    await run(process.execPath, ['infra/app.ts'], { cwd: project, env });
    const { plugins } = dataFile(dir, 'directory') as { plugins: { operations: { summary: string }[] }[] };
    return {
      templates: templatesIn(dir),
      summary: plugins[0]?.operations[0]?.summary,
      described: readFileSync(join(project, 'described'), 'utf8').length,
    };
  }

  function writeText(project: string, text: string): void {
    const code = `import { appendFileSync } from 'node:fs';
      export const text = '${text}';
      if (process.cwd() === '${project}') appendFileSync('described', 'x');`;
    writeFileSync(join(project, 'shared/text.ts'), code);
  }

  /** A project of one small plugin, which reads a variable and a file outside of the project's folders. */
  function smallProject(): string {
    const project = createProject([notes]);
    projects.push(project);
    mkdirSync(join(project, 'shared'));
    writeText(project, 'first');
    const file = join(project, 'plugins/notes/plugin.ts');
    const source = readFileSync(file, 'utf8');
    const imported = `import { text } from '../../shared/text.ts';\n${source}`;
    writeFileSync(
      file,
      imported.replace(/summary: .*,/, "summary: `${text} ${process.env['SAMPLE_TEXT']}`,"),
    );
    return project;
  }

  it('is the one before until something changes that it reads', async () => {
    const project = smallProject();
    const first = await synthesize(project, { SAMPLE_TEXT: 'a' });
    expect(first).toMatchObject({ summary: 'first a', described: 1 });
    expect(await synthesize(project, { SAMPLE_TEXT: 'a' })).toMatchObject({
      templates: first.templates,
      summary: first.summary,
      described: 1,
    });
    expect((await synthesize(project, { SAMPLE_TEXT: 'b' })).summary).toBe('first b');
    writeText(project, 'second');
    expect((await synthesize(project, { SAMPLE_TEXT: 'a' })).summary).toBe('second a');

    editJson(join(project, 'plugins/notes/plugin.json'), (manifest) => {
      manifest.functions.api.memoryMb = 304;
    });
    const { templates } = await synthesize(project, { SAMPLE_TEXT: 'a' });
    const functions = ofType(templates['anineeplus-local-plugin-notes']!, 'AWS::Lambda::Function');
    expect(functions.map(({ Properties }) => Properties['MemorySize'])).toContain(304);
  });

  it('with errors is not kept, so that they are reported again', async () => {
    const project = createProject([notes]);
    projects.push(project);
    appendFileSync(join(project, 'plugins/notes/plugin.ts'), 'throw new Error("broken");\n');
    const synthesizeBroken = async () => {
      const env = { ...process.env, CDK_OUTDIR: scratch(), ANINEEPLUS_SYNTH: 'local' };
      const { stderr } = await run(process.execPath, ['infra/app.ts'], { cwd: project, env });
      return stderr;
    };
    const errors = await synthesizeBroken();
    expect(errors).toContain('broken');
    expect(await synthesizeBroken()).toBe(errors);
  });
});
