/** What one kind of load was given and how it took it. */
export interface Measured {
  readonly name: string;
  readonly requests: number;
  /** Answers other than the expected one, by what they were. */
  readonly errors: ReadonlyMap<string, number>;
  readonly seconds: number;
  /** Milliseconds of each request, ascending. */
  readonly latenciesMs: readonly number[];
  /** Work that was not begun because the time was up. */
  readonly left: number;
}

export interface Load<T> {
  readonly name: string;
  readonly work: readonly T[];
  readonly concurrency: number;
  readonly timeMaxMs: number;
  /** Does one piece of work. @returns undefined when it went as it must, else what happened instead */
  readonly send: (piece: T) => Promise<string | undefined>;
}

/** A closed loop: so many clients, each of which sends when it has its answer, until work or time is used up. */
export async function drive<T>({ name, work, concurrency, timeMaxMs, send }: Load<T>): Promise<Measured> {
  const latenciesMs: number[] = [];
  const errors = new Map<string, number>();
  const startedAt = performance.now();
  let next = 0;
  const client = async (): Promise<void> => {
    while (next < work.length && performance.now() - startedAt < timeMaxMs) {
      const piece = work[next] as T;
      next += 1;
      const sentAt = performance.now();
      const wrong = await send(piece).catch((error: unknown) => String(error));
      latenciesMs.push(performance.now() - sentAt);
      if (wrong !== undefined) errors.set(wrong, (errors.get(wrong) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, client));
  return {
    name,
    requests: latenciesMs.length,
    errors,
    seconds: (performance.now() - startedAt) / 1000,
    latenciesMs: latenciesMs.sort((a, b) => a - b),
    left: work.length - next,
  };
}

/** The smallest of ascending latencies that `share` of all requests did not exceed (nearest rank). */
export function percentileMs(latenciesMs: readonly number[], share: number): number {
  return latenciesMs[Math.max(0, Math.ceil(latenciesMs.length * share) - 1)] ?? Number.NaN;
}

/** In an order that has nothing to do with the one given. */
export function shuffled<T>(items: readonly T[]): T[] {
  const mixed = [...items];
  for (let i = mixed.length - 1; i > 0; i -= 1) {
    const j = Math.floor(Math.random() * (i + 1));
    [mixed[i], mixed[j]] = [mixed[j] as T, mixed[i] as T];
  }
  return mixed;
}
