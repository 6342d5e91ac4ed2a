import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { eventually, type Json, request } from '#testing/client.ts';
import { copyProject, editJson } from '#testing/project.ts';
import { parsePrometheus } from '../support/prometheus.ts';
import { type System, startSystem } from '../support/system.ts';

vi.setConfig({ testTimeout: 400_000, hookTimeout: 300_000 });

const SOURCE = 'anineeplus.local.payment';
const TYPE = 'payment.succeeded.v1';
/** As plugins/DEVELOPMENT_GUIDE.md has it. */
const ATTEMPTS = 10;
/** An event is tried again after six times the timeout of its function. */
const TIMEOUT_SECONDS = 2;
const ALL_ATTEMPTS_MS = (ATTEMPTS - 1) * 6 * TIMEOUT_SECONDS * 1000;
/** On a machine that does much else. */
const SLACK_MS = 120_000;

const sample = JSON.parse(
  readFileSync(join(import.meta.dirname, `../../events/samples/${TYPE}.json`), 'utf8'),
);
/** An event that every subscriber takes; the id tells it among the others. */
const valid = (id: string): Json => ({
  ...structuredClone(sample),
  id,
  aggregate: { type: 'payment', id: `pay_${id}` },
});

/** Events that no subscriber can take, by what is wrong with them. */
const poison: Readonly<Record<string, (detail: Json) => unknown>> = {
  nothing: () => ({}),
  'no data': (detail) => ({ ...detail, data: undefined }),
  'data that is null': (detail) => ({ ...detail, data: null }),
  'an amount that is text': (detail) => ({
    ...detail,
    data: { ...detail.data, captured: { amountMinor: '10000', currency: 'usd' } },
  }),
  'half an amount': (detail) => ({
    ...detail,
    data: { ...detail.data, captured: { amountMinor: 0.5, currency: 'usd' } },
  }),
  'the type of another version': (detail) => ({ ...detail, type: 'payment.succeeded.v2' }),
  'an aggregate that is text': (detail) => ({ ...detail, aggregate: 'pay_1' }),
  'a place that is none': (detail) => ({ ...detail, sequence: 0 }),
  'a time that is none': (detail) => ({ ...detail, occurredAt: 'yesterday' }),
  'members that every object has': (detail) =>
    JSON.parse(`{"__proto__":${JSON.stringify(detail)},"constructor":{"name":"x"}}`),
  // The contract allows it, and no table takes it for a key: the subscriber's own code fails.
  'an id that no key can have': (detail) => ({ ...detail, id: 'x'.repeat(3_000) }),
};

let project: string;
let system: System;

beforeAll(async () => {
  project = copyProject();
  editJson(join(project, 'plugins/examples/simple-plugin/plugin.json'), ({ functions }: Json) => {
    functions['on-payment-succeeded'].timeoutSeconds = TIMEOUT_SECONDS;
  });
  system = await startSystem({ cwd: project });
});
afterAll(async () => {
  await system?.stop();
  rmSync(project, { recursive: true, force: true });
});

const get = async (path: string): Promise<Json> => (await request(system.url, 'GET', path)).body;
const publish = (detail: unknown, detailType = TYPE, raw?: string) =>
  request(system.url, 'POST', '/dev/events', {
    raw: raw ?? JSON.stringify({ source: SOURCE, detailType, detail }),
  });
const receivedIds = async (): Promise<readonly string[]> =>
  (await get('/simple/receipts?limit=100')).receipts.map(({ eventId }: Json) => eventId);

const QUEUE = 'anineeplus-local-simple-plugin-onPaymentSucceeded';
const DEAD_LETTERS = `${QUEUE}-dlq`;
const countsOf = async (queue: string): Promise<Json> =>
  (await get('/dev/queues')).queues.find(({ name }: Json) => name === queue);
const waitingIn = async (queue: string): Promise<number> => {
  const { visible, inFlight, delayed } = await countsOf(queue);
  return visible + inFlight + delayed;
};

interface DeadLetter {
  readonly detail: unknown;
  readonly attempts: number;
  readonly from: string;
}

/** The messages of the dead-letter queue, from the state of the system: nothing else reads them without taking them. */
function deadLetters(): readonly DeadLetter[] {
  const db = new DatabaseSync(join(system.stateDir, 'state.sqlite'), { readOnly: true, timeout: 5_000 });
  try {
    const rows = db
      .prepare('SELECT body, receive_count, dead_letter_source FROM messages WHERE queue = ? ORDER BY seq')
      .all(DEAD_LETTERS);
    return rows.map(({ body, receive_count: attempts, dead_letter_source: from }) => ({
      detail: JSON.parse(String(body)).detail,
      attempts: Number(attempts),
      from: String(from),
    }));
  } finally {
    db.close();
  }
}

