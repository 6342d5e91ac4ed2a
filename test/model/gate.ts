import { AsyncLocalStorage } from 'node:async_hooks';

/** Lets flows that run at once take their steps one at a time, in an order that the caller decides. */
export interface Gate {
  /** Runs flows together until all have ended; `picks` choose, whenever all wait, who takes the next step. */
  run<T>(flows: readonly (() => Promise<T>)[], picks: readonly number[]): Promise<PromiseSettledResult<T>[]>;
  /** One step of a flow. Outside of `run` it is just done. */
  step<T>(work: () => Promise<T>): Promise<T>;
}

interface Waiting {
  readonly flow: number;
  start(): void;
}

interface Round {
  live: number;
  taken: number;
  readonly waiting: Waiting[];
  readonly picks: readonly number[];
}

/**
 * A gate in front of everything that flows share. Whatever a flow does between two steps is its own business, so
 * the order of the steps is the whole interleaving, and the same picks give the same one.
 */
export function createGate(): Gate {
  const current = new AsyncLocalStorage<{ readonly round: Round; readonly flow: number }>();

  const proceed = (round: Round): void => {
    if (round.waiting.length === 0 || round.waiting.length < round.live) return;
    round.waiting.sort((a, b) => a.flow - b.flow);
    const pick = round.picks[round.taken % round.picks.length] ?? 0;
    round.taken += 1;
    round.waiting.splice(pick % round.waiting.length, 1)[0]?.start();
  };

  return {
    run(flows, picks) {
      const round: Round = { live: flows.length, taken: 0, waiting: [], picks };
      const started = flows.map((flow, index) =>
        current
          .run({ round, flow: index }, async () => flow())
          .finally(() => {
            round.live -= 1;
            proceed(round);
          }),
      );
      return Promise.allSettled(started);
    },
    step(work) {
      const inside = current.getStore();
      if (inside === undefined) return work();
      return new Promise((resolve, reject) => {
        inside.round.waiting.push({ flow: inside.flow, start: () => void work().then(resolve, reject) });
        proceed(inside.round);
      });
    },
  };
}
