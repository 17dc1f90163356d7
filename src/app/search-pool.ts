import type { Context } from '../context.ts';
import { excludedBeginning, matchesFilter, type NumberFilter } from '../domain/number-filter.ts';
import { rangesOf } from '../domain/number-ranges.ts';
import { type E164, reverseDigits } from '../domain/phone-number.ts';
import type { Pool } from '../domain/pool.ts';
import { callingCode } from '../domain/region.ts';
import type { SearchPattern } from '../domain/search-pattern.ts';
import {
  type NumberShape,
  planSearch,
  type PrefixSet,
  ROWS_PER_RANGE,
} from '../domain/search-plan.ts';
import {
  scanAvailable,
  scanAvailableKeys,
  scanAvailablePrefixes,
  scanAvailablePrefixKeys,
  type SearchIndex,
} from '../store/number.ts';
import type { Reader } from '../store/store.ts';
import { rotated } from './rotated.ts';
import { SearchWork } from './search-work.ts';

/** How many prefixes one statement gets: about half a millisecond on SQLite, which does nothing else meanwhile. */
const PREFIXES_PER_STATEMENT = 250;
/** How many rows one statement reads where not every row is a match; for the same reason. */
const ROWS_PER_STATEMENT = 1000;
/** The first such statement reads so many times what it is expected to need, and a few more. */
const ROWS_TO_SPARE = 2;
/** Where a statement brought too little, the next one reads so many times more. */
const ROWS_GROWTH = 4;
/** With more ranges than this, each is so small that it does not matter with which a search begins. */
const RANGES_COMPARED_MAX = 100;
/** Where fewer matches are, what is found behind any place is as random as the place. */
const PLACES_TRIED_MAX = 8;
/** Where so many rows hold one match or fewer, a range is perhaps small enough to be read at once. */
const SPARSE_ROWS_PER_MATCH = 100;
/** Before a set that costs more than so many ranges is asked, what is small is looked through instead. */
const RANGES_BEFORE_LOOKING_THROUGH = 200;
/** A pool, or the numbers of a place in it, is small with at most this many available numbers. */
const SMALL_POOL_NUMBERS = 4000;

/**
 * Up to `size` available numbers of one pool that match, and all of them where there are no more.
 * `docs/search.md` tells the method and its cost.
 * @param work when it is spent the search ends, with what it has by then.
 */
export async function searchPool(
  context: Context,
  db: Reader,
  pool: Pool,
  filter: NumberFilter,
  size: number,
  work: SearchWork = new SearchWork(Number.POSITIVE_INFINITY),
): Promise<E164[]> {
  const places = filter.prefixes && placesWithin(pool, filter.prefixes);
  if (places?.length === 0) return [];
  const patterns = filter.patterns.length === 0 ? [undefined] : filter.patterns;
  const found = new Set<E164>();
  for (const pattern of rotated(patterns, context.ids)) {
    const search = new PatternSearch(context, db, pool, { filter, places, pattern, size, work });
    await search.findInto(found);
    if (found.size >= size || work.isSpent) break;
  }
  return [...found].slice(0, size);
}

/** The beginnings that are asked for, as far as the pool has them. */
function placesWithin(pool: Pool, prefixes: readonly string[]): readonly string[] | undefined {
  const whole = wholePool(pool);
  const within = prefixes.flatMap((prefix) => {
    if (prefix.startsWith(whole)) return prefix;
    return whole.startsWith(prefix) ? whole : [];
  });
  const distinct = rangesOf({ prefixes: within, patterns: [], excluded: [] }).prefixes;
  return distinct[0] === whole ? undefined : distinct;
}

/** The prefix that all of a pool's numbers have. Without a known calling code there are only more ranges. */
function wholePool(pool: Pool): string {
  return `+${callingCode(pool.regionCode) ?? ''}`;
}

interface Wanted {
  filter: NumberFilter;
  places: readonly string[] | undefined;
  pattern: SearchPattern | undefined;
  size: number;
  work: SearchWork;
}

/** A search for one pattern in one pool. */
class PatternSearch {
  readonly #context: Context;
  readonly #db: Reader;
  readonly #pool: Pool;
  readonly #wanted: Wanted;
  /** Whether every number of the ranges that are asked is a match. */
  readonly #isExact: boolean;

  constructor(context: Context, db: Reader, pool: Pool, wanted: Wanted) {
    this.#context = context;
    this.#db = db;
    this.#pool = pool;
    this.#wanted = wanted;
    this.#isExact =
      wanted.places === undefined &&
      wanted.filter.excluded.length === 0 &&
      wanted.pattern?.digits.includes('*') !== true;
  }

