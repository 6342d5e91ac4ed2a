import { randomUUID } from 'node:crypto';
import { scheduleRefusals } from '../assembly/services/scheduler.ts';
import type { Assembly } from '../resources/assembly.ts';
import type { ScheduleResource } from '../resources/eventbridge.ts';
import type { Functions } from '../types.ts';

/** One run of a schedule, as `POST /dev/clock` returns it. */
export interface ScheduleRun {
  readonly plugin: string;
  readonly schedule: string;
  /** ISO time at which it was due. */
  readonly scheduledAt: string;
  /** `denied`: its role may not start the function, which was not run. */
  readonly status: 'ok' | 'error' | 'denied';
  /** Of the invocation, as `GET /dev/invocations` shows it. */
  readonly invocationId?: string;
  /** What the function answered, or its error document. */
  readonly result?: unknown;
  readonly reason?: string;
}

/** Runs a schedule once with the rights of its role; what goes wrong is in the result. */
export async function runSchedule(
  schedule: ScheduleResource,
  dueMs: number,
  assembly: Assembly,
  functions: Functions,
): Promise<ScheduleRun> {
  // AWS writes no fraction of a second.
  const scheduledAt = new Date(dueMs).toISOString().replace(/\.\d+Z$/, 'Z');
  const run = { plugin: schedule.plugin, schedule: schedule.key, scheduledAt };
  const [refusal] = scheduleRefusals(schedule, assembly);
  if (refusal !== undefined) return { ...run, status: 'denied', reason: refusal };
  const placeholders = {
    '<aws.scheduler.scheduled-time>': scheduledAt,
    '<aws.scheduler.schedule-arn>': schedule.arn,
    '<aws.scheduler.execution-id>': randomUUID(),
    '<aws.scheduler.attempt-number>': '1',
  };
  const input = Object.entries(placeholders).reduce(
    (text, [placeholder, value]) => text.replaceAll(placeholder, value),
    schedule.input,
  );
  try {
    const answer = await functions.invoke(schedule.functionArn, Buffer.from(input), 'schedule');
    const result: unknown = JSON.parse(answer.payload.toString() || 'null');
    const invocationId = answer.requestId;
    if (answer.functionError === undefined) return { ...run, status: 'ok', invocationId, result };
    return { ...run, status: 'error', invocationId, result, reason: reasonOf(result) };
  } catch (error) {
    return { ...run, status: 'error', reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Of Lambda's error document. */
function reasonOf(document: unknown): string {
  const { errorType, errorMessage } = (document ?? {}) as { errorType?: string; errorMessage?: string };
  return `${errorType ?? 'Error'}: ${errorMessage ?? 'no message'}`;
}
