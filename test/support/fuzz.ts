const times = Number(process.env['FUZZ'] ?? process.env['FUZZ_DEFAULT'] ?? 0);

/**
 * How a property is tried: a few times from a fixed seed, so that a run says the same every time, and with `FUZZ=<n>`
 * n times as often from a seed of its own, which fast-check prints when something is found.
 */
export const fuzzed = (numRuns: number) =>
  times > 0 ? { numRuns: numRuns * times, endOnFailure: true } : { numRuns, seed: 11 };

/** How many times as often as in CI inputs are tried. */
export const fuzzFactor = times > 0 ? times : 1;
