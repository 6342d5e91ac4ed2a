import { setTimeout as sleep } from 'node:timers/promises';
import type { TestInvocation, TestPlatform } from '#testing/index.ts';

/** What clients made a system do: the functions that they started, and those that these called. */
export interface Effects {
  readonly invocations: readonly TestInvocation[];
  readonly providerCalls: readonly string[];
  /** Calls of AWS that change something. */
  readonly writes: readonly string[];
}

/** The system keeps no more invocations than this. */
const KEPT_MAX = 500;
const QUIET_MS = 750;
const SETTLED_WITHIN_MS = 30_000;

const WRITES = /\.(Put|Update|Delete|TransactWrite|BatchWrite|Send|Create)/;

export const nothing: Effects = { invocations: [], providerCalls: [], writes: [] };

/**
 * Does something, and tells what it made the system do.
 * @param triggers how those functions are started that count; a provider's delivery is one of nobody here
 * @throws Error when it did more than can be known
 */
export async function effectsOf(
  { invocations: runs }: TestPlatform,
  act: () => Promise<unknown>,
  triggers: readonly TestInvocation['trigger'][] = ['http', 'invoke'],
): Promise<Effects> {
  const known = new Set((await runs.list()).map(({ id }) => id));
  await act();
  const fresh = (await runs.list()).filter(({ id }) => !known.has(id));
  if (fresh.length >= KEPT_MAX) throw new Error('more was invoked than the system remembers');
  const invocations = fresh.filter(({ trigger }) => triggers.includes(trigger));
  return {
    invocations,
    providerCalls: invocations.flatMap(({ providerCalls }) => providerCalls),
    writes: invocations.flatMap(({ awsCalls }) => awsCalls.filter((call) => WRITES.test(call))),
  };
}

/** Waits until the deliveries and events of what was made have been handled. */
export async function untilQuiet({ invocations }: TestPlatform): Promise<void> {
  const deadline = Date.now() + SETTLED_WITHIN_MS;
  let [seen, since] = [-1, Date.now()];
  while (Date.now() - since < QUIET_MS) {
    const runs = await invocations.list();
    const isQuiet = runs.length === seen && runs.every(({ status }) => status !== 'running');
    if (!isQuiet) [seen, since] = [runs.length, Date.now()];
    if (Date.now() > deadline) throw new Error('the system does not become quiet');
    await sleep(50);
  }
}
