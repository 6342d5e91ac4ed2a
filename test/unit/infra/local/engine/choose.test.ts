import { afterAll, describe, expect, it } from 'vitest';
import { enginePackage } from '#infra/local/engine/binary.ts';
import { chooseEngine, type EngineSearch } from '#infra/local/engine/choose.ts';
import { findContainerEngines } from '#infra/local/engine/container-engine.ts';
import { noEngineText } from '#infra/local/engine/no-engine.ts';
import { standInContainerEngine } from '#test/support/container-engine.ts';

const mac = { platform: 'darwin', arch: 'arm64' };
const silent = [{ program: 'docker', reason: 'no daemon' }];

const machineWith = (has: { readonly package?: true; readonly container?: string }): EngineSearch => ({
  machine: mac,
  binaryOf: (name) => (has.package ? `/modules/${name}/dynoxide` : undefined),
  containerEngines: async () => ({ program: has.container, silent }),
});

describe('the engine is', () => {
  it('what DYNAMODB_ENDPOINT names, before everything that is there', async () => {
    const all = machineWith({ package: true, container: 'docker' });
    const endpoint = 'http://127.0.0.1:8000';
    expect(await chooseEngine({ ...all, endpoint })).toEqual({ kind: 'endpoint', endpoint });
    expect(await chooseEngine({ ...all, endpoint: '' })).toMatchObject({ kind: 'embedded' });
  });

  it("the platform's own package, before a container", async () => {
    expect(await chooseEngine(machineWith({ package: true, container: 'docker' }))).toEqual({
      kind: 'embedded',
      packageName: '@dynoxide/darwin-arm64',
      binary: '/modules/@dynoxide/darwin-arm64/dynoxide',
    });
  });

  it('DynamoDB Local in the container engine that is there, and else none', async () => {
    expect(await chooseEngine(machineWith({ container: 'podman' }))).toEqual({
      kind: 'container',
      program: 'podman',
    });
    expect(await chooseEngine(machineWith({}))).toEqual({ kind: 'none', silent });
  });

  it.each([
    ['darwin', 'x64', '@dynoxide/darwin-x64'],
    ['linux', 'arm64', '@dynoxide/linux-arm64'],
    ['win32', 'x64', '@dynoxide/win32-x64'],
    ['win32', 'arm64', undefined],
    ['freebsd', 'x64', undefined],
  ])('on %s %s the package %s', (platform, arch, name) => {
    expect(enginePackage({ platform, arch })).toBe(name);
  });
});

describe('of the container engines', () => {
  const before = process.env['PATH'];
  afterAll(() => void (process.env['PATH'] = before));

  it('the first that answers is taken; one that is not installed is not named', async () => {
    const [docker, podman] = [standInContainerEngine('docker', 'silent'), standInContainerEngine('podman')];
    process.env['PATH'] = [docker.dir, podman.dir].join(':');
    expect(await findContainerEngines()).toEqual({
      program: 'podman',
      silent: [{ program: 'docker', reason: 'Cannot connect to the daemon' }],
    });
    process.env['PATH'] = '';
    expect(await findContainerEngines()).toEqual({ program: undefined, silent: [] });
  });
});

describe('the screen of a machine without any', () => {
  it('has the exact commands of a Mac', () => {
    expect(noEngineText(mac, [])).toBe(
      `there is no DynamoDB engine for this machine (darwin-arm64). One of these is enough:

  1. the embedded engine, which needs nothing else
       npm install --no-save @dynoxide/darwin-arm64@1.2.1

  2. a container engine, in which npm start runs docker.io/amazon/dynamodb-local:3.3.1
       brew install podman
       podman machine init --now

  3. a DynamoDB that runs already, named by its address
       DYNAMODB_ENDPOINT=http://127.0.0.1:8000 npm start

Then run npm start again.`,
    );
  });

  it('has those of Windows, with what an installed engine says', () => {
    const text = noEngineText({ platform: 'win32', arch: 'arm64' }, [
      { program: 'podman', reason: 'no machine' },
    ]);
    expect(text).toContain(
      '  1. a container engine, in which npm start runs docker.io/amazon/dynamodb-local:3.3.1\n' +
        '       podman machine start\n' +
        '       (podman is installed, but does not answer: no machine)\n',
    );
    expect(text).toContain('PowerShell:  $env:DYNAMODB_ENDPOINT = "http://127.0.0.1:8000"; npm start\n');
    expect(text).toContain('cmd.exe:     set "DYNAMODB_ENDPOINT=http://127.0.0.1:8000" && npm start\n');
    expect(text).not.toContain('npm install');
  });

  it('fits on a screen of 24 lines on every machine', () => {
    const all = ['docker', 'podman', 'nerdctl', 'finch'].map((program) => ({ program, reason: 'x' }));
    for (const platform of ['darwin', 'linux', 'win32', 'freebsd']) {
      for (const found of [[], all]) {
        const lines = noEngineText({ platform, arch: 'x64' }, found).split('\n');
        expect(lines.length).toBeLessThanOrEqual(24);
      }
    }
  });
});
