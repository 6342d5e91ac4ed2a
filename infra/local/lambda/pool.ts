import type { FunctionResource } from '../resources/lambda.ts';
import { type Environment, InitError, type Outcome } from './environment.ts';
import type { NextEvent } from './runtime-api.ts';

/** An outcome with what only the pool knows. */
export interface PoolOutcome extends Outcome {
  readonly coldStart: boolean;
  /** Time in the handler; waiting and init are not in it. */
  readonly durationMs: number;
}

/** New code that has proved that it loads. */
export interface PreparedSwap {
  /** New events go to the new code; the old environments finish what they do, then end. */
  commit(): void;
  /** Ends the new environment; the old ones were never disturbed. */
  discard(): void;
}

/** The environments of one function. */
export interface Pool {
  readonly definition: FunctionResource;
  /** Whether any environment runs. */
  readonly warm: boolean;
  run(eventFor: () => NextEvent): Promise<PoolOutcome>;
  /** @throws InitError when the new code does not load */
  prepare(definition: FunctionResource): Promise<PreparedSwap>;
  /** Takes a new definition without trying it first. */
  replace(definition: FunctionResource): void;
  stop(): void;
}

export interface PoolOptions {
  readonly definition: FunctionResource;
  /** Environments at once; more events wait for one of them. */
  readonly environmentsMax: number;
  readonly start: (definition: FunctionResource, onChange: () => void) => Environment;
}

interface Waiting {
  readonly eventFor: () => NextEvent;
  readonly resolve: (outcome: PoolOutcome) => void;
}

/** The environments that get events, and those that only finish what they do. */
interface Crew {
  active: Set<Environment>;
  readonly retired: Set<Environment>;
}

/** Keeps warm environments for one function and starts more while events wait. */
export function createPool({ definition: initial, environmentsMax, start }: PoolOptions): Pool {
  const crew: Crew = { active: new Set(), retired: new Set() };
  const queue: Waiting[] = [];
  let definition = initial;
  let stopped = false;

  function dispatch(): void {
    sweep(crew);
    for (const environment of crew.active) {
      if (environment.state !== 'idle') continue;
      const next = queue.shift();
      if (next === undefined) return;
      void give(environment, next);
    }
    if (stopped) return;
    let starting = [...crew.active].filter(({ state }) => state === 'starting').length;
    while (queue.length > starting && crew.active.size < environmentsMax) {
      grow();
      starting += 1;
    }
  }

  function grow(): void {
    const environment = start(definition, dispatch);
    crew.active.add(environment);
    environment.ready.catch((error: unknown) => {
      if (!crew.active.delete(environment)) return;
      // One event pays for each failed start, so that a function that cannot load answers instead of waiting.
      const payload = error instanceof InitError ? error.document : Buffer.from('null');
      queue.shift()?.resolve({ status: 'init-error', payload, coldStart: true, durationMs: 0 });
      dispatch();
    });
  }

  return {
    get definition() {
      return definition;
    },
    get warm() {
      return crew.active.size > 0;
    },
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
          retireAll(crew);
          definition = next;
          crew.active.add(environment);
          dispatch();
        },
        discard: () => environment.kill(),
      };
    },
    replace(next) {
      retireAll(crew);
      definition = next;
      dispatch();
    },
    stop() {
      stopped = true;
      for (const environment of [...crew.active, ...crew.retired]) environment.kill();
    },
  };
}

/** Hands over one event. The handler's own time starts here, as on Lambda. */
async function give(environment: Environment, { eventFor, resolve }: Waiting): Promise<void> {
  const coldStart = environment.served === 0;
  const startedAt = performance.now();
  const outcome = await environment.run(eventFor());
  resolve({ ...outcome, coldStart, durationMs: Math.round(performance.now() - startedAt) });
}

/** Forgets the dead and ends the retired that have finished. */
function sweep({ active, retired }: Crew): void {
  for (const environment of active) if (environment.state === 'dead') active.delete(environment);
  for (const environment of retired) {
    if (environment.state === 'idle') environment.kill();
    if (environment.state === 'dead') retired.delete(environment);
  }
}

function retireAll(crew: Crew): void {
  for (const environment of crew.active) {
    if (environment.state === 'starting') environment.kill();
    else crew.retired.add(environment);
  }
  crew.active = new Set();
}
