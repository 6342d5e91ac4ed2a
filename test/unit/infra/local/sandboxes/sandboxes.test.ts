import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startGuard } from '#infra/local/lambda/guard.ts';
import type { PluginMetadata, SandboxMetadata } from '#infra/local/resources/plugin.ts';
import { injectSandboxes } from '#infra/local/sandboxes/inject.ts';
import { planSandboxes } from '#infra/local/sandboxes/plan.ts';
import { openSandboxSecrets } from '#infra/local/sandboxes/secrets.ts';
import { startSandbox } from '#infra/local/sandboxes/start.ts';
import { openState } from '#infra/local/state/open.ts';
import { assemblyOf, isAlive, recordingTerminal } from '../lambda/fixture.ts';

const sandbox: SandboxMetadata = {
  name: 'stripe',
  entry: 'sandbox.mjs',
  port: 0,
  config: {
    'stripe.secretKey': { generate: 'sk_test_', env: 'PAYMENT_PLUGIN_STRIPE_SECRET_KEY' },
    'stripe.apiBase': { origin: true, env: 'PAYMENT_PLUGIN_STRIPE_API_BASE' },
  },
  webhooks: { stripe: '/webhooks/stripe' },
};
const plugin: PluginMetadata = {
  plugin: 'payment',
  manifest: 'plugins/payment/plugin.json',
  root: 'plugins/payment',
  envPrefix: 'PAYMENT_PLUGIN',
  secretArn: 'arn:secret',
  configVersion: 3,
  scopes: [],
  sandboxes: [sandbox],
};
const assembly = assemblyOf([], {
  plugins: [plugin],
  secrets: [{ name: 'anineeplus/local/plugins/payment', arn: 'arn:secret', initialValue: '{}' }],
});

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'anineeplus-sandbox-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const plan = (settings = {}, ports = new Map<string, number>()) => planSandboxes(assembly, ports, settings);

describe('the plan', () => {
  it('gives each sandbox its port, and names those that real keys replace', async () => {
    expect((await plan()).started[0]?.port).toBeGreaterThan(0);
    const real = await plan({ PAYMENT_PLUGIN_STRIPE_SECRET_KEY: 'sk_test_real' });
    expect(real).toMatchObject({ started: [], replaced: [{ setting: 'PAYMENT_PLUGIN_STRIPE_SECRET_KEY' }] });
    expect((await plan({ PAYMENT_PLUGIN_STRIPE_API_BASE: 'x' })).started).toHaveLength(1);
  });

  it('refuses a port that is taken and a name that is unknown, saying what to do', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    const { port } = await new Promise<AddressInfo>((resolve) =>
      taken.once('listening', () => resolve(taken.address() as AddressInfo)),
    );
    await expect(plan({}, new Map([['stripe', port]]))).rejects.toThrow(
      `port ${port} of the stripe sandbox is in use: stop what listens there, or choose another with: ` +
        'npm start -- --sandbox-port stripe=<number>',
    );
    taken.close();
    await expect(plan({}, new Map([['strip', 1]]))).rejects.toThrow(
      'no plugin has a sandbox of that name (known: stripe)',
    );
  });

  it('lets an option pass whose sandbox may belong to a plugin that was left out', async () => {
    const planned = await planSandboxes(assembly, new Map([['bank', 1]]), {}, true);
    expect([planned.unknown, planned.started.length]).toEqual([['bank'], 1]);
  });
});

describe('the injected configuration', () => {
  it('has the shape of the plugin where the secret is empty', async () => {
    const state = openState(dir);
    state.secrets.put('anineeplus/local/plugins/payment', '{"configVersion":1,"values":{}}');
    injectSandboxes(assembly, await plan(), openSandboxSecrets(dir), state);
    expect(current(state)).toMatchObject({ configVersion: 3, values: { stripe: {} } });
    injectSandboxes(assembly, await plan(), openSandboxSecrets(dir), state);
    expect(current(state)).toMatchObject({ configVersion: 3 });
    state.close();
  });

  const current = (state: ReturnType<typeof openState>) =>
    JSON.parse(state.secrets.staged('anineeplus/local/plugins/payment')?.text ?? 'null') as unknown;

  it('is made once, kept for its owner alone, put beside what is there, and taken out for real keys', async () => {
    const state = openState(dir);
    state.secrets.put(
      'anineeplus/local/plugins/payment',
      '{"configVersion":1,"values":{"defaultProvider":"stripe","stripe":{"apiVersion":"x"}}}',
    );
    const planned = await plan();
    const inject = () =>
      injectSandboxes(assembly, planned, openSandboxSecrets(dir), state).get('payment/stripe');
    const first = inject();
    expect(first).toEqual({
      'stripe.secretKey': expect.stringMatching(/^sk_test_[\da-f]{36}$/),
      'stripe.apiBase': `http://127.0.0.1:${planned.started[0]!.port}`,
    });
    expect(inject()).toEqual(first);
    expect(statSync(join(dir, 'sandboxes.json')).mode & 0o777).toBe(0o600);
    expect(current(state)).toEqual({
      configVersion: 1,
      values: {
        defaultProvider: 'stripe',
        stripe: { apiVersion: 'x', secretKey: first!['stripe.secretKey'], apiBase: first!['stripe.apiBase'] },
      },
    });

    const real = await plan({ PAYMENT_PLUGIN_STRIPE_SECRET_KEY: 'sk_test_real' });
    expect(injectSandboxes(assembly, real, openSandboxSecrets(dir), state).size).toBe(0);
    expect(current(state)).toMatchObject({
      values: { defaultProvider: 'stripe', stripe: { apiVersion: 'x' } },
    });
    expect(JSON.stringify(current(state))).not.toContain('sk_test_');
    state.close();
  });
});

describe('the process', () => {
  const guard = startGuard();
  const start = async (source: string) => {
    writeFileSync(join(dir, 'sandbox.mjs'), source);
    const [planned] = (await plan()).started;
    return startSandbox({
      planned: planned!,
      config: { 'stripe.secretKey': 'sk_test_1' },
      webhookOrigin: 'http://127.0.0.1:3000',
      rootDir: dir,
      stateDir: dir,
      guard,
      terminal: recordingTerminal(),
      verbose: false,
    });
  };

  it('is ready when it answers, knows what it has to, and ends when its input closes', async () => {
    const running = await start(`
      import { createServer } from 'node:http';
      createServer((request, response) => {
        if (request.url === '/__sandbox/health') return response.end('{}');
        response.end(JSON.stringify({ pid: process.pid, env: process.env }));
      }).listen(Number(process.env.SANDBOX_PORT), '127.0.0.1');
      process.stdin.resume().on('end', () => process.exit(0));`);
    const { pid, env } = (await (await fetch(running.url)).json()) as {
      pid: number;
      env: Record<string, string>;
    };
    expect(JSON.parse(env.SANDBOX_CONFIG!)).toEqual({ 'stripe.secretKey': 'sk_test_1' });
    expect(JSON.parse(env.SANDBOX_WEBHOOK_URLS!)).toEqual({
      stripe: 'http://127.0.0.1:3000/webhooks/stripe',
    });
    expect(statSync(env.SANDBOX_STATE_DIR!).isDirectory()).toBe(true);
    await running.stop();
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false));
  });

  it('that ends at once fails the start with what it said', async () => {
    await expect(start('console.error("no such planet"); process.exit(1);')).rejects.toThrow(
      'the stripe sandbox did not start: no such planet',
    );
  });
});
