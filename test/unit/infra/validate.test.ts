import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { javaScriptProject } from './bundling/plugin-project.ts';
import { manifest, plugins, project } from './manifest/fixture.ts';

const main = join(import.meta.dirname, '..', '..', '..', 'infra', 'validate.ts');
const functions = { api: { entry: 'functions/api.js' } };

function validate(root: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main], { cwd: root, encoding: 'utf8' });
  return { status, stdout, stderr };
}

describe('npm run validate', () => {
  it('says that all is well and exits with 0', () => {
    const root = javaScriptProject(
      { manifest: manifest('aaa', { functions }) },
      { manifest: manifest('bbb', { functions }) },
    );
    expect(validate(root)).toEqual({
      status: 0,
      stdout: '2 plugins are valid\n',
      stderr: '',
    });
  });

  it('prints every error and exits with 1', () => {
    const { status, stdout, stderr } = validate(
      plugins(manifest('aaa', { a: 1, b: 2 }), manifest('bbb', { c: 3 })),
    );
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr.match(/PLG005/g)).toHaveLength(3);
    expect(stderr.trimEnd().endsWith('3 errors in 2 files')).toBe(true);
  });

  it('prints what is wrong with a plugin that the project takes all the same, and exits with 0', () => {
    const root = javaScriptProject({ manifest: { ...manifest('aaa', { functions }), engine: '^0.1.0' } });
    writeFileSync(join(root, 'package.json'), JSON.stringify({ anineeplus: { ignoreEngine: ['aaa'] } }));
    const { status, stdout, stderr } = validate(root);
    expect({ status, stdout }).toEqual({ status: 0, stdout: '1 plugin is valid\n' });
    expect(stderr).toContain('"^0.1.0"; "aaa" is taken all the same');
    expect(stderr.trimEnd().endsWith('1 warning in 1 file')).toBe(true);
  });

  it('is not content with manifests: an operation without code is an error at its line', () => {
    const operations = {
      greet: { http: { method: 'GET', path: '/greetings' }, scope: 'greet:read' },
    } as const;
    const { status, stdout, stderr } = validate(
      javaScriptProject({ manifest: manifest('aaa', { functions, operations }) }),
    );
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain('plugins/aaa/plugin.json:14  PLG302');
    expect(stderr).toContain('1 error in 1 file');
  });

  it('reports types that are those of another manifest, and takes a plugin without types', () => {
    const root = javaScriptProject({ manifest: manifest('aaa', { functions }) });
    writeFileSync(join(root, 'plugins/aaa/plugin.ts'), "export { plugin } from './plugin.js';\n");
    expect(validate(root)).toMatchObject({ status: 0, stderr: '' });
    writeFileSync(join(root, 'plugins/aaa/plugin.d.json.ts'), 'export {};\n');
    const { status, stderr } = validate(root);
    expect(status).toBe(1);
    expect(stderr).toContain('plugins/aaa/plugin.d.json.ts:1  PLG310');
    expect(stderr).toContain('Run npm run plugins -- types');
  });

  it('says in one clear message that there is no folder plugins', () => {
    const { status, stderr } = validate(project({ 'package.json': {} }));
    expect(status).toBe(1);
    expect(stderr).toContain('plugins:1  PLG001');
    expect(stderr).toContain('1 error in 1 file');
    expect(stderr).not.toMatch(/^\s+at .*\.ts:/m);
  });
});
