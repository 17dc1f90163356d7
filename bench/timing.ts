/** How long something takes, in milliseconds. */
export interface Timing {
  p50Ms: number;
  p99Ms: number;
}

/** No kind of thing is measured for longer, unless it is too seldom for a percentile then. */
const MEASURED_MS_MAX = 3000;
const ROUNDS_MIN = 100;

/**
 * Does something again and again, up to so many rounds.
 * @param warmUp rounds that are not counted, for compilers and caches
 */
export async function timeRounds(
  rounds: number,
  warmUp: number,
  work: () => Promise<unknown>,
): Promise<Timing> {
  const times: number[] = [];
  for (let round = 0; round < warmUp; round++) await work();
  const endAt = performance.now() + MEASURED_MS_MAX;
  while (times.length < rounds && (times.length < ROUNDS_MIN || performance.now() < endAt)) {
    const startedAt = performance.now();
    await work();
    times.push(performance.now() - startedAt);
  }
  times.sort((a, b) => a - b);
  return { p50Ms: quantile(times, 0.5), p99Ms: quantile(times, 0.99) };
}

const NOISE_ROUNDS = 5000;
const NOISE_LOOP = 100_000;

/** How long the same small piece of computing takes: what a machine does to a p99 when nothing else does. */
export function measureNoise(): Promise<Timing> {
  let sum = 0;
  return timeRounds(NOISE_ROUNDS, NOISE_ROUNDS / 10, async () => {
    for (let i = 0; i < NOISE_LOOP; i++) sum = (sum * 31 + i) | 0;
  });
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** The one in the middle. */
export function median(values: readonly number[]): number {
  return quantile(
    values.toSorted((a, b) => a - b),
    0.5,
  );
}

/** The same chances in every run: a small generator of our own. @returns whole numbers below a limit. */
export function createRandom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    // xorshift32
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}
