import { setImmediate } from 'node:timers/promises';

import type { Pool } from '../domain/pool.ts';
import type { Ids } from '../ids.ts';
import { findAvailableKey, type SearchIndex } from '../store/number.ts';
import type { Reader, Store } from '../store/store.ts';
import { ShownNumbers } from './shown-numbers.ts';

/** Marks kept of each index of each pool: some hundred kilobytes at most. */
const MARKS_MAX = 4096;
/** Numbers from one mark to the next, as long as they are few. */
const SPACING_MIN = 64;
/** A search begins at most so many numbers behind a mark: counting them off takes some microseconds. */
const SKIP_MAX = 256;
/** Tries that may end outside the range of a search. About every second one does when the range has few marks. */
const TRIES_MAX = 8;
/** Marks are renewed when they are so old and somebody searches; a stock changes slowly as a whole. */
const MARKS_AGE_MS = 60_000;
/** And not before so many times as long as it took to set them: one part in a hundred of the time at most. */
const MARKS_AGE_TIMES = 100;
/** When they could not be set. */
const MARKS_RETRY_MS = 5000;
/** The source of chance gives no number of 15 digits; behind so many it does not matter. */
const RANDOM_DIGITS_MAX = 14;

/** Behind every key. */
const END = '~';

/** Every so-and-so-manyth key of an index of a pool. */
interface Marks {
  keys: string[];
  spacing: number;
  isLearned: boolean;
  /** When they are to be renewed, in milliseconds of the process; never while that is under way. */
  renewAtMs: number;
}

interface Range {
  from: string;
  below: string;
}

/** The key that comes so many keys after the first one of a range. */
type Find = (from: string, below: string, skip: number) => Promise<string | undefined>;

/**
 * Where searches begin: at random numbers, so that two callers see different ones. A random key would not
 * do: numbers come in blocks with gaps between them, nearly every key lies in a gap, and the first number
 * behind a gap would be found again and again. So every so-and-so-manyth number of an index is marked, and
 * a search begins a few numbers behind a random mark: then each number has the same chance. Marks that are
 * out of date do no harm but to that.
 */
export class SearchPlaces {
  /** What searches began with lately. */
  readonly shown = new ShownNumbers();
  readonly #store: Store;
  readonly #ids: Ids;
  readonly #marks = new Map<string, Marks>();

  constructor(store: Store, ids: Ids) {
    this.#store = store;
    this.#ids = ids;
  }

  /** The key of a random available number in the range of a prefix; `undefined` when there is none. */
  pick(db: Reader, index: SearchIndex, pool: Pool, prefix: string): Promise<string | undefined> {
    const marks = this.#getMarks(index, pool);
    // Without marks a search is only less even: a database that is gone is not this search's to report.
    if (performance.now() >= marks.renewAtMs) void this.learn(index, pool).catch(() => {});
    const find = (from: string, below: string, skip: number) =>
      findAvailableKey(db, index, pool.id, from, below, skip);
    const range = { from: prefix, below: `${prefix}:` };
    return marks.isLearned
      ? this.#pickByMarks(find, range, marks)
      : this.#descend(find, range, pool.digitsMax + 1);
  }

