import type { ClockAdvance, ClockView } from '#infra/local/schedules/clock-control.ts';
import type { ScheduleRun } from '#infra/local/schedules/run.ts';
import { request } from './client.ts';
import { splitName } from './plugins.ts';

/** The system's own time, which `environment.now()` of plugins and their schedules follow. */
export interface TestClock {
  /**
   * Moves it forward, as `30s`, `15m`, `1h` or `2d`, until all that came due has been done.
   * @returns what ran, and how many items have outlived their time
   */
  advance(by: string): Promise<ClockAdvance>;
  now(): Promise<Date>;
  /** Runs one schedule now, given as `plugin/schedule`. @returns how it ended */
  runSchedule(schedule: string): Promise<ScheduleRun>;
}

export function createClock(url: () => string): TestClock {
  return {
    async advance(by) {
      const { status, body } = await request(url(), 'POST', '/dev/clock', { body: { advance: by } });
      if (status !== 200) throw new Error(`the clock was not moved by ${by}: ${body.message}`);
      return body as ClockAdvance;
    },
    async now() {
      const { body } = await request(url(), 'GET', '/dev/clock');
      return new Date((body as ClockView).now);
    },
    async runSchedule(name) {
      const [plugin, schedule] = splitName(name, 'schedule');
      const { status, body } = await request(url(), 'POST', `/dev/schedules/${plugin}/${schedule}/run`);
      if (status !== 200) throw new Error(`${name} cannot be run: ${body.message}`);
      return body as ScheduleRun;
    },
  };
}
