import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { request } from '#testing/client.ts';
import { sandboxPortsOf } from '#testing/runner.ts';
import { startSystem, type System } from '#test/support/system.ts';

const root = join(import.meta.dirname, '../../../../..');
const main = join(root, 'infra/local/main.ts');
const sandboxPorts = sandboxPortsOf(root);
let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'anineeplus-main-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Runs it to its end; it must end by itself. */
function run(args: readonly string[], cwd = root) {
  const state = mkdtempSync(join(scratch, 'state-'));
  const all = [main, '--state', state, '--no-watch', ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, all, {
    cwd,
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, output: stdout + stderr, state };
}

/** A project whose synth does what `source` says. */
function projectOf(source: string): string {
  const dir = mkdtempSync(join(scratch, 'project-'));
  mkdirSync(join(dir, 'infra'));
  writeFileSync(join(dir, 'infra/app.ts'), source);
  return dir;
}

const templateOf = (type: string) => `
  import { mkdirSync, writeFileSync } from 'node:fs';
  const out = process.env.CDK_OUTDIR;
  mkdirSync(out, { recursive: true });
  const template = { Resources: { Odd: { Type: '${type}' } } };
  writeFileSync(out + '/s.template.json', JSON.stringify(template));
  const properties = { templateFile: 's.template.json' };
  const artifacts = { s: { type: 'aws:cloudformation:stack', environment: 'aws://unknown-account/unknown-region', properties } };
  writeFileSync(out + '/manifest.json', JSON.stringify({ version: '48.0.0', artifacts }));`;

describe('a start that cannot succeed ends with 1 and says why, without a stack trace', () => {
  it('for what the synth complains about, in its words', () => {
    const project = projectOf(`console.error('PLG003 plugins/x/plugin.json: no version'); process.exit(1);`);
    const { status, output } = run(['--port', '0'], project);
    expect(status).toBe(1);
    expect(output).toContain('error PLG003 plugins/x/plugin.json: no version\n');
    expect(output).not.toMatch(/^\s+at /m);
  });

  it('for a resource type that the runner does not know', () => {
    const { status, output } = run(['--port', '0'], projectOf(templateOf('AWS::Quantum::Computer')));
    expect(status).toBe(1);
    expect(output).toContain('AWS::Quantum::Computer');
    expect(output).not.toMatch(/^\s+at /m);
  });

  it.each([
    [['--port', 'many'], '--port'],
    [['--sandbox-port', 'stripe'], 'stripe=12111'],
    [['--auth', 'lax'], 'strict'],
    [['--colour'], '--colour'],
  ])('for the wrong options %j', (args, part) => {
    const { status, output } = run(args);
    expect(status).toBe(1);
    expect(output).toContain(part);
    expect(output.trim().split('\n')).toHaveLength(1);
  });
});

describe('a state folder that cannot be used ends it with 1 and one line that says what to do', () => {
  const oneLine = (output: string) => {
    const errors = output.split('\n').filter((line) => line.startsWith('error '));
    expect(errors).toEqual([expect.stringContaining('npm start -- --state <folder>')]);
    expect(output).not.toMatch(/^\s+at /m);
    return errors[0];
  };

  it.each(['/proc/x/y', '/dev/null/x'])('%s', (folder) => {
    const { status, output } = run(['--port', '0', '--state', folder]);
    expect(status).toBe(1);
    expect(oneLine(output)).toContain(`error ${folder} cannot hold the state`);
    expect(oneLine(output)).toMatch(/ \(state-unusable\)$/);
  });

  const mayMount = spawnSync('unshare', ['--mount', 'true']).status === 0;
  /** In a mount namespace of its own, which ends with it. */
  const runOn = (mount: string, script: string) => {
    const folder = mkdtempSync(join(scratch, 'mount-'));
    const shell = `mount -t tmpfs ${mount} tmpfs ${folder} && ${script}`;
    const { status, stdout, stderr } = spawnSync('unshare', ['--mount', 'sh', '-c', shell], {
      cwd: root,
      env: { ...process.env, NODE: process.execPath, MAIN: main, DIR: folder },
      encoding: 'utf8',
      timeout: 120_000,
    });
    return { status, output: stdout + stderr };
  };
  const start = `"$NODE" "$MAIN" --state "$DIR/state" --no-watch --port 0 ${sandboxPorts.join(' ')}`;

  it.runIf(mayMount)('on a file system that is read-only', () => {
    const { status, output } = runOn('-o ro', start);
    expect(status).toBe(1);
    expect(oneLine(output)).toContain('the file system is read-only');
  });

  it.runIf(mayMount)('on a disk that is full before the end of the start', { timeout: 120_000 }, () => {
    const { status, output } = runOn('-o size=1m', start);
    expect(status).toBe(1);
    expect(oneLine(output)).toContain('the disk is full');
  });

  it.runIf(mayMount)('on a disk that gets full while it runs', { timeout: 120_000 }, () => {
    const fill =
      'until [ -f "$DIR/state/runtime.json" ]; do sleep 0.2; done; head -c 200M /dev/zero > "$DIR/fill"';
    const { status, output } = runOn('-o size=100m', `{ (${fill}) 2>/dev/null & } && ${start}`);
    expect(status).toBe(1);
    expect(oneLine(output)).toContain('the disk is full');
  });
});

describe('the running system', () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem({ cwd: root, args: ['--auth', 'strict'] });
  });
  afterAll(() => system?.stop());

  it('has printed where it is, how long it took, and the five lines to try', async () => {
    // It answers before its last line has come.
    await vi.waitFor(() => expect(system.output()).toMatch(/ready in \d+\.\d s/), 10_000);
    const output = system.output();
    expect(output).toContain(system.stateDir);
    expect(output.match(/^ {2}curl /gm)).toHaveLength(5);
  });

  it('demands tokens with --auth strict, and mints them', async () => {
    expect((await request(system.url, 'GET', '/plugins')).status).toBe(401);
    const { body } = await request(system.url, 'POST', '/dev/token', { body: { sub: 'u', tenant: 't' } });
    const headers = { authorization: `Bearer ${body.token}` };
    expect((await request(system.url, 'GET', '/plugins', { headers })).status).toBe(200);
  });

  it('refuses a second one on its port or on its state, which leaves nothing behind', async () => {
    const { port } = new URL(system.url);
    const onPort = run(['--port', port, ...sandboxPorts]);
    expect([onPort.status, onPort.output]).toEqual([
      1,
      expect.stringMatching(new RegExp(`^error port ${port} is in use.*\\(port-in-use\\)$`, 'm')),
    ]);
    const onState = run(['--port', '0', '--state', system.stateDir]);
    expect([onState.status, onState.output]).toEqual([
      1,
      expect.stringMatching(/ is in use by another npm start.*\(state-in-use\)$/m),
    ]);
    const sandbox = new URL(system.sandbox('stripe')).port;
    const onSandbox = run(['--port', '0', ...sandboxPorts, '--sandbox-port', `stripe=${sandbox}`]);
    expect([onSandbox.status, onSandbox.output]).toEqual([
      1,
      expect.stringContaining(`port ${sandbox} of the stripe sandbox is in use`),
    ]);
    for (const { state, output } of [onPort, onState, onSandbox]) {
      expect(existsSync(join(state, 'runtime.json'))).toBe(false);
      expect(output).not.toMatch(/^\s+at /m);
    }
  });

  it('keeps the state that a second one would reset, whichever of its ports is taken', () => {
    const state = mkdtempSync(join(scratch, 'kept-'));
    writeFileSync(join(state, 'issuer.json'), 'kept');
    const reset = ['--state', state, '--reset', ...sandboxPorts];
    const sandbox = new URL(system.sandbox('stripe')).port;
    for (const taken of [
      ['--port', new URL(system.url).port],
      ['--port', '0', '--sandbox-port', `stripe=${sandbox}`],
    ]) {
      const { status, output } = run([...reset, ...taken]);
      expect([status, output]).toEqual([1, expect.stringContaining('(port-in-use)')]);
      expect(readFileSync(join(state, 'issuer.json'), 'utf8')).toBe('kept');
      expect(readdirSync(state).filter((name) => name.startsWith('removed-'))).toEqual([]);
    }
  });

  it('ends with all its processes at SIGTERM, with 0, and takes back its runtime.json', async () => {
    const file = join(system.stateDir, 'runtime.json');
    expect(existsSync(file)).toBe(true);
    expect(await system.stop()).toBe(0);
    await vi.waitFor(async () => expect(await system.leftovers()).toEqual([]), 5_000);
    expect(existsSync(file)).toBe(false);
  });
});
