import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { paymentSucceeded } from '#events/catalog/payment.ts';
import { eventually, startTestPlatform, type TestPlatform } from '#testing/index.ts';

const fixture = (name: string) => join(import.meta.dirname, 'fixtures', name);

describe('the test kit', { timeout: 120_000 }, () => {
  let platform: TestPlatform;

  beforeAll(async () => {
    platform = await startTestPlatform({
      plugins: ['payment', 'simple-plugin', ...['notes', 'desk', 'clerk'].map(fixture)],
      config: {
        notes: { values: { title: 'made up', key: 'key-hunter2' } },
        payment: { values: { limits: { maxAmount: 50 } } },
      },
      revoke: { 'payment/api': ['table:payments:write'], 'desk/api': ['call:payment.getPayment'] },
    });
  });
  afterAll(() => platform?.stop());

  it('starts the plugins that were named, and folders outside of the project', async () => {
    const { body } = await platform.request('GET', '/plugins');
    expect(body.plugins.map(({ name, status }: { name: string; status: string }) => [name, status])).toEqual([
      ['clerk', 'loaded'],
      ['desk', 'loaded'],
      ['notes', 'loaded'],
      ['payment', 'loaded'],
      ['simple-plugin', 'loaded'],
    ]);
  });

  it('gives plugins the configuration that the test made up, and changes it as an operator does', async () => {
    const notes = async () => (await platform.request('GET', '/notes')).body;
    expect(await notes()).toEqual({ title: 'made up', hasKey: true });
    expect(await platform.config.get('notes')).toEqual({ title: 'made up', key: '********' });
    // The sandbox's keys are still there, beside the limit.
    const tooMuch = await platform.request('POST', '/payments', { body: { amount: 51, currency: 'usd' } });
    expect(tooMuch.body).toMatchObject({ code: 'limit-exceeded', maxAmount: '50.00' });
    await platform.config.change('notes', { title: 'changed' });
    await eventually(notes, ({ title }) => title === 'changed');
    await expect(platform.config.change('notes', { title: 5 })).rejects.toThrow(
      /"notes" was not changed: config-rejected; .*title must be of type string/,
    );
    expect(platform.output()).not.toContain('hunter2');
  });

  it('publishes events, and says when a subscription has dealt with them', async () => {
    const aggregate = { type: 'payment', id: 'pay_kit' };
    const data = {
      provider: 'stripe',
      providerRef: null,
      previousStatus: null,
      status: 'succeeded' as const,
      captured: { amountMinor: 1200, currency: 'usd' },
      final: true,
    };
    const event = await platform.events.emit(paymentSucceeded, { aggregate, data, tenant: 'acme' });
    await platform.events.emit(paymentSucceeded, { ...event, data });
    await platform.events.consumed('simple-plugin/onPaymentSucceeded');
    const { body } = await platform.invoke('simple-plugin.listReceipts', {}, { as: { tenant: 'acme' } });
    expect(body.receipts).toEqual([
      {
        eventId: event.id,
        paymentId: 'pay_kit',
        amountMinor: 1200,
        currency: 'usd',
        occurredAt: event.occurredAt,
      },
    ]);
    const isOurs = ({ detail }: { detail: { id: string } }) => detail.id === event.id;
    expect(await platform.events.waitFor(paymentSucceeded, { where: isOurs })).toMatchObject({
      detail: event,
      matchedRules: [expect.stringContaining('simple-plugin')],
    });
  });

  it('takes an event’s data from its sample', async () => {
    const { data } = await platform.events.emit('payment.succeeded.v1', { tenant: 'sample' });
    expect(data).toMatchObject({ captured: { currency: 'usd' } });
    await platform.invocations.waitFor('simple-plugin/on-payment-succeeded', {
      where: ({ logs }) => logs.some((line) => line.includes('Receipt')),
    });
  });

  it('calls as anybody, over HTTP, GraphQL and without either', async () => {
    const stranger = platform.as({ subject: 'eve', tenant: 'acme', scopes: ['other:read'] });
    expect((await stranger.request('GET', '/simple/receipts')).status).toBe(403);
    expect(
      (await stranger.graphql('{ receipts { receipts { eventId } } }')).body.errors[0].extensions.code,
    ).toBe('forbidden');
    const as = { scopes: ['other:read'] };
    expect(await platform.invoke('simple-plugin.listReceipts', {}, { as })).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
    expect(await platform.invoke('simple-plugin.listReceipts', { limit: 0 })).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'limit', message: 'must be at least 1' }] },
    });
  });

  it('moves the clock, and runs schedules', async () => {
    const before = await platform.clock.now();
    const { ran } = await platform.clock.advance('25h');
    expect(ran.map(({ plugin, schedule }) => `${plugin}/${schedule}`).sort()).toEqual([
      'payment/due',
      'payment/gaps',
      'payment/ledger',
    ]);
    expect((await platform.clock.now()).getTime() - before.getTime()).toBeGreaterThanOrEqual(25 * 3_600_000);
    expect(await platform.clock.runSchedule('payment/due')).toMatchObject({ schedule: 'due' });
  });

  it('has a function be denied what it lacks, and names the line to add', async () => {
    const pay = () => platform.request('POST', '/payments', { body: { amount: 5, currency: 'usd' } });
    const expected = { function: 'payment/api', action: 'dynamodb:PutItem', resource: /table\/.*payments$/ };
    expect((await platform.invocations.expectDenied(expected, pay)).hint).toBe(
      'add "table:payments:write" to permissions.api in plugins/payment/plugin.json',
    );
    const logs = await platform.invocations.logs('payment/api');
    expect(logs).toContainEqual(expect.objectContaining({ code: 'access-denied' }));
  });

  describe('says what is wrong when', () => {
    const soon = { withinMs: 100 };
    it.each<[string, () => Promise<unknown>, RegExp]>([
      [
        'an event does not come',
        () => platform.events.waitFor('payment.failed.v1', soon),
        /^no payment\.failed\.v1 within 100 ms\nthese events arrived:\n {2}\d x payment\.succeeded\.v1/,
      ],
      [
        'an event is another one',
        () => platform.events.waitFor('payment.succeeded.v1', { ...soon, where: () => false }),
        /^no payment\.succeeded\.v1 that fits within 100 ms\n[^]*the last \d of payment\.succeeded\.v1:\n {2}\{"id":"pay_/,
      ],
      [
        'an event does not fit its contract',
        () => platform.events.emit('payment.succeeded.v1', { data: { provider: 'stripe' } }),
        /^the event does not fit payment\.succeeded\.v1 1\.1\.0: data\.providerRef is required;/,
      ],
      ['a contract is not known', () => platform.events.emit('nope.v1'), /^the catalogue has no nope\.v1:/],
      [
        'a subscription is not there',
        () => platform.events.consumed('notes/nope'),
        /^there is no subscription/,
      ],
      [
        'an operation is not there',
        () => platform.invoke('notes.nope', {}),
        /^plugin "notes" has no operation/,
      ],
      [
        'a plugin is not there',
        () => platform.invoke('nope.x', {}),
        /^there is no plugin "nope"; there are: /,
      ],
      [
        'no function may call an operation',
        () => platform.invoke('notes.readNotes', {}),
        /^no function may call notes\.readNotes: .*"call:notes\.readNotes"; call it over HTTP/,
      ],
      [
        'a function may not call an operation',
        () => platform.invoke('payment.getPayment', {}, { calledBy: 'desk/api' }),
        /^desk\/api may not call payment\.getPayment: add "call:payment\.getPayment"/,
      ],
      [
        'a time is none',
        () => platform.clock.advance('1w'),
        /^the clock was not moved by 1w: advance must be/,
      ],
      [
        'a schedule is not there',
        () => platform.clock.runSchedule('payment/x'),
        /there is no schedule payment\/x/,
      ],
      [
        'nothing is denied',
        () =>
          platform.invocations.expectDenied(
            { function: 'notes/api', action: 'dynamodb:PutItem' },
            () => platform.request('GET', '/notes'),
            soon,
          ),
        /^no call was denied: notes\/api dynamodb:PutItem\nits last run: http ok;/,
      ],
      [
        'a function does not run',
        () => platform.invocations.waitFor('notes/api', { ...soon, where: () => false }),
        /^no such run of notes\/api within 100 ms; it ran \d+ times\n {2}http ok/,
      ],
      [
        'a name has another form',
        () => platform.invocations.list('notes'),
        /^"notes" must be <plugin>\/<function>$/,
      ],
    ])('%s', async (_, act, message) => {
      await expect(act()).rejects.toThrow(message);
    });
  });

  it('stops without leaving a process, a state or a project', async () => {
    const { stateDir, projectDir } = platform;
    expect([existsSync(stateDir), existsSync(projectDir)]).toEqual([true, true]);
    expect(await platform.stop()).toBe(0);
    expect([existsSync(stateDir), existsSync(projectDir)]).toEqual([false, false]);
    expect(await platform.leftovers()).toEqual([]);
  });
});

