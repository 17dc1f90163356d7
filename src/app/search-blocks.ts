import type { Context } from '../context.ts';
import { matchesFilter, type NumberFilter } from '../domain/number-filter.ts';
import { rangesOf } from '../domain/number-ranges.ts';
import type { Pool } from '../domain/pool.ts';
import { scanAvailable } from '../store/number.ts';
import type { Reader } from '../store/store.ts';
import type { AvailableNumber } from './get-available-number.ts';
import { END, keyBehind, MatchesInOrder } from './matches-in-order.ts';
import { mergeByNumber, type MergedHandful } from './merge-by-number.ts';
import { rotatedTo } from './rotated.ts';
import { isNext, RunFinder } from './run-finder.ts';
import type { PagePosition } from './search-in-order.ts';
import { SearchWork } from './search-work.ts';

/** Consecutive numbers of one pool, all of them available and matching. */
export type NumberBlock = AvailableNumber[];

/** How many numbers a block has, and how many blocks are wanted at most. */
export interface WantedBlocks {
  length: number;
  count: number;
}

/** Blocks come from so many places at most; where more are wanted, each place gives several. */
const PLACES_MAX = 20;
/** How much of the index is looked at behind a place: enough to find a short run among rented numbers. */
const ROWS_BEHIND_PLACE = 300;
const ROWS_BEHIND_PLACE_MAX = 2000;

/**
 * Blocks from all over the stock. Random places are tried first; where they do not give enough, everything
 * is looked through from one place to the end and then from the beginning.
 * @returns `isComplete` false: it gave up after many rows, and there may be more.
 */
export async function searchBlocks(
  context: Context,
  db: Reader,
  pools: readonly Pool[],
  filter: NumberFilter,
  wanted: WantedBlocks,
  work: SearchWork = new SearchWork(),
): Promise<{ blocks: NumberBlock[]; isComplete: boolean }> {
  if (pools.length === 0 || wanted.count === 0) return { blocks: [], isComplete: true };
  let blocks = await searchAtPlaces(context, db, pools, filter, wanted);
  let isComplete = true;
  if (blocks.length < wanted.count) {
    const swept = await searchEverywhere(context, db, pools, filter, wanted, work);
    isComplete = swept.isComplete;
    if (swept.blocks.length >= blocks.length) ({ blocks } = swept);
  }
  // Who takes the first block that is shown should not meet anybody else.
  const first = context.places.shown.takeTurn(blocks.map((block) => block[0]?.e164 ?? ''));
  return { blocks: rotatedTo(blocks, first), isComplete };
}

/** A page of all blocks in the order of their numbers. It may have fewer, or none, and still a next page. */
export async function searchBlocksInOrder(
  context: Context,
  db: Reader,
  pools: readonly Pool[],
  filter: NumberFilter,
  { length, count, position }: WantedBlocks & { position: PagePosition | undefined },
  work: SearchWork = new SearchWork(),
): Promise<{ blocks: NumberBlock[]; next: PagePosition | undefined }> {
  const finder = new RunFinder(length);
  const blocks: NumberBlock[] = [];
  const start = position?.from ?? '';
  let end = start;
  for await (const { numbers, upTo } of listInOrder(context, db, pools, filter, work)(start)) {
    for (const number of numbers) {
      const block = finder.add(number);
      if (block === undefined) continue;
      if (blocks.length === count) return { blocks, next: { rank: [], from: end } };
      blocks.push(block);
      end = keyBehind(number.e164);
    }
    if (work.isSpent && upTo !== END) {
      // A run that is not complete has to be found again, from its beginning.
      const open = finder.unfinished[0]?.e164 ?? '';
      return { blocks, next: { rank: [], from: open > start ? open : keyBehind(upTo) } };
    }
  }
  return { blocks, next: undefined };
}

