import { setImmediate } from 'node:timers/promises';

import type { Context } from '../context.ts';
import { type E164, reverseDigits } from '../domain/phone-number.ts';
import type { Pool } from '../domain/pool.ts';
import { callingCode } from '../domain/region.ts';
import { planContains, type PrefixSet, type SearchPattern } from '../domain/search-pattern.ts';
import { scanAvailable, scanAvailablePrefixes, type SearchIndex } from '../store/number.ts';
import type { Reader } from '../store/store.ts';

/** How many prefixes one statement gets: about half a millisecond on SQLite, which does nothing else meanwhile. */
const PREFIXES_PER_STATEMENT = 250;
/** The cheap sets, with which most searches end. After so many statements others have their turn between any two. */
const STATEMENTS_WITHOUT_PAUSE = 6;
/** Before a set of more ranges than this is asked, a small pool is looked through instead. */
const RANGES_BEFORE_LOOKING_THROUGH = 200;
/** A pool with at most this many available numbers is small. */
const SMALL_POOL_NUMBERS = 4000;

/** Up to `size` available numbers of one pool that match. `docs/search.md` tells the method and its cost. */
export async function searchPool(
  context: Context,
  db: Reader,
  pool: Pool,
  pattern: SearchPattern | undefined,
  size: number,
): Promise<E164[]> {
  switch (pattern?.position) {
    case undefined:
      return scanAround(context, db, 'e164', pool, wholePool(pool), size);
    case 'START':
      return scanAround(context, db, 'e164', pool, pattern.digits, size);
    case 'END':
      return scanAround(context, db, 'reversed', pool, reverseDigits(pattern.digits as E164), size);
    case 'CONTAINS':
      return searchContaining(context, db, pool, pattern.digits, size);
  }
}

/** Numbers of one range of an index, from a random place in it to its end and then from its beginning. */
async function scanAround(
  context: Context,
  db: Reader,
  index: SearchIndex,
  pool: Pool,
  prefix: string,
  size: number,
): Promise<E164[]> {
  const place = await context.places.pick(db, index, pool, prefix);
  let start = place.inBlock;
  let found = await scanAvailable(db, index, pool.id, start, `${prefix}:`, size);
  if (start !== place.key) {
    const isInBlock = found[0]?.startsWith(place.block) === true;
    context.places.noteBlock(pool, isInBlock);
    if (!isInBlock) {
      // The block ends before the random place in it.
      start = place.key;
      found = await scanAvailable(db, index, pool.id, start, `${prefix}:`, size);
    }
  }
  if (found.length < size && start > prefix) {
    const missing = size - found.length;
    found.push(...(await scanAvailable(db, index, pool.id, prefix, start, missing)));
  }
  return found;
}

/** Asks the ranges of the plan, the cheapest sets first, until there are enough. */
async function searchContaining(
  context: Context,
  db: Reader,
  pool: Pool,
  digits: string,
  size: number,
): Promise<E164[]> {
  const found = new Set<E164>();
  const shape = { callingCode: callingCodeOf(pool), digitsMax: pool.digitsMax };
  let isLookedThrough = false;
  let statements = 0;
  for (const set of planContains(digits, shape)) {
    if (set.count > RANGES_BEFORE_LOOKING_THROUGH && !isLookedThrough) {
      const all = await lookThroughSmall(db, pool, digits);
      if (all !== undefined) return takeAround(context, all, size);
      isLookedThrough = true;
    }
    for (const prefixes of chunksFromRandomPlace(context, set)) {
      // NOTE: to wait for SQLite is not to give way: it answers at once, and what waits for that goes first.
      if (++statements > STATEMENTS_WITHOUT_PAUSE) await setImmediate();
      // Some may be known already; so many rows always hold enough new ones.
      let rows = await scanAvailablePrefixes(db, set.index, pool.id, prefixes, size);
      if (set.count === 1 && rows.length === size) {
        // A single range with enough in it: not always its beginning.
        rows = await scanAround(context, db, set.index, pool, set.prefixAt(0), size);
      }
      for (const e164 of rows) found.add(e164);
      if (found.size >= size) return [...found].slice(0, size);
    }
  }
  return [...found];
}

/** All matches of a small pool; `undefined` when the pool is not small. */
async function lookThroughSmall(
  db: Reader,
  pool: Pool,
  digits: string,
): Promise<E164[] | undefined> {
  const whole = wholePool(pool);
  const limit = SMALL_POOL_NUMBERS + 1;
  const all = await scanAvailable(db, 'e164', pool.id, whole, `${whole}:`, limit);
  return all.length < limit ? all.filter((e164) => e164.includes(digits)) : undefined;
}

/** Up to `size` of a list, from a random place in it to its end and then from its beginning. */
function takeAround({ ids }: Context, all: E164[], size: number): E164[] {
  if (all.length <= size) return all;
  const first = ids.below(all.length);
  return [...all.slice(first), ...all.slice(0, first)].slice(0, size);
}

/** All prefixes of a set, in handfuls, beginning with a random one. */
function* chunksFromRandomPlace({ ids }: Context, set: PrefixSet): Generator<string[]> {
  const first = ids.below(set.count);
  for (let done = 0; done < set.count; done += PREFIXES_PER_STATEMENT) {
    const length = Math.min(PREFIXES_PER_STATEMENT, set.count - done);
    yield Array.from({ length }, (_, i) => set.prefixAt((first + done + i) % set.count));
  }
}

/** The prefix that all of a pool's numbers have. */
function wholePool(pool: Pool): string {
  return `+${callingCodeOf(pool)}`;
}

/** Without a known calling code a search still finds everything, only with more ranges. */
function callingCodeOf(pool: Pool): string {
  return callingCode(pool.regionCode) ?? '';
}