  /** Asks the ranges of the plan, the cheapest first, until there are enough. */
  async findInto(found: Set<E164>): Promise<void> {
    const { pattern, places, size } = this.#wanted;
    const { digitsMin, digitsMax, regionCode } = this.#pool;
    const shape: NumberShape = {
      callingCode: callingCode(regionCode) ?? '',
      digitsMin,
      digitsMax,
      places,
    };
    let isLookedThrough = false;
    for (const set of planSearch(pattern, shape, size)) {
      if (
        set.cost > RANGES_BEFORE_LOOKING_THROUGH &&
        !set.isEverything &&
        pattern?.position === 'CONTAINS' &&
        !isLookedThrough
      ) {
        const all = await this.#lookThroughSmall(places, set.cost);
        if (all !== undefined) return this.#addAround(all, found);
        isLookedThrough = true;
      }
      await this.#askSet(set, found);
      if (this.#isDone(found)) return;
    }
  }

  #isDone(found: Set<E164>): boolean {
    return found.size >= this.#wanted.size || this.#wanted.work.isSpent;
  }

  async #askSet(set: PrefixSet, found: Set<E164>): Promise<void> {
    const isContains = this.#wanted.pattern?.position === 'CONTAINS' && !set.isEverything;
    const first = isContains ? this.#context.ids.below(set.count) : this.#pickRange(set);
    let asked = 0;
    if (!isContains && set.rowsPerMatch <= SPARSE_ROWS_PER_MATCH) {
      // These ranges are few or long: not always the beginning of one.
      const prefix = set.prefixAt(first);
      add(await this.#scanAround(set.index, prefix, set.rowsPerMatch), found);
      asked = 1;
    }
    while (asked < set.count && !this.#isDone(found)) {
      const length = Math.min(PREFIXES_PER_STATEMENT, set.count - asked);
      const from = first + asked;
      const prefixes = Array.from({ length }, (_, i) => set.prefixAt((from + i) % set.count));
      await this.#askRanges(set, prefixes, found, this.#rowsFor(set.rowsPerMatch));
      asked += length;
    }
  }

  /** Where in a set to begin: ranges that can be told apart by how much they hold are. */
  #pickRange(set: PrefixSet): number {
    const { ids, places } = this.#context;
    if (set.count > RANGES_COMPARED_MAX) return ids.below(set.count);
    const prefixes = Array.from({ length: set.count }, (_, i) => set.prefixAt(i));
    return places.pickRange(set.index, this.#pool, prefixes);
  }

