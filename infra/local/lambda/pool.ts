import type { FunctionResource } from '../resources/lambda.ts';
import { type ExecutionEnvironment, InitError, type Outcome } from './environment.ts';
import type { NextEvent } from './runtime-api.ts';

/** An outcome with what only the pool knows. */
interface PoolOutcome extends Outcome {
  readonly coldStart: boolean;
  /** Time in the handler, without waiting and init. */
  readonly durationMs: number;
}

/** New code that has been loaded. */
export interface PreparedSwap {
  /** New events go to the new code; the old environments end after their current event. */
  commit(): void;
  /** Ends the new environment; the old ones go on. */
  discard(): void;
}

/** The environments of one function. */
export interface Pool {
  readonly definition: FunctionResource;
  /** Environments that get events. */
  readonly size: number;
  /** Since when the longest idle one of them waits; undefined without one. */
  readonly idleSinceMs: number | undefined;
  /** Ends that one. */
  endIdle(): void;
  run(eventFor: () => NextEvent): Promise<PoolOutcome>;
  /** @throws InitError when the new code does not load */
  prepare(definition: FunctionResource): Promise<PreparedSwap>;
  /** Takes a new definition without trying it first. */
  replace(definition: FunctionResource): void;
  /** Ends every environment; settles when all of them have ended. */
  stop(): Promise<void>;
}

/** The function of a pool, and how an environment for it is started. */
interface PoolOptions {
  readonly definition: FunctionResource;
  /** Environments at once; more events wait for one of them. */
  readonly environmentsMax: number;
  readonly start: (definition: FunctionResource, onChange: () => void) => ExecutionEnvironment;
}

interface Waiting {
  readonly eventFor: () => NextEvent;
  readonly resolve: (outcome: PoolOutcome) => void;
}

/** The environments that get events, and those that end after their current one. */
interface PoolEnvironments {
  active: Set<ExecutionEnvironment>;
  readonly retired: Set<ExecutionEnvironment>;
  /** Have answered and ask for their next event in a moment. */
  readonly answered: Map<ExecutionEnvironment, NodeJS.Timeout>;
}

/** What works on for longer after an answer is busy. */
const ASKS_AGAIN_WITHIN_MS = 1_000;

/** Keeps warm environments for one function and starts more while events wait. */
export function createPool({ definition: initial, environmentsMax, start }: PoolOptions): Pool {
  const environments: PoolEnvironments = { active: new Set(), retired: new Set(), answered: new Map() };
  const queue: Waiting[] = [];
  let definition = initial;
  let stopped = false;

  function dispatch(): void {
    removeEnded(environments);
    for (const environment of environments.active) {
      if (environment.state !== 'idle') continue;
      const next = queue.shift();
      if (next === undefined) return;
      environments.answered.delete(environment);
      void runIn(environment, next, () => noteAnswer(environments, environment, dispatch));
    }
    if (stopped) return;
    let coming = countComing(environments);
    for (; queue.length > coming && environments.active.size < environmentsMax; coming += 1) startAnother();
  }

  function startAnother(): void {
    const environment = start(definition, dispatch);
    environments.active.add(environment);
    environment.ready.catch((error: unknown) => {
      if (!environments.active.delete(environment)) return;
      // Each failed start fails one event, so that a function that cannot load answers instead of waiting.
      const payload = error instanceof InitError ? error.document : Buffer.from('null');
      queue.shift()?.resolve({ status: 'init-error', payload, coldStart: true, durationMs: 0 });
      dispatch();
    });
  }

  return {
    get definition() {
      return definition;
    },
    get size() {
      return environments.active.size;
    },
    get idleSinceMs() {
      return longestIdle(environments)?.idleSinceMs;
    },
    endIdle: () => endIdle(environments),
    run: (eventFor) =>
      new Promise((resolve) => {
        queue.push({ eventFor, resolve });
        dispatch();
      }),
    async prepare(next) {
      const environment = start(next, dispatch);
      await environment.ready;
      return {
        commit() {
          retireAll(environments);
          definition = next;
          environments.active.add(environment);
          dispatch();
        },
        discard: () => environment.end(),
      };
    },
    replace(next) {
      retireAll(environments);
      definition = next;
      dispatch();
    },
    async stop() {
      stopped = true;
      await endAll([...environments.active, ...environments.retired]);
    },
  };
}

/** Runs one event in an environment. The duration is measured from here, as on Lambda. */
async function runIn(
  environment: ExecutionEnvironment,
  { eventFor, resolve }: Waiting,
  onAnswer: () => void,
): Promise<void> {
  const coldStart = environment.served === 0;
  const startedAt = performance.now();
  const outcome = await environment.run(eventFor());
  onAnswer();
  resolve({ ...outcome, coldStart, durationMs: Math.round(performance.now() - startedAt) });
}

function noteAnswer(
  { answered }: PoolEnvironments,
  environment: ExecutionEnvironment,
  dispatch: () => void,
): void {
  if (environment.state !== 'busy') return;
  const timer = setTimeout(() => {
    // It may have answered another event since.
    if (answered.get(environment) === timer && answered.delete(environment)) dispatch();
  }, ASKS_AGAIN_WITHIN_MS).unref();
  answered.set(environment, timer);
}

/** Environments that are about to take an event: a caller may be quicker than the one that has just answered it. */
function countComing({ active, answered }: PoolEnvironments): number {
  for (const environment of answered.keys()) if (environment.state !== 'busy') answered.delete(environment);
  return [...active].filter((one) => one.state === 'starting' || answered.has(one)).length;
}

/** Removes environments that have ended, and ends retired ones that are idle. */
function removeEnded({ active, retired }: PoolEnvironments): void {
  for (const environment of active) if (environment.state === 'dead') active.delete(environment);
  for (const environment of retired) {
    if (environment.state === 'idle') environment.end();
    if (environment.state === 'dead') retired.delete(environment);
  }
}

function longestIdle({ active }: PoolEnvironments): ExecutionEnvironment | undefined {
  const idle = [...active].filter(({ idleSinceMs }) => idleSinceMs !== undefined);
  return idle.sort((a, b) => (a.idleSinceMs ?? 0) - (b.idleSinceMs ?? 0))[0];
}

function endIdle(environments: PoolEnvironments): void {
  const environment = longestIdle(environments);
  if (environment === undefined) return;
  environments.active.delete(environment);
  environment.end();
}

async function endAll(environments: readonly ExecutionEnvironment[]): Promise<void> {
  for (const environment of environments) environment.end();
  await Promise.all(environments.map(({ ended }) => ended));
}

function retireAll(environments: PoolEnvironments): void {
  for (const environment of environments.active) {
    if (environment.state === 'starting') environment.end();
    else environments.retired.add(environment);
  }
  environments.active = new Set();
}
