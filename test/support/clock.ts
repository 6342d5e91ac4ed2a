import { type Json, request } from './client.ts';
import type { System } from './system.ts';

/** Moves the system's clock forward, as `1h` or `2d`, until all that came due has been done. @returns what ran */
export async function advanceClock({ url }: Pick<System, 'url'>, advance: string): Promise<Json> {
  const { status, body } = await request(url, 'POST', '/dev/clock', { body: { advance } });
  if (status !== 200) throw new Error(`the clock stands still: ${JSON.stringify(body)}`);
  return body;
}

/** Runs one schedule now. @returns how it ended */
export async function runSchedule(
  { url }: Pick<System, 'url'>,
  plugin: string,
  schedule: string,
): Promise<Json> {
  const { status, body } = await request(url, 'POST', `/dev/schedules/${plugin}/${schedule}/run`);
  if (status !== 200) throw new Error(`${plugin}/${schedule} cannot be run: ${JSON.stringify(body)}`);
  return body;
}