describe('events that a subscriber cannot take', () => {
  const sent: unknown[] = [];

  it('do not hold up those that it can', async () => {
    const good: string[] = [];
    const publishGood = async () => {
      const id = `good-${good.length}`;
      good.push(id);
      expect((await publish(valid(id))).status).toBe(201);
    };
    await publishGood();
    for (const [name, spoil] of Object.entries(poison)) {
      const detail = spoil(valid(name));
      sent.push(detail);
      expect((await publish(detail)).status, name).toBe(201);
      await publishGood();
    }
    const received = await eventually(receivedIds, (ids) => good.every((id) => ids.includes(id)), SLACK_MS);
    // Each once, while the others are still being tried.
    expect(received.toSorted()).toEqual(good.toSorted());
    expect((await countsOf(DEAD_LETTERS)).visible).toBe(0);
    expect(await waitingIn(QUEUE)).toBe(sent.length);
  });

  it('of another version reach nobody, and what is no event is refused', async () => {
    const { status, body } = await publish(valid('v9'), 'payment.succeeded.v9');
    expect([status, body.matchedRules ?? []]).toEqual([201, []]);
    const { events } = await get('/dev/events?type=payment.succeeded.v9');
    expect(events).toMatchObject([{ matchedRules: [] }]);
    for (const detail of [undefined, null, 'text', 7, []])
      expect(await publish(detail)).toMatchObject({ status: 400, body: { code: expect.any(String) } });
    expect(await publish({}, TYPE, '{"source":')).toMatchObject({ status: 400 });
  });

  it('all end in the dead-letter queue as they are, after the attempts of the guide', async () => {
    await eventually(
      () => waitingIn(QUEUE),
      (count) => count === 0,
      ALL_ATTEMPTS_MS + SLACK_MS,
    );
    const found = deadLetters();
    const text = (values: readonly unknown[]) => values.map((value) => JSON.stringify(value)).toSorted();
    expect(text(found.map(({ detail }) => detail))).toEqual(text(sent));
    for (const { attempts, from } of found) {
      expect(attempts).toBe(ATTEMPTS);
      expect(from).toMatch(new RegExp(`:${QUEUE}$`));
    }
    const lines = system.output().split('\n');
    const told = lines.filter((line) => line.includes(`queue ${QUEUE}: `));
    expect(told.filter((line) => line.includes('goes to the dead-letter queue'))).toHaveLength(sent.length);
  });

  it('are an alarm with a runbook, a count, and lines in the log that say what is wrong', async () => {
    const [alarm] = await eventually(
      async () =>
        ((await get('/dev/alarms?state=ALARM')).alarms as Json[]).filter((on) => on.alarm === 'dead-letters'),
      (on) => on.length > 0,
      SLACK_MS,
    );
    const name = 'anineeplus-local-simple-plugin-dead-letters';
    expect(alarm).toMatchObject({
      name,
      plugin: 'simple-plugin',
      datapoints: [{ value: sent.length }],
      runbook: 'plugins/TROUBLESHOOTING.md#alarm-dead-letters',
    });
    const { notifications } = await get('/dev/alarms');
    expect(notifications.filter((one: Json) => one.alarm === name && one.to === 'ALARM')).toHaveLength(1);

    const families = parsePrometheus(await (await fetch(`${system.url}/dev/metrics`)).text());
    const failed = families
      .find((family) => family.name === 'plugin_events_failed_total')
      ?.metrics.find(({ labels }) => labels?.['plugin'] === 'simple-plugin');
    // An attempt that the timeout of the function ended has no count of its own.
    expect(Number(failed?.value)).toBeGreaterThan((ATTEMPTS - 1) * sent.length);
    expect(Number(failed?.value)).toBeLessThanOrEqual(ATTEMPTS * sent.length);

    const { invocations } = await get(
      '/dev/invocations?function=anineeplus-local-simple-plugin-on-payment-succeeded',
    );
    const lines = (invocations as Json[]).flatMap(({ logs }) => logs as string[]);
    expect(lines.some((line) => line.includes('An event does not fit its contract'))).toBe(true);
    expect(lines.some((line) => line.includes('An event could not be handled'))).toBe(true);
  });

  it('leave the subscriber working', async () => {
    expect((await publish(valid('last'))).status).toBe(201);
    await eventually(receivedIds, (ids) => ids.includes('last'), SLACK_MS);
  });
});
