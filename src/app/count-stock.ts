import type { Context } from '../context.ts';
import { type Gazetteer, loadGazetteer } from '../domain/gazetteer.ts';
import { areaOfNumber, type NumberArea } from '../domain/number-area.ts';
import type { NumberState } from '../domain/number-state.ts';
import type { PoolId } from '../domain/pool.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import { countStockSlice, type StockCount } from '../store/stock-count.ts';
import type { Store } from '../store/store.ts';

/** Numbers counted at a time: a millisecond or two, after which requests have their turn. */
const SLICE_NUMBERS = 2000;
/** A count is repeated when it is asked for and older than this. */
const FRESH_MS = 60_000;
/** Nobody waits longer than this for a count. */
const WAIT_MS_MAX = 2000;
/** How old the areas may be that somebody is shown. A count of ten million numbers takes well under a minute. */
export const AREAS_AGE_SECONDS_MAX = 300;

/** Numbers of a pool in a state. */
export type StateCount = Pick<StockCount, 'poolId' | 'state' | 'count'>;

/** Available numbers of a pool in an area. */
export interface AreaCount extends NumberArea {
  poolId: PoolId;
  count: number;
}

interface Totals {
  states: StateCount[];
  /** `undefined` when they were not wanted at the time. */
  areas: AreaCount[] | undefined;
  /** When it began, by the process's clock. */
  beganMs: number;
  beganAt: Timestamp;
}

/**
 * Counts the whole stock by pool and state, and by pool and area once somebody has asked for that, without
 * holding anybody up. One pass serves both. Numbers that change meanwhile are counted before or after their
 * change.
 */
export class StockCounter {
  readonly #context: Pick<Context, 'store' | 'log' | 'clock' | 'pools'>;
  readonly #nowMs: () => number;
  readonly #waitMs: number;
  #latest: Totals | undefined;
  #running: Promise<void> | undefined;
  #wantsAreas = false;

  /** @param options.nowMs tells the age of a count: real time, whatever the application's clock says. */
  constructor(
    context: Pick<Context, 'store' | 'log' | 'clock' | 'pools'>,
    options: { nowMs?: () => number; waitMs?: number } = {},
  ) {
    this.#context = context;
    this.#nowMs = options.nowMs ?? (() => performance.now());
    this.#waitMs = options.waitMs ?? WAIT_MS_MAX;
  }

  /** The last count; a new one begins when it is old. */
  async states(): Promise<readonly StateCount[]> {
    this.#renew();
    if (this.#latest === undefined) await atMost(this.#waitMs, this.#running);
    return this.#latest?.states ?? [];
  }

  /**
   * Available numbers by pool and area, and when that count began.
   * @returns `undefined` when there is none of the last AREAS_AGE_SECONDS_MAX, and a new one takes longer
   * than anybody should wait.
   */
  async areas(): Promise<{ areas: readonly AreaCount[]; asOf: Timestamp } | undefined> {
    this.#wantsAreas = true;
    this.#renew();
    // A pass that began without them has to end first.
    for (let pass = 0; pass < 2 && this.#usableAreas() === undefined; pass++) {
      await atMost(this.#waitMs / 2, this.#running);
      this.#renew();
    }
    return this.#usableAreas();
  }

  /** Infinity before the first count. */
  ageSeconds(): number {
    if (this.#latest === undefined) return Number.POSITIVE_INFINITY;
    return (this.#nowMs() - this.#latest.beganMs) / 1000;
  }

  #usableAreas(): { areas: readonly AreaCount[]; asOf: Timestamp } | undefined {
    const areas = this.#latest?.areas;
    if (this.#latest === undefined || areas === undefined) return undefined;
    if (this.ageSeconds() > AREAS_AGE_SECONDS_MAX) return undefined;
    return { areas, asOf: this.#latest.beganAt };
  }

  #renew(): void {
    const isFresh = this.ageSeconds() * 1000 <= FRESH_MS;
    const isComplete = !this.#wantsAreas || this.#latest?.areas !== undefined;
    if (this.#running !== undefined || (isFresh && isComplete)) return;
    this.#running = this.#count().finally(() => {
      this.#running = undefined;
    });
  }

  async #count(): Promise<void> {
    const beganMs = this.#nowMs();
    const beganAt = this.#context.clock.now();
    try {
      const tally = this.#wantsAreas ? await this.#makeAreaTally() : undefined;
      const states = await countStock(this.#context.store, tally);
      this.#latest = { states, areas: tally?.list(), beganMs, beganAt };
    } catch (error) {
      this.#context.log.warn({ err: error }, 'the stock could not be counted');
    }
  }

  async #makeAreaTally(): Promise<AreaTally> {
    return new AreaTally(await loadGazetteer(), await this.#context.pools.current());
  }
}

/** All numbers by pool and state; `tally` gets the available ones of each slice. */
export async function countStock(
  store: Store,
  tally?: { add(count: StockCount): void },
): Promise<StateCount[]> {
  const totals = new Map<string, StateCount>();
  for (let after: string | undefined = ''; after !== undefined;) {
    const from: string = after;
    const slice = await store.readRecent((db) => countStockSlice(db, from, SLICE_NUMBERS));
    for (const each of slice.counts) {
      addTo(totals, each);
      if (each.state === 'AVAILABLE') tally?.add(each);
    }
    after = slice.last;
    await new Promise(setImmediate);
  }
  return [...totals.values()];
}

function addTo(totals: Map<string, StateCount>, count: StockCount): void {
  const { poolId, state }: { poolId: PoolId; state: NumberState } = count;
  const key = `${poolId} ${state}`;
  const total = totals.get(key);
  if (total === undefined) totals.set(key, { poolId, state, count: count.count });
  else total.count += count.count;
}

/** Available numbers by pool and area. There are as many sums as the data has places, however many numbers. */
class AreaTally {
  readonly #gazetteer: Gazetteer;
  readonly #pools: Awaited<ReturnType<Context['pools']['current']>>;
  readonly #sums = new Map<string, AreaCount>();

  constructor(gazetteer: Gazetteer, pools: Awaited<ReturnType<Context['pools']['current']>>) {
    this.#gazetteer = gazetteer;
    this.#pools = pools;
  }

  add({ poolId, head, count }: StockCount): void {
    const pool = this.#pools.byId(poolId);
    // Made a moment ago; the next count will know it.
    if (pool === undefined) return;
    const area = areaOfNumber(this.#gazetteer, pool, head);
    const key = `${poolId}|${area.areaCode}|${area.locality}|${area.administrativeArea}`;
    const sum = this.#sums.get(key);
    if (sum === undefined) this.#sums.set(key, { ...area, poolId, count });
    else sum.count += count;
  }

  list(): AreaCount[] {
    return [...this.#sums.values()];
  }
}

async function atMost(milliseconds: number, work: Promise<void> | undefined): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([work, timeout]);
  clearTimeout(timer);
}
