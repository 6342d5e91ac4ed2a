import { setTimeout as sleep } from 'node:timers/promises';
import type { Case, Flow, Recovery } from './flows.ts';
import { violationsOf } from './invariants.ts';
import { deliverAll, recover, type Recovered } from './recover.ts';
import { crashAt, type Point, pointsOf, textOf } from './crash-points.ts';
import { recordsByCase, paymentIds } from './payment-records.ts';
import { newKey, type LocalSystem } from './local-system.ts';

/** What became of one flow. */
export interface FlowResult {
  readonly flow: string;
  /** Crashes that really happened. */
  readonly visited: number;
  /** Each with the point and the recovery, so that the crash can be repeated. */
  readonly failures: readonly string[];
}

interface CrashedCase {
  readonly flow: Flow;
  readonly point: Point | undefined;
  readonly recovery: Recovery;
  readonly one: Case;
  /** What happened instead of the crash that was wanted. */
  readonly instead?: string | undefined;
}

export interface Plan {
  readonly flows: readonly Flow[];
  /** The points of a flow to crash at, each with a way to recover. */
  crashesOf(flow: Flow, points: readonly Point[]): readonly (readonly [Point, Recovery])[];
  /** How long a function that died holds its locks. */
  readonly lockMs: number;
  readonly log: (line: string) => unknown;
  /** What happens before anybody comes back. */
  readonly beforeRecovery?: (system: LocalSystem) => Promise<void>;
}

/** Of the flows that begin without a crash, those that crash before the others are prepared. */
const FIRST_PART = 0.7;

const nextCase = (() => {
  let count = 0;
  return (): Case => ({ tag: `c${++count}`, key: newKey() });
})();

/**
 * Crashes every flow at the planned points, one crash per payment; then lets all parties recover side by side, and
 * judges each payment by what the provider, the table, the bus and the subscriber know of it.
 */
export async function visitAll(system: LocalSystem, plan: Plan): Promise<readonly FlowResult[]> {
  const crashed: CrashedCase[] = [];
  // The provider's webhooks are held back until they are asked for.
  await system.sandbox('POST', '/webhooks', { mode: 'hold' });
  const crashNow = async (flow: Flow) => {
    await crashEach(system, flow, await prepare(system, flow, plan, await open(system, flow)), crashed);
    plan.log(`crashed: ${flow.name}`);
  };
  const direct = plan.flows.filter(({ afterLock }) => !afterLock);
  const resumed = plan.flows.filter(({ afterLock }) => afterLock);
  const lock = (): Promise<unknown> => (resumed.length > 0 ? sleep(plan.lockMs) : Promise.resolve());
  const half = Math.ceil(direct.length * FIRST_PART);

  // What others do meanwhile hides the time that the locks of a first crash take to end.
  const opened = await inTurn(resumed, async (flow) => ({
    flow,
    one: await open(system, flow),
  }));
  const firstLock = lock();
  await inTurn(direct.slice(0, half), crashNow);
  await firstLock;
  const ready = await inTurn(opened, async ({ flow, one }) => ({
    flow,
    cases: await prepare(system, flow, plan, one),
  }));
  const secondLock = lock();
  await inTurn(direct.slice(half), crashNow);
  await secondLock;
  await inTurn(ready, ({ flow, cases }) => crashEach(system, flow, cases, crashed));
  plan.log(`${crashed.length} payments, now they recover`);
  await plan.beforeRecovery?.(system);
  return judge(system, crashed, plan);
}

async function inTurn<T, R>(all: readonly T[], one: (each: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (const each of all) results.push(await one(each));
  return results;
}

/** The payment that is not disturbed, ready for its flow. */
async function open(system: LocalSystem, flow: Flow): Promise<Case> {
  const one = nextCase();
  await flow.prepare(system, one);
  return one;
}

/** Counts the calls of a flow on an undisturbed payment, and gets one payment ready for each crash. */
async function prepare(
  system: LocalSystem,
  flow: Flow,
  plan: Plan,
  undisturbed: Case,
): Promise<readonly CrashedCase[]> {
  await flow.cool(system);
  const points = await pointsOf(system, flow.function, () => flow.run(system, undisturbed));
  const cases: CrashedCase[] = [{ flow, point: undefined, recovery: 'retry', one: undisturbed }];
  for (const [point, recovery] of plan.crashesOf(flow, points)) {
    cases.push({ flow, point, recovery, one: await open(system, flow) });
  }
  return cases;
}

async function crashEach(
  system: LocalSystem,
  flow: Flow,
  cases: readonly CrashedCase[],
  crashed: CrashedCase[],
): Promise<void> {
  await flow.cool(system);
  for (const each of cases) {
    const { point, one } = each;
    if (point === undefined) crashed.push(each);
    else
      crashed.push({
        ...each,
        instead: await crashAt(system, flow.function, point, () => flow.run(system, one)),
      });
  }
}

async function judge(
  system: LocalSystem,
  crashed: readonly CrashedCase[],
  plan: Plan,
): Promise<readonly FlowResult[]> {
  const ids = await paymentIds(system);
  const recovered = await Promise.all(
    crashed.map(async ({ flow, one, recovery }): Promise<Recovered> => {
      const paymentId = one.paymentId ?? ids.get(one.tag);
      return recover(system, flow, { ...one, ...(paymentId !== undefined && { paymentId }) }, recovery);
    }),
  );
  plan.log('recovered, the last webhooks are delivered');
  const delivered = await deliverAll(system);
  const records = await recordsByCase(system);
  const failuresOf = (
    { flow, point, recovery, one, instead }: CrashedCase,
    index: number,
  ): readonly string[] => {
    const where = point === undefined ? 'undisturbed' : `${textOf(point)}, ${recovery}`;
    if (instead !== undefined) return [`${where}: ${instead}`];
    return violationsOf(records.get(one.tag) ?? [], flow, recovered[index] as Recovered).map(
      (violation) => `${where}: ${violation}`,
    );
  };
  return plan.flows.map((flow) => ({
    flow: flow.name,
    visited: crashed.filter(
      (each) => each.flow === flow && each.point !== undefined && each.instead === undefined,
    ).length,
    failures: [
      ...crashed.flatMap((each, index) => (each.flow === flow ? failuresOf(each, index) : [])),
      ...(delivered || flow.name !== 'webhook' ? [] : ['webhooks were left undelivered']),
    ],
  }));
}