  /** Asks several ranges at once. Where that are too many rows for one statement, it asks in halves. */
  async #askRanges(
    set: PrefixSet,
    prefixes: readonly string[],
    found: Set<E164>,
    rowsMax: number,
  ): Promise<void> {
    const { work } = this.#wanted;
    const ask = () => this.#scanPrefixes(set.index, prefixes, rowsMax);
    const rows = await work.ask(ask, prefixes.length);
    const isCut = rows.length === rowsMax;
    const long =
      isCut && (prefixes.length === 1 || !this.#isExact) ? rangeOf(rows, prefixes) : undefined;
    if (long !== undefined) {
      // A single range with enough in it: not always its beginning.
      add(await this.#scanAround(set.index, long, set.rowsPerMatch), found);
      const others = prefixes.filter((prefix) => prefix !== long);
      if (others.length === 0 || this.#isDone(found)) return;
      return this.#askRanges(set, others, found, rowsMax);
    }
    const matches = this.#matching(rows);
    add(this.#isExact ? matches : rotated(matches, this.#context.ids), found);
    if (!isCut || this.#isDone(found)) return;
    const middle = Math.ceil(prefixes.length / 2);
    await this.#askRanges(set, prefixes.slice(0, middle), found, ROWS_PER_STATEMENT);
    if (this.#isDone(found)) return;
    await this.#askRanges(set, prefixes.slice(middle), found, ROWS_PER_STATEMENT);
  }

  /**
   * Behind a stretch without matches the first match would be found too often: by all searches that begin in
   * the stretch. So a place that is no match is left for another one, a few times.
   */
  async #pickPlace(
    index: SearchIndex,
    prefix: string,
    rowsPerMatch: number,
  ): Promise<string | undefined> {
    const isSparse = rowsPerMatch > PLACES_TRIED_MAX;
    for (let tries = 1; ; tries++) {
      const key = await this.#context.places.pick(this.#db, index, this.#pool, prefix);
      const isLast = this.#isExact || isSparse || tries === PLACES_TRIED_MAX;
      if (key === undefined || isLast) return key;
      if (this.#matching([key]).length > 0) return key;
    }
  }

  /** Numbers of one range of an index, from a random place in it to its end and then from its beginning. */
  async #scanAround(index: SearchIndex, prefix: string, rowsPerMatch: number): Promise<E164[]> {
    const { size, work } = this.#wanted;
    const end = `${prefix}:`;
    const start = await this.#pickPlace(index, prefix, rowsPerMatch);
    if (start === undefined) return [];
    let rowsMax = this.#rowsFor(rowsPerMatch);
    let rows = await this.#scan(index, start, end, rowsMax);
    const found = this.#matching(rows);
    let below = end;
    for (;;) {
      const last = rows.length === rowsMax ? rows.at(-1) : undefined;
      let from = last === undefined ? below : this.#keyBehind(index, last);
      if (from >= below && below === end) [from, below] = [prefix, start];
      if (found.length >= size || from >= below || work.isSpent) return found.slice(0, size);
      const missing = size - found.length;
      rowsMax = this.#isExact ? missing : Math.min(rowsMax * ROWS_GROWTH, ROWS_PER_STATEMENT);
      const ask = () => this.#scan(index, from, below, rowsMax);
      rows = await (this.#isExact ? ask() : work.ask(ask));
      found.push(...this.#matching(rows));
    }
  }

  /** All matches of what is small; `undefined` when it is not. */
  async #lookThroughSmall(
    places: readonly string[] | undefined,
    cost: number,
  ): Promise<E164[] | undefined> {
    const [prefix = '', ...others] = places ?? [wholePool(this.#pool)];
    // In vain it must not cost more than what it was to save.
    const rowsMax = this.#isExact ? SMALL_POOL_NUMBERS : Math.ceil(cost * ROWS_PER_RANGE);
    const limit = Math.min(rowsMax, SMALL_POOL_NUMBERS) + 1;
    if (others.length >= PREFIXES_PER_STATEMENT) return undefined;
    const rows =
      others.length === 0
        ? await this.#scan('e164', prefix, `${prefix}:`, limit)
        : await this.#scanPrefixes('e164', [prefix, ...others], limit);
    if (rows.length === limit) return undefined;
    return rows.filter((e164) => matchesFilter(this.#wanted.filter, e164)) as E164[];
  }

  /** Of a list, from a random place in it to its end and then from its beginning. */
  #addAround(all: E164[], found: Set<E164>): void {
    add(rotated(all, this.#context.ids).slice(0, this.#wanted.size), found);
  }

  /** Of rows of either index, the numbers that match. */
  #matching(rows: readonly string[]): E164[] {
    if (this.#isExact) return rows as E164[];
    const { filter } = this.#wanted;
    const found: E164[] = [];
    for (const row of rows) {
      const e164 = row.startsWith('+') ? row : reverseDigits(row);
      if (matchesFilter(filter, e164)) found.push(e164 as E164);
    }
    return found;
  }

  /** Where a scan goes on behind a key: if its beginning is enough to be excluded, behind all that share it. */
  #keyBehind(index: SearchIndex, key: string): string {
    const { filter } = this.#wanted;
    const beginning = excludedBeginning(filter, index, key, this.#pool.digitsMin);
    // In the order of texts, what comes behind a key is not less than the key with a 0 behind it.
    return beginning === undefined ? `${key}0` : `${beginning}:`;
  }

  /** How many rows a statement reads when all that is wanted is still missing. */
  #rowsFor(rowsPerMatch: number): number {
    const { size } = this.#wanted;
    if (this.#isExact) return size;
    return Math.min(Math.ceil(size * rowsPerMatch * ROWS_TO_SPARE), ROWS_PER_STATEMENT);
  }

  #scan(index: SearchIndex, from: string, below: string, limit: number): Promise<string[]> {
    const scan = this.#isExact ? scanAvailable : scanAvailableKeys;
    return scan(this.#db, index, this.#pool.id, from, below, limit);
  }

  #scanPrefixes(index: SearchIndex, prefixes: readonly string[], limit: number): Promise<string[]> {
    const scan = this.#isExact ? scanAvailablePrefixes : scanAvailablePrefixKeys;
    return scan(this.#db, index, this.#pool.id, prefixes, limit);
  }
}

/** The range that all of these rows are from; `undefined` when they are from several. */
function rangeOf(rows: readonly string[], prefixes: readonly string[]): string | undefined {
  if (prefixes.length === 1) return prefixes[0];
  return prefixes.find((prefix) => rows.every((row) => row.startsWith(prefix)));
}

function add(e164s: Iterable<E164>, found: Set<E164>): void {
  for (const e164 of e164s) found.add(e164);
}
