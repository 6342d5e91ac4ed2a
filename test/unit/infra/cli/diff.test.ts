import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ManifestInput } from '#infra/manifest/schema.ts';
import { manifest, plugins as projectOf, project } from '../manifest/fixture.ts';
import { plugins } from './command-line.ts';

const shop = (permissions: readonly string[], more: object = {}) =>
  manifest('shop', {
    functions: { api: { entry: 'functions/api.ts' } },
    tables: { orders: { partitionKey: 'PK' } },
    permissions: { api: permissions },
    ...more,
  });

const identity = { GIT_AUTHOR_NAME: 'A', GIT_AUTHOR_EMAIL: 'a@b.example' };
const git = (cwd: string, ...args: readonly string[]) =>
  execFileSync('git', args, {
    cwd,
    env: { ...process.env, ...identity, GIT_COMMITTER_NAME: 'A', GIT_COMMITTER_EMAIL: 'a@b.example' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });

/** A repository whose only commit, `v1`, has the manifest. */
function repository(...manifests: readonly ManifestInput[]): string {
  const root = projectOf(...manifests);
  git(root, 'init', '--quiet');
  git(root, 'add', '.');
  git(root, 'commit', '--quiet', '--no-gpg-sign', '--message', 'first');
  git(root, '-c', 'tag.gpgSign=false', 'tag', 'v1');
  return root;
}

const write = (root: string, next: object) =>
  writeFileSync(join(root, 'plugins/shop/plugin.json'), JSON.stringify(next));

describe('diff', () => {
  it('says so when nothing changes', async () => {
    const root = repository(shop([]));
    expect(await plugins(root, ['diff', '--check'])).toEqual({
      status: 0,
      stdout: 'nothing changes\n',
      stderr: '',
    });
  });

  it('compares the working tree with HEAD or another revision, in plain words', async () => {
    const root = repository(shop(['table:orders:read']));
    write(root, shop(['table:orders:write']));
    const expected =
      'shop\npermissions\twidened\tapi may now write table orders\n' +
      'permissions\tnarrowed\tapi may no longer read table orders\n';
    expect(await plugins(root, ['diff', 'shop'])).toEqual({ status: 0, stdout: expected, stderr: '' });
    git(root, 'commit', '--quiet', '--no-gpg-sign', '--all', '--message', 'second');
    expect((await plugins(root, ['diff', 'shop'])).stdout).toBe('nothing changes\n');
    expect((await plugins(root, ['diff', 'shop', '--ref', 'v1'])).stdout).toBe(expected);
  });

  it('with --check fails when permissions widen, until that is approved', async () => {
    const root = repository(shop([]));
    write(root, shop(['table:orders:read']));
    const refused = await plugins(root, ['diff', '--check']);
    expect(refused.status).toBe(1);
    expect(refused.stdout).toContain(
      'permissions widen: look at them, then repeat this with --approve-permissions',
    );
    const approved = await plugins(root, ['diff', '--check', '--approve-permissions', '--json']);
    expect(approved.status).toBe(0);
    expect(JSON.parse(approved.stdout)).toMatchObject({
      permissionsWiden: true,
      approved: true,
      plugins: [{ plugin: 'shop', status: 'changed', changes: [{ area: 'permissions', effect: 'widened' }] }],
    });
  });

  it('with --check lets pass what narrows permissions or changes something else', async () => {
    const root = repository(shop(['table:orders:read']));
    write(root, shop([], { description: 'Another text.' }));
    const { status, stdout } = await plugins(root, ['diff', '--check']);
    expect(status).toBe(0);
    expect(stdout).toContain('description is "Another text."; before: "The plugin shop."');
  });

  it('tells of plugins that are new and that are gone', async () => {
    const root = repository(shop(['table:orders:read']));
    write(root, { ...shop(['table:orders:read']), name: 'store' });
    const { stdout } = await plugins(root, ['diff']);
    expect(stdout).toContain('shop is removed\npermissions\tnarrowed\tapi may no longer read table orders\n');
    expect(stdout).toContain('store is added\npermissions\twidened\tapi may now read table orders\n');
    expect((await plugins(root, ['diff', '--check'])).status).toBe(1);
  });

  it('compares two folders, without git', async () => {
    const root = project({
      'old/plugin.json': shop([]),
      'new/plugin.json': shop(['table:orders:read']),
    });
    const { status, stdout } = await plugins(root, ['diff', 'old', 'new', '--check']);
    expect(status).toBe(1);
    expect(stdout).toContain('api may now read table orders');
  });

  it.each([
    [['diff', '--ref', 'v9'], 'git knows no revision "v9"; fix: name a commit, branch or tag with --ref'],
    [['diff', '--ref=--output=x'], 'git knows no revision "--output=x"'],
    [['diff', 'shp'], 'there is no plugin "shp"; fix: did you mean "shop"?'],
    [['diff', 'old', 'new'], 'there is no plugin.json in old'],
    [['diff', '--against', 'cdk.out'], 'there is no assembly in cdk.out; fix: write one with npm run synth'],
  ])('refuses %j in one line', async (args, reason) => {
    const { status, stderr } = await plugins(repository(shop([])), args);
    expect(status).toBe(1);
    expect(stderr).toContain(reason);
  });

  it('does not take a plugin whose manifest cannot be read for one that is gone', async () => {
    const root = repository(shop([]));
    writeFileSync(join(root, 'plugins/shop/plugin.json'), '{');
    const { status, stderr } = await plugins(root, ['diff']);
    expect(status).toBe(1);
    expect(stderr).toContain('the manifest of shop cannot be read');
  });

  it('says that there is no git', async () => {
    const root = repository(shop([]));
    rmSync(join(root, '.git'), { recursive: true });
    const { status, stderr } = await plugins(root, ['diff']);
    expect(status).toBe(1);
    expect(stderr).toContain('git knows no revision "HEAD"');
  });
});
