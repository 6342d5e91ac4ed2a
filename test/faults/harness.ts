import { setTimeout as sleep } from 'node:timers/promises';
import type { Case, Flow, Recovery } from './flows.ts';
import { violationsOf } from './invariants.ts';
import { deliverAll, recover, type Recovered } from './recover.ts';
import { crashAt, type Point, pointsOf, textOf } from './strike.ts';
import { allTruths, paymentIds } from './truth.ts';
import { newKey, type LocalSystem } from './local-system.ts';

/** What became of one flow. */
export interface FlowResult {
  readonly flow: string;
  /** Crashes that really happened. */
  readonly visited: number;
  /** Each with the point and the recovery, so that it can be struck again. */
  readonly failures: readonly string[];
}

interface Struck {
  readonly flow: Flow;
  readonly point: Point | undefined;
  readonly recovery: Recovery;
  readonly one: Case;
  /** What happened instead of the crash that was wanted. */
  readonly instead?: string | undefined;
}

export interface Plan {
  readonly flows: readonly Flow[];
  /** Which points of a flow are struck, each with its ways to recover. */
  strikesOf(flow: Flow, points: readonly Point[]): readonly (readonly [Point, Recovery])[];
  /** How long a function that died holds its locks. */
  readonly lockMs: number;
  readonly log: (line: string) => unknown;
  /** What happens before anybody comes back. */
  readonly beforeRecovery?: (system: LocalSystem) => Promise<void>;
}

/** Of the flows that begin without a crash, those that are struck before the others are prepared. */
const FIRST_PART = 0.7;

const nextCase = (() => {
  let count = 0;
  return (): Case => ({ tag: `c${++count}`, key: newKey() });
})();

/**
 * Strikes every flow at the planned points, one crash per payment; then lets all parties recover side by side, and
 * judges each payment by what the provider, the table, the bus and the subscriber know of it.
 */
export async function visitAll(system: LocalSystem, plan: Plan): Promise<readonly FlowResult[]> {
  const struck: Struck[] = [];
  // The provider's webhooks are held back until they are asked for.
  await system.sandbox('POST', '/webhooks', { mode: 'hold' });
  const strikeNow = async (flow: Flow) => {
    await strike(system, flow, await prepare(system, flow, plan, await open(system, flow)), struck);
    plan.log(`struck: ${flow.name}`);
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
  await inTurn(direct.slice(0, half), strikeNow);
  await firstLock;
  const ready = await inTurn(opened, async ({ flow, one }) => ({
    flow,
    cases: await prepare(system, flow, plan, one),
  }));
  const secondLock = lock();
  await inTurn(direct.slice(half), strikeNow);
  await secondLock;
  await inTurn(ready, ({ flow, cases }) => strike(system, flow, cases, struck));
  plan.log(`${struck.length} payments, now they recover`);
  await plan.beforeRecovery?.(system);
  return judge(system, struck, plan);
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
): Promise<readonly Struck[]> {
  await flow.cool(system);
  const points = await pointsOf(system, flow.function, () => flow.run(system, undisturbed));
  const cases: Struck[] = [{ flow, point: undefined, recovery: 'retry', one: undisturbed }];
  for (const [point, recovery] of plan.strikesOf(flow, points)) {
    cases.push({ flow, point, recovery, one: await open(system, flow) });
  }
  return cases;
}

async function strike(
  system: LocalSystem,
  flow: Flow,
  cases: readonly Struck[],
  struck: Struck[],
): Promise<void> {
  await flow.cool(system);
  for (const each of cases) {
    const { point, one } = each;
    if (point === undefined) struck.push(each);
    else
      struck.push({
        ...each,
        instead: await crashAt(system, flow.function, point, () => flow.run(system, one)),
      });
  }
}

async function judge(
  system: LocalSystem,
  struck: readonly Struck[],
  plan: Plan,
): Promise<readonly FlowResult[]> {
  const ids = await paymentIds(system);
  const recovered = await Promise.all(
    struck.map(async ({ flow, one, recovery }): Promise<Recovered> => {
      const paymentId = one.paymentId ?? ids.get(one.tag);
      return recover(system, flow, { ...one, ...(paymentId !== undefined && { paymentId }) }, recovery);
    }),
  );
  plan.log('recovered, the last webhooks are delivered');
  const delivered = await deliverAll(system);
  const truths = await allTruths(system);
  const failuresOf = ({ flow, point, recovery, one, instead }: Struck, index: number): readonly string[] => {
    const where = point === undefined ? 'undisturbed' : `${textOf(point)}, ${recovery}`;
    if (instead !== undefined) return [`${where}: ${instead}`];
    return violationsOf(truths.get(one.tag) ?? [], flow, recovered[index] as Recovered).map(
      (violation) => `${where}: ${violation}`,
    );
  };
  return plan.flows.map((flow) => ({
    flow: flow.name,
    visited: struck.filter(
      (each) => each.flow === flow && each.point !== undefined && each.instead === undefined,
    ).length,
    failures: [
      ...struck.flatMap((each, index) => (each.flow === flow ? failuresOf(each, index) : [])),
      ...(delivered || flow.name !== 'webhook' ? [] : ['webhooks were left undelivered']),
    ],
  }));
}
