import type { ScheduleSummary } from '#runtime/contract/schedule.ts';
import { type Cutting, cutting } from './cutting.ts';

/** Something that is asked of the provider, in an invocation that ends before it has written down the answer. */
export interface GapFlow<B, T> {
  readonly name: string;
  prepare(): Promise<T>;
  act(bench: B, one: T): Promise<unknown>;
  /** Everything that differs from what the provider has. */
  problemsOf(one: T): Promise<readonly string[]>;
}

/** A provider's side: what it has to say, and its clock. */
export interface Teller<B> {
  readonly bench: B & {
    with(parts: { readonly services: Cutting['services'] }): B;
    deliver(body: string): Promise<{ outcome: string }>;
    reconcile(schedule: 'due'): Promise<ScheduleSummary>;
  };
  /** Bodies of the events since the last look, the oldest first. */
  readonly fresh: () => Promise<readonly string[]>;
  readonly pass: (ms: number) => Promise<void>;
}

export interface GapsVisited {
  /** Events that were delivered while the answer was not written down yet. */
  readonly delivered: number;
  /** How many of them were answered so that the provider comes again. */
  readonly postponed: number;
  readonly problems: readonly string[];
}

const MINUTE_MS = 60_000;
/** The first look comes within a minute after the lock of the lost invocation has ended. */
const PAUSES_MS = [MINUTE_MS, 5 * MINUTE_MS, 20 * MINUTE_MS];

const comesAgain = (error: unknown): boolean => {
  const { name, status } = error as { name?: string; status?: number };
  return name === 'ProblemError' && (status === 503 || status === 409);
};

/**
 * Ends a flow before and after each of its calls, and delivers what the provider says of it in that very gap.
 * Nobody repeats the flow: what was answered with 503 or 409 is delivered again, and the reconciler runs.
 */
export async function visitGaps<B, T>(teller: Teller<B>, flow: GapFlow<B, T>): Promise<GapsVisited> {
  const { bench, fresh, pass } = teller;
  const problems: string[] = [];
  const attempt = async (where: string, body: string): Promise<boolean> => {
    try {
      await bench.deliver(body);
      return true;
    } catch (error) {
      if (!comesAgain(error)) problems.push(`${where}: ${String(error)}`);
      return false;
    }
  };
  const begin = async (where: string) => {
    const one = await flow.prepare();
    for (const body of await fresh()) await attempt(where, body);
    return one;
  };
  const rehearsal = await begin('prepared');
  const counting = cutting(0, false);
  await flow.act(bench.with(counting), rehearsal);
  const cases: { where: string; one: T; waiting: string[] }[] = [
    { where: 'undisturbed', one: rehearsal, waiting: [...(await fresh())] },
  ];
  let delivered = 0;
  for (let at = 1; at <= counting.state.calls; at += 1) {
    for (const after of [false, true]) {
      const where = `${after ? 'after' : 'before'} call ${at}`;
      const one = await begin(where);
      const invocation = cutting(at, after);
      await flow.act(bench.with(invocation), one).catch((error: Error) => {
        if (error.message !== 'crash') problems.push(`${where}: ${error.message}`);
      });
      if (!invocation.state.cut) problems.push(`${where}: the call was never made`);
      const waiting: string[] = [];
      for (const body of await fresh()) {
        delivered += 1;
        if (!(await attempt(where, body))) waiting.push(body);
      }
      cases.push({ where, one, waiting });
    }
  }
  const postponed = cases.slice(1).reduce((sum, { waiting }) => sum + waiting.length, 0);
  for (const pauseMs of PAUSES_MS) {
    await pass(pauseMs);
    await bench.reconcile('due');
    const more = await fresh();
    for (const one of cases) {
      const left: string[] = [];
      for (const body of one.waiting) if (!(await attempt(one.where, body))) left.push(body);
      one.waiting = left;
    }
    for (const body of more) await attempt('later', body);
  }
  for (const { where, one, waiting } of cases) {
    problems.push(...waiting.map((body) => `${where}: never taken: ${body.slice(0, 120)}`));
    problems.push(...(await flow.problemsOf(one)).map((problem) => `${where}: ${problem}`));
  }
  return { delivered, postponed, problems };
}
