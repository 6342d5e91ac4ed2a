import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '#testing/client.ts';
import { copyProject, editJson } from '#testing/project.ts';
import { type Flow, flows } from './flows.ts';
import { type FlowResult, type Plan, visitAll } from './harness.ts';
import type { Point } from './crash-points.ts';
import { startLocalSystem, type LocalSystem } from './local-system.ts';

/** `FAULTS=all` crashes at every call of every flow, with the timeouts of the project; otherwise some of each. */
const isFull = process.env['FAULTS'] === 'all';
/** A little more than the timeout of `payment/api` and the skew of clocks that the payment plugin allows for. */
const FULL_LOCK_MS = 30_000;
const SHORT_TIMEOUT_SECONDS = 6;
const SHORT_LOCK_MS = 7_500;
const FULL_WITHIN_MS = 40 * 60_000;
const SHORT_WITHIN_MS = 600_000;

let project: string | undefined;
let system: LocalSystem | undefined;
let results: readonly FlowResult[] = [];

/**
 * The project, but nobody asks the provider by the clock: what was prepared for a crash must not change before it.
 * In short runs functions may not live long, because a lock lasts as long as the function that holds it may live.
 */
function arranged(): string {
  const directory = copyProject();
  editJson(join(directory, 'plugins/payment/plugin.json'), ({ functions, schedules }) => {
    for (const schedule of Object.values<Json>(schedules)) schedule.rate = '1 day';
    if (!isFull) functions.api.timeoutSeconds = SHORT_TIMEOUT_SECONDS;
  });
  if (isFull) return directory;
  editJson(join(directory, 'plugins/examples/simple-plugin/plugin.json'), ({ functions }) => {
    functions['on-payment-succeeded'].timeoutSeconds = 2;
  });
  return directory;
}

/** Both sides of the provider's call or, where there is none, of the last one, each recovered in the quick ways. */
function someOf(flow: Flow, points: readonly Point[]): ReturnType<Plan['crashesOf']> {
  const atProvider = points.filter(({ target }) => target === 'provider');
  const [before, after] = atProvider.length > 0 ? atProvider : points.slice(-2);
  // A flow that begins with a crash costs two, and what webhooks do after a crash the flows without show as well.
  const ways = flow.afterLock ? ['retry'] : flow.recoveries;
  const crashes = [
    [before, 'retry'],
    [after, 'retry'],
    [after, 'webhook'],
  ] as const;
  return crashes.flatMap(([point, recovery]) =>
    point !== undefined && ways.includes(recovery) ? [[point, recovery] as const] : [],
  );
}

const everything: Plan['crashesOf'] = (flow, points) =>
  flow.recoveries
    .filter((recovery) => recovery !== 'reconciler')
    .flatMap((recovery) => points.map((point) => [point, recovery] as const));

/** What is left to the reconciler: every flow that it may have to end, or one of each kind. */
function flowsLeft(): readonly Flow[] {
  const left = flows.filter(({ recoveries, afterLock }) => !afterLock && recoveries.includes('reconciler'));
  const some = ['create and confirm', 'capture', 'refund'];
  const wanted = isFull ? left : left.filter(({ name }) => some.includes(name));
  return wanted.map((flow) => ({ ...flow, name: leftOf(flow.name) }));
}
const leftOf = (name: string): string => `${name}, left to the reconciler`;

/** Left to the reconciler: every point, or the one after which the provider knows more than we do. */
const leftAlone: Plan['crashesOf'] = (_flow, points) => {
  const [last] = points.filter(({ target, when }) => target === 'provider' && when === 'after');
  const wanted = isFull ? points : points.filter((point) => point === last);
  return wanted.map((point) => [point, 'reconciler'] as const);
};

/** Time enough for locks to end, and for a refund whose answer was lost to be asked about. */
const JUMPS = ['5m', '20m'] as const;

async function reconcileAll(local: LocalSystem): Promise<void> {
  for (const jump of JUMPS) await local.reconcile(jump);
}

beforeAll(
  async () => {
    project = arranged();
    system = await startLocalSystem(project);
    const common = {
      lockMs: isFull ? FULL_LOCK_MS : SHORT_LOCK_MS,
      log: (line: string) => isFull && console.log(line),
    };
    const crashesOf = isFull ? everything : someOf;
    const byOthers = await visitAll(system, { ...common, flows, crashesOf });
    const byReconciler = await visitAll(system, {
      ...common,
      flows: flowsLeft(),
      crashesOf: leftAlone,
      beforeRecovery: reconcileAll,
    });
    results = [...byOthers, ...byReconciler];
  },
  isFull ? FULL_WITHIN_MS : SHORT_WITHIN_MS,
);

afterAll(async () => {
  const rows = results.map(({ flow, visited, failures }) => ({
    flow,
    'crash points': visited,
    result: failures.length === 0 ? 'ok' : `${failures.length} violations`,
  }));
  console.table(rows);
  console.log(`${results.reduce((sum, { visited }) => sum + visited, 0)} crash points visited`);
  await system?.stop();
  if (project !== undefined) rmSync(project, { recursive: true, force: true });
});

describe('a crash at any call', () => {
  it.each(flows.map(({ name }) => name))('of "%s" leaves nothing wrong for good', (name) => {
    const ours = results.filter(({ flow }) => flow === name || flow === leftOf(name));
    expect(ours.flatMap(({ failures }) => failures)).toEqual([]);
    expect(ours.length).toBeGreaterThan(0);
    expect(ours.map(({ visited }) => visited).filter((visited) => visited === 0)).toEqual([]);
  });
});
