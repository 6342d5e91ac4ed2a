import { setTimeout as sleep } from 'node:timers/promises';
import type { Json } from '#testing/client.ts';
import { type LocalSystem, until } from './local-system.ts';

/** One call of a function, and the side of it on which the process dies. */
export interface Point {
  readonly target: 'aws' | 'provider';
  /** From 1, counted per target. */
  readonly n: number;
  readonly when: 'before' | 'after';
  /** The call as people know it, `PutItem` or `POST /v1/payment_intents`. */
  readonly call: string;
}

/** For crashes that are only means to an end. */
export const ANY_CALL = 'any';

const WARM_MAX = 12;
const PLAYED_WITHIN_MS = 10_000;
const QUIET_MS = 1_000;

export const textOf = ({ target, n, when, call }: Point): string => `${when} ${target} call ${n} (${call})`;

/**
 * Kills the function's process at a point of what `act` sets off.
 * @returns which call was hit instead, or nothing when it was this one
 */
export async function crashAt(
  system: LocalSystem,
  functionName: string,
  { target, n, when, call }: Point,
  act: () => Promise<unknown>,
): Promise<string | undefined> {
  await system.dev('POST', '/faults', { function: functionName, kind: 'crash', call: { target, n, when } });
  await act();
  const played = await until(
    () => system.dev('GET', '/faults'),
    ({ faults }) => faults.length === 0,
    PLAYED_WITHIN_MS,
    10,
  );
  if (played === undefined) {
    await system.dev('DELETE', '/faults');
    return 'the call was never made';
  }
  const { awsCalls, providerCalls } = await endedInvocation(system, functionName);
  const calls: readonly string[] = target === 'aws' ? awsCalls : providerCalls;
  const hit = shortened(calls[n - 1] ?? 'none');
  // Of two calls at the same time the second has left when the answer to the first kills the process.
  const isLast = when === 'after' || calls.length === n;
  return call === ANY_CALL || (isLast && hit === call) ? undefined : `${hit} was hit instead`;
}

/** Ends every warm process of a function by calls that `act` makes: the next call starts a new one. */
export async function cool(
  system: LocalSystem,
  functionName: string,
  act: () => Promise<unknown>,
): Promise<void> {
  const first = { target: 'aws', n: 1, when: 'before', call: ANY_CALL } as const;
  for (let tries = 0; tries < WARM_MAX; tries += 1) {
    await crashAt(system, functionName, first, act);
    if ((await endedInvocation(system, functionName)).coldStart === true) return;
  }
  throw new Error(`${functionName} has more than ${WARM_MAX} processes`);
}

/** Waits until nothing that happened before has a function run any more. */
export async function quiet(system: LocalSystem, functionName: string): Promise<void> {
  for (let last: unknown, next: unknown = 'none'; last !== next;) {
    last = next;
    await sleep(QUIET_MS);
    next = (await lastInvocation(system, functionName))?.id;
  }
}

/** Runs `act` and tells every call that the function then made, once before and once after it. */
export async function pointsOf(
  system: LocalSystem,
  functionName: string,
  act: () => Promise<unknown>,
): Promise<readonly Point[]> {
  const before = (await lastInvocation(system, functionName))?.id;
  await act();
  const ended = await endedInvocation(system, functionName, before);
  const of = (target: Point['target'], calls: readonly string[]) =>
    calls.flatMap((call, index) =>
      (['before', 'after'] as const).map((when) => ({ target, n: index + 1, when, call: shortened(call) })),
    );
  return [...of('aws', ended.awsCalls), ...of('provider', ended.providerCalls)];
}

async function lastInvocation(system: LocalSystem, functionName: string): Promise<Json> {
  const full = `anineeplus-local-${functionName.replace('/', '-')}`;
  return (await system.dev('GET', `/invocations?function=${full}`)).invocations.at(-1);
}

/** The last invocation of a function, once it has ended; `before` is the id of one that is not meant. */
async function endedInvocation(system: LocalSystem, functionName: string, before?: string): Promise<Json> {
  const ended = await until(
    () => lastInvocation(system, functionName),
    (record) => record !== undefined && record.id !== before && record.status !== 'running',
    PLAYED_WITHIN_MS,
    10,
  );
  if (ended === undefined) throw new Error(`${functionName} was not invoked`);
  return ended;
}

/** `DynamoDB_20120810.GetItem` -> `GetItem`; addresses lose their origin, ids their digits. */
const shortened = (call: string): string =>
  call
    .replace(/^[\w.]+\.(\w+)$/, '$1')
    .replace(/https?:\/\/[^/]+/, '')
    .replace(/\b(pi|re|du|ch)_\w+/, '$1_…');
