import type { ScheduleSummary } from '#runtime/contract/schedule.ts';
import { type Cutting, cutting } from './cutting.ts';

/** A flow whose calls are struck one after the other, each on an object of its own. */
export interface CrashFlow<B, T> {
  readonly name: string;
  /** What has to exist before it begins. */
  prepare(): Promise<T>;
  /** What has to come to pass once everything is prepared. */
  ripen?(): Promise<void>;
  /** It takes long: each point is healed in one order, its neighbours in the other. */
  readonly isSlow?: boolean;
  /** The flow, in an invocation that may end at any of its calls. */
  act(bench: B, one: T): Promise<unknown>;
  /** What comes after a crash: the caller's retry with the same key, or the provider's redelivery. */
  again(one: T): Promise<unknown>;
  /** Everything that is wrong with it in the end. */
  problemsOf(one: T): Promise<readonly string[]>;
}

interface Cuttable<B> {
  with(parts: { readonly services: Cutting['services'] }): B;
  reconcile(schedule: 'due'): Promise<ScheduleSummary>;
}

export interface Visited {
  readonly calls: number;
  /** Crashes that really happened. */
  readonly points: number;
  readonly problems: readonly string[];
}

const MINUTE_MS = 60_000;
/** After the first, locks have ended; after the last, what is asked about ever later was asked about again. */
const PAUSES_MS = [5 * MINUTE_MS, 20 * MINUTE_MS];
/** Who comes first after a crash; in the end both have come. */
const orders = ['retry', 'reconciler'] as const;
type Order = (typeof orders)[number];

interface Point {
  readonly at: number;
  readonly after: boolean;
  readonly order: Order;
}

function pointsOf(calls: number, isSlow: boolean): readonly Point[] {
  return Array.from({ length: calls }, (_, index) => index + 1).flatMap((at) =>
    [false, true].flatMap((after) => {
      // After a call is as good as before the next: so both orders follow each state in which a crash leaves things.
      const wanted = isSlow ? orders.filter((_order, index) => index === at % 2) : orders;
      return wanted.map((order) => ({ at, after, order }));
    }),
  );
}

/**
 * Counts the calls that a flow makes undisturbed, then lets it crash before and after each of them; retries or
 * redelivery and the reconciler follow, in either order.
 * @param pass moves the clocks of the plugin and of the provider
 */
export async function visitCrashPoints<B, T>(
  bench: Cuttable<B>,
  pass: (ms: number) => Promise<void>,
  flow: CrashFlow<B, T>,
): Promise<Visited> {
  const rehearsal = await flow.prepare();
  await flow.ripen?.();
  const counting = cutting(0, false);
  await flow.act(bench.with(counting), rehearsal);
  const { calls } = counting.state;

  const points = pointsOf(calls, flow.isSlow ?? false);
  const cases: { readonly where: string; readonly order: Order; readonly one: T }[] = [];
  for (const { at, after, order } of points) {
    const where = `${after ? 'after' : 'before'} call ${at}, ${order} first`;
    cases.push({ where, order, one: await flow.prepare() });
  }
  await flow.ripen?.();
  const problems: string[] = [];
  for (const [index, { at, after }] of points.entries()) {
    const { where, one } = cases[index] as (typeof cases)[number];
    const invocation = cutting(at, after);
    await flow.act(bench.with(invocation), one).catch((error: Error) => {
      if (error.message !== 'crash') problems.push(`${where}: ${error.message}`);
    });
    if (!invocation.state.cut) problems.push(`${where}: the call was never made`);
  }
  const come = async (order: Order) => {
    for (const { one } of cases.filter((each) => each.order === order)) await flow.again(one);
  };
  await pass(MINUTE_MS);
  await come('retry');
  for (const pauseMs of PAUSES_MS) {
    await pass(pauseMs);
    await bench.reconcile('due');
  }
  await come('reconciler');
  for (const { where, one } of [{ where: 'undisturbed', one: rehearsal }, ...cases])
    problems.push(...(await flow.problemsOf(one)).map((problem) => `${where}: ${problem}`));
  return { calls, points: points.length, problems };
}

type Item = Readonly<Record<string, unknown>>;

/** What is wrong with an aggregate by itself: its calls, its money, its events. */
export function faultsOf(root: Item | undefined, others: readonly Item[]): readonly string[] {
  if (root === undefined) return ['it does not exist'];
  const call = root['call'] as { status: string } | undefined;
  const below = (prefix: string) => others.filter(({ SK }) => String(SK).startsWith(prefix));
  const sequences = below('EVT#').map(({ SK }) => Number(String(SK).slice('EVT#'.length)));
  const refunds = below('RFD#');
  const sum = (...names: readonly string[]) =>
    names.reduce((total, name) => total + Number(root[name] ?? 0), 0);
  const accounted = sum('refundableMinor', 'refundPendingMinor', 'refundedMinor', 'lostMinor');
  const open = (status: unknown) => !['succeeded', 'failed'].includes(String(status));
  return [
    ...(call !== undefined && open(call.status) ? [`its call is ${call.status}`] : []),
    ...(root['activeOp'] === undefined ? [] : ['an operation is open']),
    ...[...below('OP#'), root['operation'] as Item | undefined].flatMap((operation) => {
      if (operation === undefined) return [];
      const { kind, status } = operation;
      return open(status) ? [`${String(kind)} is ${String(status)}`] : [];
    }),
    ...refunds.flatMap(({ status }) => (status === 'succeeded' ? [] : [`a refund is ${String(status)}`])),
    ...(accounted === sum('capturedMinor')
      ? []
      : [`${accounted} of ${sum('capturedMinor')} are accounted for`]),
    ...(sequences.join() === Array.from({ length: sum('seq') }, (_, index) => index + 1).join()
      ? []
      : [`its events are numbered ${sequences.join()} of ${sum('seq')}`]),
    ...((root['flags'] as readonly string[] | undefined) ?? []).map((flag) => `it is flagged ${flag}`),
  ];
}

/** A problem when two things that should be the same are not. */
export const differ = (what: string, is: unknown, wanted: unknown): readonly string[] =>
  JSON.stringify(is) === JSON.stringify(wanted)
    ? []
    : [`${what} is ${JSON.stringify(is)} instead of ${JSON.stringify(wanted)}`];