/** A few rows behind each of some random places. */
async function searchAtPlaces(
  context: Context,
  db: Reader,
  pools: readonly Pool[],
  filter: NumberFilter,
  { length, count }: WantedBlocks,
): Promise<NumberBlock[]> {
  const work = new SearchWork();
  const { prefixes } = rangesOf(filter);
  const places = Math.min(count, PLACES_MAX);
  const perPlace = Math.ceil(count / places);
  const rowsMax = Math.min(ROWS_BEHIND_PLACE_MAX, ROWS_BEHIND_PLACE + 2 * length * perPlace);
  const blocks: NumberBlock[] = [];
  const taken = new Set<string>();
  for (let tries = 0; blocks.length < count && tries < 2 * places; tries++) {
    const pool = pools[context.places.pickPool(pools)];
    const prefix = pool && prefixes[context.places.pickRange('e164', pool, prefixes)];
    if (pool === undefined || prefix === undefined) break;
    const place = await context.places.pick(db, 'e164', pool, prefix);
    if (place === undefined) continue;
    const from = multipleBelow(place, length);
    const rows = await work.ask(() =>
      scanAvailable(db, 'e164', pool.id, from > prefix ? from : prefix, `${prefix}:`, rowsMax),
    );
    const finder = new RunFinder(length);
    const end = blocks.length + perPlace;
    for (const e164 of rows) {
      if (!matchesFilter(filter, e164) || taken.has(e164)) continue;
      const block = finder.add({ e164, pool });
      if (block === undefined) continue;
      blocks.push(block);
      for (const number of block) taken.add(number.e164);
      if (blocks.length === Math.min(end, count)) break;
    }
  }
  return blocks;
}

/** All that matches, from a random place to the end and then from the beginning, until there are enough blocks. */
async function searchEverywhere(
  context: Context,
  db: Reader,
  pools: readonly Pool[],
  filter: NumberFilter,
  { length, count }: WantedBlocks,
  work: SearchWork,
): Promise<{ blocks: NumberBlock[]; isComplete: boolean }> {
  const finder = new RunFinder(length);
  const blocks: NumberBlock[] = [];
  const pool = pools[context.places.pickPool(pools)];
  const prefix = rangesOf(filter).prefixes[0];
  if (pool === undefined || prefix === undefined) return { blocks, isComplete: true };
  const start = (await context.places.pick(db, 'e164', pool, prefix)) ?? '';
  for await (const numbers of listAround(listInOrder(context, db, pools, filter, work), start)) {
    for (const number of numbers) {
      const block = finder.add(number);
      if (block !== undefined) blocks.push(block);
      if (blocks.length === count) return { blocks, isComplete: true };
    }
    if (work.isSpent) return { blocks, isComplete: false };
  }
  return { blocks, isComplete: true };
}

/** The numbers of these pools that match, from a text on, as often as it is called. */
function listInOrder(
  context: Context,
  db: Reader,
  pools: readonly Pool[],
  filter: NumberFilter,
  work: SearchWork,
): (from: string) => AsyncGenerator<MergedHandful, void> {
  const matches = pools.map((pool) => new MatchesInOrder(context, db, pool, filter, work));
  return (from) =>
    mergeByNumber(
      matches.map((each) => ({
        pool: each.pool,
        handfuls: each.list('ALL', from, Number.POSITIVE_INFINITY),
      })),
    );
}

/**
 * A whole list from the first gap behind `start` on, and then from its beginning up to that gap: a stretch
 * of numbers that is cut in two would give fewer blocks.
 */
async function* listAround(
  list: (from: string) => AsyncGenerator<MergedHandful, void>,
  start: string,
): AsyncGenerator<AvailableNumber[], void> {
  let last: AvailableNumber | undefined;
  let behindGap: AvailableNumber | undefined;
  for await (const { numbers } of list(start)) {
    if (behindGap !== undefined) {
      yield numbers;
      continue;
    }
    for (const [i, number] of numbers.entries()) {
      if (last !== undefined && !isNext(last, number)) {
        behindGap = number;
        yield numbers.slice(i);
        break;
      }
      last = number;
    }
    if (behindGap === undefined) yield [];
  }
  const end = behindGap?.e164 ?? END;
  for await (const { numbers } of list('')) {
    yield numbers.filter(({ e164 }) => e164 < end);
    if ((numbers.at(-1)?.e164 ?? '') >= end) return;
  }
}

/** The greatest multiple of `step` that is not above a number: blocks of ten begin with a 0 at the end. */
function multipleBelow(e164: string, step: number): string {
  const number = Number(e164.slice(1));
  return `+${number - (number % step)}`;
}
