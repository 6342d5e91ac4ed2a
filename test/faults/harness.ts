import { setTimeout as sleep } from 'node:timers/promises';
import type { Case, Flow, Recovery } from './flows.ts';
import { violationsOf } from './invariants.ts';
import { deliverAll, recover, type Recovered } from './recover.ts';
import { crashAt, type Point, pointsOf, textOf } from './strike.ts';
import { allTruths, paymentIds } from './truth.ts';
import { newKey, type World } from './world.ts';

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
  readonly tell: (line: string) => unknown;
  /** What happens before anybody comes back. */
  readonly beforeRecovery?: (world: World) => Promise<void>;
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
export async function visitAll(world: World, plan: Plan): Promise<readonly FlowResult[]> {
  const struck: Struck[] = [];
  // The provider's webhooks are held back until they are asked for.
  await world.sandbox('POST', '/webhooks', { mode: 'hold' });
  const strikeNow = async (flow: Flow) => {
    await strike(world, flow, await prepare(world, flow, plan, await open(world, flow)), struck);
    plan.tell(`struck: ${flow.name}`);
  };
  const direct = plan.flows.filter(({ afterLock }) => !afterLock);
  const resumed = plan.flows.filter(({ afterLock }) => afterLock);
  const lock = (): Promise<unknown> => (resumed.length > 0 ? sleep(plan.lockMs) : Promise.resolve());
  const half = Math.ceil(direct.length * FIRST_PART);

  // What others do meanwhile hides the time that the locks of a first crash take to end.
  const opened = await inTurn(resumed, async (flow) => ({
    flow,
    one: await open(world, flow),
  }));
  const firstLock = lock();
  await inTurn(direct.slice(0, half), strikeNow);
  await firstLock;
  const ready = await inTurn(opened, async ({ flow, one }) => ({
    flow,
    cases: await prepare(world, flow, plan, one),
  }));
  const secondLock = lock();
  await inTurn(direct.slice(half), strikeNow);
  await secondLock;
  await inTurn(ready, ({ flow, cases }) => strike(world, flow, cases, struck));
  plan.tell(`${struck.length} payments, now they recover`);
  await plan.beforeRecovery?.(world);
  return judge(world, struck, plan);
}

async function inTurn<T, R>(all: readonly T[], one: (each: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (const each of all) results.push(await one(each));
  return results;
}

/** The payment that is not disturbed, ready for its flow. */
async function open(world: World, flow: Flow): Promise<Case> {
  const one = nextCase();
  await flow.prepare(world, one);
  return one;
}

/** Counts the calls of a flow on an undisturbed payment, and gets one payment ready for each crash. */
async function prepare(world: World, flow: Flow, plan: Plan, undisturbed: Case): Promise<readonly Struck[]> {
  await flow.cool(world);
  const points = await pointsOf(world, flow.function, () => flow.run(world, undisturbed));
  const cases: Struck[] = [{ flow, point: undefined, recovery: 'retry', one: undisturbed }];
  for (const [point, recovery] of plan.strikesOf(flow, points)) {
    cases.push({ flow, point, recovery, one: await open(world, flow) });
  }
  return cases;
}

async function strike(world: World, flow: Flow, cases: readonly Struck[], struck: Struck[]): Promise<void> {
  await flow.cool(world);
  for (const each of cases) {
    const { point, one } = each;
    if (point === undefined) struck.push(each);
    else
      struck.push({
        ...each,
        instead: await crashAt(world, flow.function, point, () => flow.run(world, one)),
      });
  }
}

async function judge(world: World, struck: readonly Struck[], plan: Plan): Promise<readonly FlowResult[]> {
  const ids = await paymentIds(world);
  const recovered = await Promise.all(
    struck.map(async ({ flow, one, recovery }): Promise<Recovered> => {
      const paymentId = one.paymentId ?? ids.get(one.tag);
      return recover(world, flow, { ...one, ...(paymentId !== undefined && { paymentId }) }, recovery);
    }),
  );
  plan.tell('recovered, the last webhooks are delivered');
  const delivered = await deliverAll(world);
  const truths = await allTruths(world);
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