describe('the test kit does not start', { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'kit-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('a plugin with errors, which it quotes', async () => {
    const error = await startTestPlatform({ plugins: ['simple-plugin'] }).catch((caught: unknown) => caught);
    expect(String(error)).toMatch(
      /a plugin is broken:\n\nplugins\/examples\/simple-plugin\/plugin\.json:\d+ {2}PLG214 {2}Nobody publishes/,
    );
  });

  it.each([
    [
      { plugins: ['nope'] },
      /^"nope" is neither a plugin of the project \(advanced-plugin, payment, simple-plugin\) nor a folder/,
    ],
    [{ plugins: ['payment'], projectDir: folder }, /^give plugins or projectDir, not both$/],
    [{ projectDir: folder, revoke: { 'payment/api': ['x'] } }, /^revoke changes a copy/],
    [{ plugins: ['payment'], revoke: { 'desk/api': ['x'] } }, /^revoke: there is no plugin "desk"$/],
    [
      { plugins: ['payment'], revoke: { 'payment/api': ['x'] } },
      /^revoke: payment\/api has no "x"; it has: table:/,
    ],
  ])('with %j', async (options, message) => {
    await expect(startTestPlatform(options)).rejects.toThrow(message);
  });

  it('a manifest that is not JSON, nor a configuration for a plugin that has none', async () => {
    writeFileSync(join(folder, 'plugin.json'), '{');
    await expect(startTestPlatform({ plugins: [folder] })).rejects.toThrow(/PLG002/);
    const config = { 'simple-plugin': { values: {} } };
    await expect(startTestPlatform({ plugins: ['payment', 'simple-plugin'], config })).rejects.toThrow(
      /^config: plugin "simple-plugin" has no configuration$/,
    );
  });
});
