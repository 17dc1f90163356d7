import type { Context } from '../context.ts';
import { countStockSlice, type StockCount } from '../store/number.ts';

/** Numbers counted at a time: some milliseconds, after which requests have their turn. */
const SLICE_NUMBERS = 20_000;
/** A count is repeated when it is asked for and older than this. */
const MAX_AGE_MS = 60_000;
/** A first caller waits no longer than this for the first count. */
const FIRST_WAIT_MS = 2000;

/** Counts the whole stock by pool and state without holding anybody up. */
export class StockCounter {
  readonly #context: Pick<Context, 'store' | 'log'>;
  #latest: StockCount[] = [];
  #countedAt: number | undefined;
  #running: Promise<void> | undefined;

  constructor(context: Pick<Context, 'store' | 'log'>) {
    this.#context = context;
  }

  /** The last count; a new one begins when it is old. */
  async latest(): Promise<readonly StockCount[]> {
    if (this.#running === undefined && this.ageSeconds() * 1000 > MAX_AGE_MS) {
      this.#running = this.#count().finally(() => {
        this.#running = undefined;
      });
    }
    if (this.#countedAt === undefined) await atMost(FIRST_WAIT_MS, this.#running);
    return this.#latest;
  }

  /** Infinity before the first count. */
  ageSeconds(): number {
    if (this.#countedAt === undefined) return Number.POSITIVE_INFINITY;
    return (performance.now() - this.#countedAt) / 1000;
  }

  async #count(): Promise<void> {
    const startedAt = performance.now();
    try {
      this.#latest = await countStock(this.#context.store);
      this.#countedAt = startedAt;
    } catch (error) {
      this.#context.log.warn({ err: error }, 'the stock could not be counted');
    }
  }
}

/** All numbers by pool and state. Numbers that change meanwhile are counted before or after their change. */
export async function countStock(store: Context['store']): Promise<StockCount[]> {
  const totals = new Map<string, StockCount>();
  for (let after: string | undefined = ''; after !== undefined;) {
    const from: string = after;
    const slice = await store.readRecent((db) => countStockSlice(db, from, SLICE_NUMBERS));
    for (const { poolId, state, count } of slice.counts) {
      const key = `${poolId} ${state}`;
      const total = totals.get(key) ?? { poolId, state, count: 0 };
      totals.set(key, { ...total, count: total.count + count });
    }
    after = slice.last;
    await new Promise(setImmediate);
  }
  return [...totals.values()];
}

async function atMost(milliseconds: number, work: Promise<void> | undefined): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([work, timeout]);
  clearTimeout(timer);
}
