import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StartupError } from '#infra/local/errors.ts';
import { diskFault, folderFault } from '#infra/local/state/fault.ts';
import { makeFolder, probeFolder, watchFolder } from '#infra/local/state/folder.ts';
import { openState } from '#infra/local/state/open.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'anineeplus-disk-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const thrownBy = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
};

describe('a state folder', () => {
  it('is made with its parents, for its owner only, and may be there already', () => {
    const folder = join(dir, 'a/b/c');
    makeFolder(folder);
    makeFolder(folder);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    probeFolder(folder);
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    ['/proc/x/y', 'ENOENT'],
    ['/dev/null/x', 'a part of the path is a file'],
  ])('that cannot be made is refused at once: %s', (folder, part) => {
    const error = thrownBy(() => openState(folder));
    expect(error).toBeInstanceOf(StartupError);
    expect((error as Error).message).toContain(`${folder} cannot hold the state`);
    expect((error as Error).message).toContain(part);
    expect((error as Error).message).toContain('npm start -- --state <folder>');
    expect((error as Error).message).not.toContain('\n');
  });

  it('that disappears while it is used is reported once', async () => {
    const folder = join(dir, 'state');
    makeFolder(folder);
    const onFault = vi.fn();
    const stop = watchFolder(folder, onFault, 5);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(onFault).not.toHaveBeenCalled();
    rmSync(folder, { recursive: true });
    await vi.waitFor(() => expect(onFault).toHaveBeenCalledOnce());
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(onFault).toHaveBeenCalledOnce();
    stop();
    expect(existsSync(folder)).toBe(false);
  });
});

describe('the line about a disk', () => {
  const state = '/home/me/shop/.local';

  it.runIf(existsSync('/dev/full'))('says what, where and what to do for one that is full', () => {
    const full = thrownBy(() => writeFileSync('/dev/full', 'x'));
    expect(diskFault(full, state)).toBe(
      `${state} cannot hold the state (ENOSPC: no space left on device, write): the disk is full. ` +
        'Make room or make it writable, or choose another folder with: npm start -- --state <folder>',
    );
  });

  it('understands what SQLite says', () => {
    const file = join(dir, 'x.sqlite');
    new DatabaseSync(file).exec('CREATE TABLE t (a)');
    const readOnly = new DatabaseSync(file, { readOnly: true });
    expect(
      diskFault(
        thrownBy(() => readOnly.exec('INSERT INTO t VALUES (1)')),
        state,
      ),
    ).toContain('is read-only');
    const full = new DatabaseSync(file);
    full.exec('PRAGMA max_page_count = 2');
    const insert = () => full.exec(`INSERT INTO t VALUES (zeroblob(100000))`);
    expect(diskFault(thrownBy(insert), state)).toContain('(database or disk is full): the disk is full');
    readOnly.close();
    full.close();
  });

  it('names the folder that a child process could not write, when it is another one', () => {
    const said = new StartupError(
      'synth-failed',
      "Error: EROFS: read-only file system, mkdir '/srv/node_modules/.cache/anineeplus'\n    at x",
    );
    expect(diskFault(said, state)).toBe(
      '/srv/node_modules/.cache/anineeplus cannot be written ' +
        '(EROFS: read-only file system, mkdir): the file system is read-only. Make room or make it writable',
    );
    const copied = new StartupError(
      'synth-failed',
      `ENOSPC: no space left on device, copyfile '/tmp/a' -> '${state}/cdk.out/a'`,
    );
    expect(diskFault(copied, state)).toContain(`${state} cannot hold the state`);
  });

  it.each([
    new Error('listen EACCES: permission denied 127.0.0.1:80'),
    new StartupError('port-in-use', 'port 80 cannot be used', {
      cause: new Error('EACCES: permission denied, open'),
    }),
    new Error("ENOENT: no such file or directory, open 'infra/app.ts'"),
    new Error('boom'),
    'boom',
  ])('is none for %s', (error) => expect(diskFault(error, state)).toBeUndefined());

  it('is found in a folder that cannot be written, and in no other', () => {
    expect(folderFault(dir)).toBeUndefined();
    expect(folderFault('/dev/null/x')).toContain('a part of the path is a file');
  });
});
