import type { Context } from '../context.ts';
import { type MemorableClass, memorableClassOf } from '../domain/memorability.ts';
import { matchesFilter, type NumberFilter } from '../domain/number-filter.ts';
import { type NumberRanges, rangesOf } from '../domain/number-ranges.ts';
import { type E164, reverseDigits } from '../domain/phone-number.ts';
import type { Pool } from '../domain/pool.ts';
import type { SearchPattern } from '../domain/search-pattern.ts';
import { scanAvailable, scanAvailablePrefixKeys } from '../store/number.ts';
import type { Reader } from '../store/store.ts';
import { searchPool } from './search-pool.ts';
import type { SearchWork } from './search-work.ts';

/** Where numbers are looked through, one statement reads so many: half a millisecond on SQLite. */
const ROWS_PER_STATEMENT = 1000;
/** How many endings one statement gets, for the same reason. */
const ENDINGS_PER_STATEMENT = 250;
/** So many matches, found by another index, are sorted. Where there are more, the next one in order is near. */
const SORTED_MAX = 4000;
/** What has at most so many numbers is read once, instead of being searched for one class after another. */
const READ_THROUGH_MAX = 10_000;
/** A pattern of so many digits matches so little that the next match in order would be far away. */
const RARE_DIGITS = 4;

/** Behind every number, in the order of texts. */
export const END = '~';

/** Which numbers are wanted: those of one class, those of no class, or all. */
export type MemorableKind = MemorableClass | 'NONE' | 'ALL';

/** A piece of a sorted list, perhaps an empty one. */
export interface Handful {
  numbers: E164[];
  /** The list is known up to this text, included. */
  upTo: string;
}

/**
 * The available numbers of one pool that match, in the order of their digits. Few matches are found by the
 * index that has them together, and sorted. Where there are many, the index in order is walked, and what
 * does not match is left out. `docs/search-features.md` tells what each costs.
 */
export class MatchesInOrder {
  readonly pool: Pool;
  readonly #context: Context;
  readonly #db: Reader;
  readonly #filter: NumberFilter;
  readonly #work: SearchWork;
  readonly #ranges: NumberRanges;
  readonly #isRare: boolean;
  /** All matches, sorted, once they were asked for and when they are few. */
  #everything: Promise<E164[] | undefined> | undefined;

  constructor(context: Context, db: Reader, pool: Pool, filter: NumberFilter, work: SearchWork) {
    this.pool = pool;
    this.#context = context;
    this.#db = db;
    this.#filter = filter;
    this.#work = work;
    this.#ranges = rangesOf(filter);
    this.#isRare = filter.patterns.length > 0 && filter.patterns.every(isRare);
  }

  /**
   * Those that are not less than `from`, a handful at a time.
   * @param wanted how many the caller will take about.
   */
  async *list(kind: MemorableKind, from: string, wanted: number): AsyncGenerator<Handful, void> {
    const few = await this.#findFew(kind);
    if (few !== undefined) {
      const rest = few.filter((e164) => e164 >= from);
      const first = rest.slice(0, wanted);
      yield { numbers: first, upTo: first.at(wanted - 1) ?? END };
      yield { numbers: rest.slice(wanted), upTo: END };
      return;
    }
    const { isExact } = this.#ranges;
    // Most numbers are of no class, so nearly every row is one that is wanted.
    const isDense = isExact && (kind === 'ALL' || kind === 'NONE');
    const rowsMax = isDense ? Math.min(wanted, ROWS_PER_STATEMENT) : ROWS_PER_STATEMENT;
    for await (const { numbers: rows, upTo } of this.#walk(from, rowsMax)) {
      const matches = isExact ? rows : rows.filter((e164) => matchesFilter(this.#filter, e164));
      yield { numbers: ofKind(matches, kind), upTo };
    }
  }

  /** All that are wanted, sorted; `undefined` when they are not few. */
  async #findFew(kind: MemorableKind): Promise<E164[] | undefined> {
    const isOneClass = kind !== 'ALL' && kind !== 'NONE';
    // To ask for the endings of a long class costs as much as to read a small pool.
    const isLong = isOneClass && kind.endings.length > ENDINGS_PER_STATEMENT;
    if (this.#isRare || isLong) this.#everything ??= this.#findEverything();
    const everything = await this.#everything;
    if (everything !== undefined) return ofKind(everything, kind);
    if (!isOneClass) return undefined;
    const found = await this.#findByEnding(kind);
    if (found !== undefined) return found;
    this.#everything ??= this.#findEverything();
    const read = await this.#everything;
    return read === undefined ? undefined : ofKind(read, kind);
  }

  #findEverything(): Promise<E164[] | undefined> {
    return this.#isRare ? this.#askIndexes() : this.#readThrough();
  }

  async #askIndexes(): Promise<E164[] | undefined> {
    const limit = SORTED_MAX + 1;
    const found = await this.#work.ask(() =>
      searchPool(this.#context, this.#db, this.pool, this.#filter, limit),
    );
    return found.length < limit ? found.sort() : undefined;
  }

