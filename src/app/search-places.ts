import type { E164 } from '../domain/phone-number.ts';
import { reverseDigits } from '../domain/phone-number.ts';
import type { Pool, PoolId } from '../domain/pool.ts';
import type { Ids } from '../ids.ts';
import { scanAvailable, type SearchIndex } from '../store/number.ts';
import type { Reader } from '../store/store.ts';

/** Places kept of each index of each pool: some hundred kilobytes at most, and enough that few searches share one. */
const PLACES_MAX = 2048;
/** The fewer places of this many there are in the range of a search, the more often another is looked for. */
const PLACES_ENOUGH = 128;
/** One search in so many looks for another place, so that the places follow the stock. */
const RENEW_EVERY = 16;
/** Numbers that differ in their last digits only count as one place; those digits are random each time. */
const BLOCK_DIGITS = 2;
/** After so many misses in a row a pool's numbers count as too far apart for blocks; now and then one is tried. */
const MISSES_MAX = 8;
/** The source of chance gives no number of 15 digits; behind so many it does not matter. */
const RANDOM_DIGITS_MAX = 14;

/** A place in an index: the key of a number that was available when it was found. */
export interface SearchPlace {
  key: string;
  /** The key without its last digits, which the numbers around it differ in. */
  block: string;
  /** A random key in the block: there may be no number behind it that is in the block too. */
  inBlock: string;
}

/**
 * Where searches begin: random places of an index where there are numbers, so that two callers see
 * different ones. Numbers come in blocks with gaps between them, and a purely random place would nearly
 * always lie in a gap: the beginnings of blocks would be found far too often. Looking for a good place
 * costs some seeks, so places are kept and used again. One that is out of date does no harm: a search
 * goes on from it to whatever comes next.
 */
export class SearchPlaces {
  readonly #ids: Ids;
  readonly #places = new Map<string, string[]>();
  /** Of pools, how many times in a row a random place in a block had no number of the block behind it. */
  readonly #misses = new Map<PoolId, number>();

  constructor(ids: Ids) {
    this.#ids = ids;
  }

  /** Where a search in the range of a prefix begins. */
  async pick(db: Reader, index: SearchIndex, pool: Pool, prefix: string): Promise<SearchPlace> {
    const name = `${pool.id} ${index}`;
    let places = this.#places.get(name);
    if (places === undefined) this.#places.set(name, (places = []));
    const first = lowerBound(places, prefix);
    const count = lowerBound(places, `${prefix}:`) - first;
    let key: string | undefined;
    if (this.#ids.below(PLACES_ENOUGH) < count && this.#ids.below(RENEW_EVERY) > 0) {
      key = places[first + this.#ids.below(count)];
    }
    if (key === undefined) {
      key = await this.#find(db, index, pool, prefix);
      // A range without numbers has no place, and a guess at one must not drive out those of others.
      if (key === undefined) return { key: prefix, block: prefix, inBlock: prefix };
      this.#keep(places, key);
    }
    // The last digits of a reversed number are its calling code.
    const isFree = index === 'e164' && this.#hasBlocks(pool);
    const free = isFree ? Math.min(BLOCK_DIGITS, key.length - prefix.length) : 0;
    const block = key.slice(0, key.length - free);
    return { key, block, inBlock: block + randomDigits(this.#ids, free) };
  }

  /** Tells whether there was a number of its block behind a place: a sparse stock has none, and a search should not look. */
  noteBlock(pool: Pool, hit: boolean): void {
    this.#misses.set(pool.id, hit ? 0 : (this.#misses.get(pool.id) ?? 0) + 1);
  }

  #hasBlocks(pool: Pool): boolean {
    return (this.#misses.get(pool.id) ?? 0) < MISSES_MAX || this.#ids.below(RENEW_EVERY) === 0;
  }

  /**
   * The key of a random number: its digits are picked from the left. A guess is compared with the number
   * that follows it: what they share, and the digit after it, is settled, because there the stock leaves no
   * choice; the rest is guessed anew.
   * @returns `undefined` when there is no number in the range.
   */
  async #find(
    db: Reader,
    index: SearchIndex,
    pool: Pool,
    prefix: string,
  ): Promise<string | undefined> {
    const end = `${prefix}:`;
    const length = pool.digitsMax + 1;
    let settled = prefix;
    for (;;) {
      const guess = settled + randomDigits(this.#ids, Math.max(0, length - settled.length));
      let [next] = await scanAvailable(db, index, pool.id, guess, `${settled}:`, 1);
      if (next === undefined) [next] = await scanAvailable(db, index, pool.id, settled, end, 1);
      if (next === undefined) return undefined;
      const key = toKey(index, next);
      const longer = key.slice(0, commonLength(guess, key) + 1);
      if (longer === key || longer === settled) return key;
      settled = longer;
    }
  }

  #keep(places: string[], place: string): void {
    if (places.length >= PLACES_MAX) places.splice(this.#ids.below(places.length), 1);
    places.splice(lowerBound(places, place), 0, place);
  }
}

/** What the index holds of a number. */
function toKey(index: SearchIndex, e164: E164): string {
  return index === 'e164' ? e164 : reverseDigits(e164);
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
