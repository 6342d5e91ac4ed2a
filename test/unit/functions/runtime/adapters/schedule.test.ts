import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { scheduleHandler } from '#runtime/adapters/schedule.ts';
import { definePlugin } from '#runtime/contract/plugin.ts';
import { schedule } from '#runtime/contract/schedule.ts';
import { unloadedDocuments } from '../registry.ts';
import { environment, lambdaContext, quietTelemetry } from '../support.ts';

const plugin = definePlugin({
  manifest: {
    name: 'probe',
    version: '1.0.0',
    description: 'Has schedules',
    author: 'test',
    schedules: {
      due: { function: 'sweep', rate: '1 minute' },
      ledger: { function: 'nightly', cron: '0 3 * * ? *' },
    },
  },
  config: z.object({}),
  initialize: () => ({ started: 1 }),
});

const runs: unknown[] = [];
const due = schedule<{ started: number }>({
  summary: 'Keeps what it gets',
  async run({ schedule: name, scheduledAt, services, requestId }) {
    if (scheduledAt.getUTCFullYear() === 2020) throw new Error('cannot');
    runs.push({ name, scheduledAt, services, requestId });
    return { looked: 2 };
  },
});
const other = schedule<{ started: number }>({ summary: 'Says nothing', run: async () => {} });

const sweep = environment({ ANINEEPLUS_FUNCTION: 'sweep' });
const event = (scheduledAt: string, name = 'due') => ({ kind: 'schedule', schedule: name, scheduledAt });

function handlerOf(options: Parameters<typeof scheduleHandler>[2] = {}) {
  const telemetry = quietTelemetry();
  return {
    telemetry,
    handler: scheduleHandler(plugin, { due }, { environment: sweep, telemetry, ...options }),
  };
}

describe('a schedule', () => {
  it('runs with its scheduled time, and answers with its counts', async () => {
    const { handler, telemetry } = handlerOf();
    expect(await handler(event('2026-11-24T10:00:00Z'), lambdaContext)).toEqual({
      schedule: 'due',
      outcome: 'done',
      summary: { looked: 2 },
    });
    expect(runs).toEqual([
      {
        name: 'due',
        scheduledAt: new Date('2026-11-24T10:00:00Z'),
        services: { started: 1 },
        requestId: 'lambda-1',
      },
    ]);
    expect(telemetry.lines).toContainEqual({
      level: 'info',
      message: 'Schedule',
      fields: { schedule: 'due', scheduledAt: '2026-11-24T10:00:00Z', looked: 2 },
    });
  });

  it('fails as an invocation when it throws, and is logged and measured', async () => {
    const { handler, telemetry } = handlerOf();
    await expect(handler(event('2020-01-01T00:00:00Z'), lambdaContext)).rejects.toThrow('cannot');
    expect(telemetry.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
    expect(telemetry.finished).toMatchObject([{ operation: 'schedule.due', isFault: true, status: 500 }]);
  });

  it('is left out while the plugin is unloaded, without a failure', async () => {
    const { handler, telemetry } = handlerOf({
      environment: { ...sweep, registryTable: 'registry' },
      documents: unloadedDocuments,
    });
    expect(await handler(event('2020-01-01T00:00:00Z'), lambdaContext)).toEqual({
      schedule: 'due',
      outcome: 'skipped',
    });
    expect(telemetry.counts.get('plugin.schedules.skipped')).toBe(1);
    expect(telemetry.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it.each([
    ['an unknown name', event('2026-11-24T10:00:00Z', 'toString')],
    ['no time', { kind: 'schedule', schedule: 'due' }],
    ['another kind', { ...event('2026-11-24T10:00:00Z'), kind: 'operation' }],
  ])('refuses an event with %s', async (_, given) => {
    await expect(handlerOf().handler(given, lambdaContext)).rejects.toThrow();
  });
});

describe('the code of schedules', () => {
  const make =
    (
      key: string,
      schedules: Parameters<typeof scheduleHandler<typeof plugin.manifest, object, { started: number }>>[1],
    ) =>
    () =>
      scheduleHandler(plugin, schedules, {
        environment: environment({ ANINEEPLUS_FUNCTION: key }),
        telemetry: quietTelemetry(),
      });

  it('is what the manifest gives the function, no more and no less', () => {
    expect(make('nightly', { ledger: other })).not.toThrow();
    expect(make('nightly', {})).toThrow('"nightly" has no code for the schedule "ledger"');
    expect(make('nightly', { due, ledger: other })).toThrow('"nightly" has code for the schedule "due"');
  });
});