  async #readThrough(): Promise<E164[] | undefined> {
    const found: E164[] = [];
    let read = 0;
    for await (const { numbers: rows } of this.#walk('', ROWS_PER_STATEMENT)) {
      read += rows.length;
      if (read > READ_THROUGH_MAX) return undefined;
      for (const e164 of rows) if (matchesFilter(this.#filter, e164)) found.push(e164);
    }
    return found;
  }

  /** The numbers of a class, from the index over reversed numbers. */
  async #findByEnding(memorable: MemorableClass): Promise<E164[] | undefined> {
    const found: E164[] = [];
    let missing = SORTED_MAX + 1;
    for (let i = 0; i < memorable.endings.length; i += ENDINGS_PER_STATEMENT) {
      const endings = memorable.endings.slice(i, i + ENDINGS_PER_STATEMENT).map(reverseDigits);
      const keys = await this.#work.ask(
        () => scanAvailablePrefixKeys(this.#db, 'reversed', this.pool.id, endings, missing),
        endings.length,
      );
      missing -= keys.length;
      if (missing === 0) return undefined;
      for (const key of keys) {
        const e164 = reverseDigits(key) as E164;
        if (matchesFilter(this.#filter, e164)) found.push(e164);
      }
    }
    // Some belong to a better class: 5 555 555 ends with 555 too.
    return ofKind(found, memorable).sort();
  }

  /** The rows from `start` on of the ranges that matches can be in, in order. */
  async *#walk(start: string, rowsMax: number): AsyncGenerator<Handful, void> {
    for (const prefix of this.#ranges.prefixes) {
      const below = `${prefix}:`;
      let from = start > prefix ? start : prefix;
      while (from < below) {
        const rows = await this.#work.ask(() =>
          scanAvailable(this.#db, 'e164', this.pool.id, from, below, rowsMax),
        );
        const last = rows.length < rowsMax ? undefined : rows.at(-1);
        yield { numbers: rows, upTo: last ?? below };
        if (last === undefined) break;
        from = keyBehind(last);
      }
    }
  }
}

/** In the order of texts, what comes behind a number is not less than the number with a 0 behind it. */
export function keyBehind(e164: string): string {
  return `${e164}0`;
}

function ofKind(e164s: E164[], kind: MemorableKind): E164[] {
  if (kind === 'ALL') return e164s;
  const wanted = kind === 'NONE' ? undefined : kind;
  return e164s.filter((e164) => memorableClassOf(e164) === wanted);
}

function isRare({ position, digits }: SearchPattern): boolean {
  // The beginning of a START pattern is a range that is walked in order.
  const literal = position === 'START' ? digits.replace(/^[^*]*/, '') : digits;
  return literal.replaceAll('*', '').length >= RARE_DIGITS;
}
