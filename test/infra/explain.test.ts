import { beforeAll, describe, expect, it } from 'vitest';
import { PRICES } from '#infra/cli/cost/prices.ts';
import type { ExplainedPlugin } from '#infra/cli/explain/facts.ts';
import { plugins, type Ran } from '../unit/infra/cli/command-line.ts';
import { assemblyOf, fixture, ofType } from './synth.ts';

const root = fixture('full');
let plain: Ran;
let explained: ExplainedPlugin & { readonly durationMs: number; readonly pricesAsOf: string };

beforeAll(async () => {
  plain = await plugins(root, ['explain', 'shop']);
  const { stdout } = await plugins(root, ['explain', 'shop', '--json', '--duration-ms', '400']);
  explained = JSON.parse(stdout) as typeof explained;
});

describe('explain', () => {
  it('has every function with what starts it', () => {
    const triggers = Object.fromEntries(
      explained.functions.map(({ name, triggers: all }) => [name, [...new Set(all.map(({ kind }) => kind))]]),
    );
    expect(Object.keys(triggers)).toEqual(
      expect.arrayContaining(['api', 'sweep', 'webhook-courier', 'relay']),
    );
    expect(triggers).toMatchObject({
      api: expect.arrayContaining(['http', 'graphql']),
      sweep: ['schedule'],
      'webhook-courier': ['webhook'],
      relay: ['stream'],
    });
  });

  it('has the statements of each role as they are in the template, and no other', async () => {
    const { templates } = await assemblyOf(root);
    const template = templates['anineeplus-local-plugin-shop'];
    if (!template) throw new Error('no stack');
    const inTemplate = ofType(template, 'AWS::IAM::Role').flatMap(({ Properties }) => {
      const policies = Properties['Policies'] as
        | readonly { PolicyDocument: { Statement: { Action: string | string[] }[] } }[]
        | undefined;
      const statements = (policies ?? []).flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
      return statements.flatMap(({ Action }) => Action);
    });
    const shown = explained.functions.flatMap(({ statements }) =>
      statements.flatMap(({ actions }) => actions),
    );
    // The role of the schedules, which is no function's, may start functions.
    const ofFunctions = inTemplate.filter((action) => action !== 'lambda:InvokeFunction');
    expect([...new Set(shown)].sort()).toEqual([...new Set(ofFunctions)].sort());
    const api = explained.functions.find(({ name }) => name === 'api');
    expect(api?.statements).toContainEqual(
      expect.objectContaining({
        effect: 'Allow',
        actions: expect.arrayContaining(['dynamodb:PutItem']) as string[],
        resources: expect.arrayContaining(['table/anineeplus-local-shop-orders']) as string[],
      }),
    );
  });

  it('has ways in, events, tables, schedules, alarms, dependents and the names of variables', () => {
    expect(explained.operations.length).toBeGreaterThan(0);
    expect(explained.operations).toContainEqual(
      expect.objectContaining({ route: expect.stringMatching(/^(GET|POST) \//), scope: expect.any(String) }),
    );
    const throttleOf = (name: string) =>
      explained.operations.find((operation) => operation.name === name)?.throttle;
    expect(throttleOf('createOrder')).toEqual({ rate: 20, burst: 40 });
    expect(throttleOf('getOrder')).toBeUndefined();
    expect(plain.stdout).toMatch(/createOrder\s+POST \/orders\s+20\/s, burst 40\s/);
    expect(plain.stdout).toMatch(/getOrder\s+GET \/orders\/\{id\}\s+default\s/);
    expect(explained.events.publishes).toEqual(['shop.ordered 1.3.0', 'shop.shipped 2.0.0']);
    expect(explained.tables.map(({ name }) => name)).toEqual(['orders', 'stock']);
    expect(explained.tables.flatMap(({ indexes }) => indexes).length).toBeGreaterThan(0);
    expect(explained.schedules.length).toBeGreaterThan(0);
    expect(explained.alarms).toContainEqual({
      name: 'anineeplus-local-shop-operation-errors',
      metric: 'IF(failures >= 3, 100 * failures / operations, 0)',
      threshold: 5,
      periodMinutes: 5,
      metrics: 2,
      runbook: 'plugins/TROUBLESHOOTING.md#alarm-operation-errors',
    });
    expect(explained.dashboard).toBe('anineeplus-local-shop');
    expect(explained.config).toContainEqual({
      path: 'courier.apiKey',
      variable: 'SHOP_PLUGIN_COURIER_API_KEY',
      secret: false,
    });
  });

  it('counts what a million calls cost, by the given duration', () => {
    const api = explained.costs.find(({ function: key, trigger }) => key === 'api' && trigger === 'http');
    const memoryMb = explained.functions.find(({ name }) => name === 'api')?.memoryMb ?? 0;
    const expected =
      PRICES.invocations +
      (memoryMb / 1024) * 0.4 * PRICES.gigabyteSeconds +
      PRICES.readUnits +
      PRICES.httpApiRequests;
    expect(api?.dollars).toBeCloseTo(expected, 6);
    expect(explained).toMatchObject({ durationMs: 400, pricesAsOf: PRICES.asOf });
  });

  it('prints all of it without a terminal', () => {
    expect(plain.status).toBe(0);
    for (const title of [
      'Function api',
      'Ways in',
      'Events published',
      'Tables',
      'Schedules',
      'Alarms',
      'Configuration',
    ])
      expect(plain.stdout).toContain(`${title}\n`);
    expect(plain.stdout).toMatch(
      /takes \$\d\.\d+ a month for \d+ metrics of 9 alarms, and \$3\.00 for the dashboard anineeplus-local-shop/,
    );
    expect(plain.stdout).toContain(`prices of ${PRICES.asOf}`);
    expect(plain.stdout).not.toContain('\u001B');
  });

  it('names the nearest plugin for one that there is not', async () => {
    const { status, stderr } = await plugins(root, ['explain', 'shp']);
    expect(status).toBe(1);
    expect(stderr).toBe(
      'error: there is no plugin "shp"; fix: did you mean "shop"? The plugins are: audit, shop\n',
    );
  });
});
