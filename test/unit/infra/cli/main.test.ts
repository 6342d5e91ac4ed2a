import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { manifest, plugins as projectOf, project } from '../manifest/fixture.ts';
import { plugins } from './command-line.ts';

/** A system that gives one answer. */
async function answering(status: number, body: unknown): Promise<string> {
  const server = createServer((_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** An address where nothing listens any more. */
async function silent(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

const empty = () => project({ 'package.json': {} });

describe('the command line', () => {
  it.each([
    [[], 'Usage: npm run plugins --'],
    [['lst'], "unknown command 'lst'"],
    [['load'], "missing required argument 'plugin'"],
    [['list', '--url', 'localhost'], 'It must begin with http:// or https://.'],
    [['explain', 'a', '--duration-ms', '0'], 'It must be a number of milliseconds'],
    [['graph', '--format', 'svg'], 'Allowed choices are mermaid, dot'],
    [['diff', '--ref', 'a', '--against', 'b'], 'cannot be used with'],
    [['doctor', '--port', '70000'], 'It must be a number from 1 to 65535'],
  ])('exits with 2 for %j, and says what is allowed', async (args, reason) => {
    const { status, stdout, stderr } = await plugins(empty(), args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(reason);
  });

  it('exits with 0 for --help', async () => {
    const { status, stdout } = await plugins(empty(), ['--help']);
    expect(status).toBe(0);
    for (const command of [
      'list',
      'health',
      'load',
      'unload',
      'audit',
      'explain',
      'graph',
      'new',
      'types',
      'diff',
      'doctor',
    ])
      expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
  });

  it.each([[['explain', 'a']], [['graph']], [['new', 'aaa']], [['doctor']]])(
    'says in one line that %j needs a project',
    async (args) => {
      const { status, stderr } = await plugins(empty(), args);
      expect(status).toBe(1);
      expect(stderr).toMatch(
        /^error: there (are no plugins|is no folder plugins) in .*; fix: run this in the root folder/,
      );
      expect(stderr.trim().split('\n')).toHaveLength(1);
    },
  );

  it('says that nothing answers, as text and as JSON', async () => {
    const url = await silent();
    const args = ['list', '--url', url];
    expect(await plugins(empty(), args)).toEqual({
      status: 1,
      stdout: '',
      stderr:
        `error: nothing answers at ${url} (ECONNREFUSED); ` +
        'fix: start the system with npm start, or name another one with --url\n',
    });
    const { status, stdout, stderr } = await plugins(empty(), [...args, '--json']);
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'system-not-running' } });
  });

  it('lists every reason of a 409', async () => {
    const url = await answering(409, {
      code: 'dependents-loaded',
      title: 'Other plugins depend on it',
      detail: 'Move them first.',
      reasons: ['"shop" is loaded', '"audit" is loaded'],
    });
    const { status, stderr } = await plugins(empty(), ['unload', 'payment', '--url', url]);
    expect(status).toBe(1);
    expect(stderr).toBe(
      'error: dependents-loaded: Other plugins depend on it. Move them first; ' +
        'fix: correct the reasons first, or use --cascade where it helps\n' +
        '  - "shop" is loaded\n  - "audit" is loaded\n',
    );
  });

  it.each([
    [401, {}, {}, 'give an access token with --token or ANINEEPLUS_TOKEN'],
    [401, {}, { ANINEEPLUS_TOKEN: 'x' }, 'the token is not valid here'],
    [403, { message: 'Forbidden' }, {}, 'forbidden: Forbidden; fix: give a token that has the scope'],
    [500, { code: 'internal-error', title: 'Something went wrong' }, {}, 'look at the output of npm start'],
    [200, '<html>', {}, 'answers 200 without a JSON object; fix: give the address of the API with --url'],
  ])('says what to do about a %i with %j', async (answer, body, env, fix) => {
    const { status, stderr } = await plugins(empty(), ['list', '--url', await answering(answer, body)], env);
    expect(status).toBe(1);
    expect(stderr).toContain(fix);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('exits with 1 when the whole is unhealthy, and says why', async () => {
    const url = await answering(200, {
      status: 'unhealthy',
      plugins: [{ name: 'payment', version: '1.0.0', health: { status: 'unhealthy', reason: 'no key' } }],
    });
    expect(await plugins(empty(), ['health', '--url', url])).toEqual({
      status: 1,
      stdout: 'unhealthy\npayment\t1.0.0\tunhealthy\tno key\n',
      stderr: '',
    });
  });
});

describe('graph', () => {
  const shop = manifest('shop', {
    dependencies: { stock: { version: '^1.0.0' }, courier: { version: '^2.0.0', optional: true } },
    events: { publishes: [{ type: 'shop.ordered', version: '1.0.0' }] },
  });
  const stock = manifest('stock', {
    events: { subscribes: { onOrdered: { type: 'shop.ordered', version: '^1.0.0', function: 'api' } } },
    functions: { api: { entry: 'functions/api.ts' } },
  });

  it('draws dependencies and events for Mermaid', async () => {
    const { status, stdout } = await plugins(projectOf(shop, stock), ['graph']);
    expect(status).toBe(0);
    expect(stdout.split('\n')).toEqual([
      'flowchart LR',
      '  plugin-shop["shop"]',
      '  plugin-stock["stock"]',
      '  plugin-courier["courier (missing)"]',
      '  plugin-shop -->|"^1.0.0"| plugin-stock',
      '  plugin-shop -.->|"^2.0.0"| plugin-courier',
      '  plugin-shop ==>|"shop.ordered"| plugin-stock',
      '',
    ]);
  });

  it('draws them for Graphviz', async () => {
    const { stdout } = await plugins(projectOf(shop, stock), ['graph', '--format', 'dot']);
    expect(stdout).toContain('"shop" -> "courier" [label="^2.0.0", style=dashed];');
    expect(stdout).toContain('"shop" -> "stock" [label="shop.ordered", style=bold];');
  });

  it('prints a cycle as the full loop, and exits with 1', async () => {
    const needs = (name: string) => ({ dependencies: { [name]: { version: '^1.0.0' } } });
    const root = projectOf(
      manifest('aa', needs('bb')),
      manifest('bb', needs('cc')),
      manifest('cc', needs('aa')),
    );
    const { status, stdout } = await plugins(root, ['graph']);
    expect(status).toBe(1);
    expect(stdout).toContain('%% cycle: aa -> bb -> cc -> aa\n');
    const json = await plugins(root, ['graph', '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ cycles: [['aa', 'bb', 'cc', 'aa']] });
  });

  it('names a plugin that cannot be read', async () => {
    const root = project({ 'plugins/aa/plugin.json': '{', 'plugins/bb/plugin.json': manifest('bb') });
    expect((await plugins(root, ['graph'])).stdout).toContain('%% left out: aa, see npm run validate');
  });
});