  /** Its beginning and the marks in it cut a range into parts. Each is as likely as any other. */
  async #pickByMarks(
    find: Find,
    range: Range,
    { keys, spacing }: Marks,
  ): Promise<string | undefined> {
    const first = lowerBound(keys, range.from);
    const count = lowerBound(keys, range.below) - first;
    if (count === 0) return this.#pickBetweenMarks(find, range, spacing);
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const part = this.#ids.below(count + 1);
      const from = (part === 0 ? undefined : keys[first + part - 1]) ?? range.from;
      const below = (part === count ? undefined : keys[first + part]) ?? range.below;
      // The first part and the last may have fewer numbers, and then often nothing so far behind: as it is fair.
      const key = await find(from, below, this.#ids.below(Math.min(spacing, SKIP_MAX)));
      if (key !== undefined) return key;
    }
    return find(range.from, range.below, 0);
  }

  /** Such a range has few numbers; and when so many cannot be skipped, there are no more than so many. */
  async #pickBetweenMarks(
    find: Find,
    { from, below }: Range,
    spacing: number,
  ): Promise<string | undefined> {
    let skip = this.#ids.below(spacing);
    const key = await find(from, below, skip);
    if (key !== undefined || skip === 0) return key;
    const first = await find(from, below, 0);
    if (first === undefined) return undefined;
    for (let tries = 1; tries < TRIES_MAX && skip > 1; tries++) {
      skip = this.#ids.below(skip);
      const other = await find(from, below, skip);
      if (other !== undefined) return other;
    }
    return first;
  }

  /** Which of several ranges of an index a search begins with: the more numbers one has, the likelier it is. */
  pickRange(index: SearchIndex, pool: Pool, prefixes: readonly string[]): number {
    const { keys } = this.#getMarks(index, pool);
    return this.#pickByCount(
      prefixes.map((prefix) => lowerBound(keys, `${prefix}:`) - lowerBound(keys, prefix)),
    );
  }

  /** Which of several pools a search begins with, by the same rule. */
  pickPool(pools: readonly Pool[]): number {
    return this.#pickByCount(
      pools.map((pool) => {
        const { keys, spacing } = this.#getMarks('e164', pool);
        return (keys.length * spacing) / SPACING_MIN;
      }),
    );
  }

  /** Where no mark is, there may be numbers all the same: so many that half a mark is fair. */
  #pickByCount(marks: readonly number[]): number {
    if (marks.length < 2) return 0;
    let rest = this.#ids.below(marks.reduce((sum, count) => sum + 2 * count + 1, 0));
    for (const [i, count] of marks.entries()) {
      rest -= 2 * count + 1;
      if (rest < 0) return i;
    }
    return 0;
  }

  /** Sets the marks of an index of a pool anew. Searches see to it by the way, and do with what there is meanwhile. */
  async learn(index: SearchIndex, pool: Pool): Promise<void> {
    const marks = this.#getMarks(index, pool);
    marks.renewAtMs = Number.POSITIVE_INFINITY;
    const startedAtMs = performance.now();
    let ageMs = MARKS_RETRY_MS;
    try {
      Object.assign(marks, await this.#mark(index, pool), { isLearned: true });
      ageMs = Math.max(MARKS_AGE_MS, MARKS_AGE_TIMES * (performance.now() - startedAtMs));
    } finally {
      marks.renewAtMs = performance.now() + ageMs;
    }
  }

  async #mark(index: SearchIndex, pool: Pool): Promise<Pick<Marks, 'keys' | 'spacing'>> {
    let keys: string[] = [];
    let spacing = SPACING_MIN;
    let missing = this.#ids.below(spacing);
    for (let from: string | undefined = ''; ;) {
      // In small steps, with a turn for others between any two.
      const step = Math.min(missing, SKIP_MAX);
      const start: string = from;
      from = await this.#store.readRecent((db) =>
        findAvailableKey(db, index, pool.id, start, END, step),
      );
      if (from === undefined) return { keys, spacing };
      missing -= step;
      if (missing === 0) {
        keys.push(from);
        if (keys.length > MARKS_MAX) {
          keys = keys.filter((_, i) => i % 2 === 0);
          spacing *= 2;
        }
        missing = spacing;
      }
      await setImmediate();
    }
  }

  #getMarks(index: SearchIndex, pool: Pool): Marks {
    const name = `${pool.id} ${index}`;
    let marks = this.#marks.get(name);
    if (marks === undefined) {
      marks = { keys: [], spacing: SPACING_MIN, isLearned: false, renewAtMs: 0 };
      this.#marks.set(name, marks);
    }
    return marks;
  }

  /**
   * Before anything is known: the digits of the key are picked from the left. A guess is compared with the
   * number that follows it: what they share, and the digit after it, is settled, because there the stock
   * leaves no choice; the rest is guessed anew. Numbers behind gaps are preferred.
   */
  async #descend(find: Find, { from, below }: Range, length: number): Promise<string | undefined> {
    let settled = from;
    for (;;) {
      const guess = settled + randomDigits(this.#ids, Math.max(0, length - settled.length));
      const key = (await find(guess, `${settled}:`, 0)) ?? (await find(settled, below, 0));
      // Others have taken what was settled on, and all behind it: there may be numbers before it.
      if (key === undefined) return settled === from ? undefined : find(from, below, 0);
      const longer = key.slice(0, commonLength(guess, key) + 1);
      if (longer === key || longer === settled) return key;
      settled = longer;
    }
  }
}

function randomDigits(ids: Ids, length: number): string {
  const random = Math.min(length, RANDOM_DIGITS_MAX);
  const digits = random === 0 ? '' : String(ids.below(10 ** random)).padStart(random, '0');
  return digits.padEnd(length, '0');
}

function commonLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}

/** Where in a sorted list the first text stands that is not less. */
function lowerBound(sorted: readonly string[], text: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as string) < text) low = middle + 1;
    else high = middle;
  }
  return low;
}
