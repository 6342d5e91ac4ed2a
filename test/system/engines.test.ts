import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { request } from '#testing/client.ts';
import { copyProject, removeProject } from '#testing/project.ts';
import {
  pathWithoutEngines,
  standInContainerEngine,
  type StandInContainerEngine,
} from '#test/support/container-engine.ts';
import { startSystem, type System } from '#test/support/system.ts';

/** The project on a machine for which the embedded engine is not installed. */
let project: string;
beforeAll(() => {
  project = copyProject();
  const from = join(import.meta.dirname, '../../node_modules');
  const to = join(project, 'node_modules');
  rmSync(to);
  mkdirSync(to);
  for (const name of readdirSync(from)) {
    if (name !== '@dynoxide') symlinkSync(join(from, name), join(to, name));
  }
});
afterAll(() => removeProject(project));

describe('without the embedded engine, the tables are in DynamoDB Local in a container', () => {
  let engine: StandInContainerEngine;
  let system: System;
  beforeAll(async () => {
    engine = standInContainerEngine();
    system = await startSystem({ cwd: project, env: { PATH: `${engine.dir}:${process.env['PATH']}` } });
  });
  afterAll(() => system?.stop());

  const commands = () => engine.calls().map(([command]) => command);
  const create = async () =>
    (await request(system.url, 'POST', '/payments', { body: { amount: 5, currency: 'usd' } })).body;

  it('which the start says, after it has downloaded the image once', () => {
    expect(system.output()).toMatch(/ {2}database {6}\d+ tables in DynamoDB Local in docker/);
    expect(commands()).toEqual(['rm', 'image', 'pull', 'run']);
  });

  it('which only this machine reaches, and which keeps its data in the state folder', () => {
    const run = engine.calls().at(-1) ?? [];
    expect(run).toContain('--rm');
    expect(run[run.indexOf('--publish') + 1]).toMatch(/^127\.0\.0\.1:\d+:8000$/);
    const folder = join(system.stateDir, 'dynamodb-local');
    expect(run[run.indexOf('--mount') + 1]).toBe(
      `type=bind,source=${folder},target=/home/dynamodblocal/data`,
    );
    expect(readdirSync(folder)).toContain('shared-local-instance.db');
  });

  it('which serves tables, streams and transactions, also after the runner was killed', async () => {
    const { id } = (await create()) as { id: string };
    const log = async () =>
      (await request(system.url, 'GET', `/payments/${id}/transactions`)).body['transactions'] as unknown[];
    expect(await log()).not.toHaveLength(0);
    // The outbox is the stream of the table.
    await vi.waitFor(async () => {
      const { body } = await request(system.url, 'GET', '/dev/events?type=payment.created.v1');
      expect(JSON.stringify(body)).toContain(id);
    }, 10_000);
    await system.kill9();
    await vi.waitFor(async () => expect(await system.leftovers()).toEqual([]), 10_000);
    expect(readdirSync(engine.dir).filter((name) => name.endsWith('.pid'))).toEqual([]);
    await system.restart();
    expect((await request(system.url, 'GET', `/payments/${id}`)).status).toBe(200);
    expect(commands()).toEqual(['rm', 'image', 'pull', 'run', 'rm', 'image', 'run']);
  });

  it('which is removed at the end', async () => {
    expect(await system.stop()).toBe(0);
    expect(commands().at(-1)).toBe('rm');
    expect(readdirSync(engine.dir).filter((name) => name.endsWith('.pid'))).toEqual([]);
    expect(existsSync(system.stateDir)).toBe(false);
  });
});

describe('a start that has no engine ends with 1', () => {
  const run = (path: string, env: NodeJS.ProcessEnv = {}) => {
    const state = mkdtempSync(join(tmpdir(), 'anineeplus-no-engine-'));
    const args = ['infra/local/main.ts', '--port', '0', '--state', state, '--no-watch'];
    const { status, stdout } = spawnSync(process.execPath, args, {
      cwd: project,
      env: { ...process.env, PATH: path, ...env },
      encoding: 'utf8',
      timeout: 120_000,
    });
    rmSync(state, { recursive: true, force: true });
    return { status, output: stdout };
  };

  it('and one screen with every way out', () => {
    const { status, output } = run(pathWithoutEngines());
    expect(status).toBe(1);
    expect(output).toContain('error there is no DynamoDB engine for this machine (linux-x64)');
    expect(output).toContain('       npm install --no-save @dynoxide/linux-x64@1.2.1\n');
    expect(output).toContain('       sudo apt-get install podman');
    expect(output).toContain('       DYNAMODB_ENDPOINT=http://127.0.0.1:8000 npm start\n');
    expect(output).not.toMatch(/^\s+at /m);
  });

  it.each([
    ['silent', 'docker is installed, but does not answer: Cannot connect to the daemon'],
    ['offline', 'no such host'],
    ['broken', 'bind source path does not exist'],
  ] as const)('and the words of a container engine that is %s', (state, words) => {
    const { status, output } = run(standInContainerEngine('docker', state).dir);
    expect(status).toBe(1);
    expect(output).toContain(words);
    expect(output).not.toMatch(/^\s+at /m);
  });

  it.each([
    ['http://127.0.0.1:1', 'DYNAMODB_ENDPOINT http://127.0.0.1:1 does not answer as DynamoDB'],
    ['localhost:8000', 'write an address such as http://127.0.0.1:8000'],
  ])('and the fault of DYNAMODB_ENDPOINT=%s, although there is a container engine', (endpoint, words) => {
    const { status, output } = run(standInContainerEngine().dir, { DYNAMODB_ENDPOINT: endpoint });
    expect(status).toBe(1);
    expect(output).toContain(words);
  });
});
