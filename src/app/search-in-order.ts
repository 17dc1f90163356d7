import type { Context } from '../context.ts';
import { listMemorableClasses } from '../domain/memorability.ts';
import type { NumberFilter } from '../domain/number-filter.ts';
import type { Pool } from '../domain/pool.ts';
import type { Reader } from '../store/store.ts';
import type { AvailableNumber } from './get-available-number.ts';
import { END, keyBehind, MatchesInOrder, type MemorableKind } from './matches-in-order.ts';
import { mergeByNumber } from './merge-by-number.ts';
import { SearchWork } from './search-work.ts';

/** MONTHLY_PRICE: by currency, then price. Numbers of one price or score stand in the order of their digits. */
export type PageOrder = 'PHONE_NUMBER' | 'MONTHLY_PRICE' | 'MEMORABILITY';

/** What stands before the number in what it is ordered by: nothing, a currency and a price, or a score from the best. */
type Rank = readonly (string | number)[];

/** Where a page begins: within a rank, with the first number that is not less than a text. */
export interface PagePosition {
  rank: Rank;
  from: string;
}

export interface OrderedPage {
  numbers: AvailableNumber[];
  /** Where the next page begins; `undefined` on the last one. */
  next: PagePosition | undefined;
}

/** All that is of one rank: there only the digits decide. */
interface Part {
  rank: Rank;
  pools: readonly MatchesInOrder[];
  kind: MemorableKind;
}

/**
 * One page of the available numbers of these pools that match. A page begins behind the last number of the
 * one before, so a walk sees every number that stays exactly once, whatever else comes and goes. A page
 * that would need too many rows ends early, and may be empty; only `next` tells whether more can come.
 */
export async function searchInOrder(
  context: Context,
  db: Reader,
  pools: readonly Pool[],
  filter: NumberFilter,
  page: { order: PageOrder; position: PagePosition | undefined; size: number },
  work: SearchWork = new SearchWork(),
): Promise<OrderedPage> {
  const matches = pools.map((pool) => new MatchesInOrder(context, db, pool, filter, work));
  const numbers: AvailableNumber[] = [];
  let end: PagePosition | undefined;
  const parts = partsFrom(page.order, matches, page.position);
  for (const [i, { rank, from, pools: ofRank, kind }] of parts.entries()) {
    if (i > 0 && work.isSpent) return { numbers, next: { rank, from } };
    const lists = ofRank.map((each) => ({
      pool: each.pool,
      // One more than the page tells whether there is a next one: an empty last page would stop some clients early.
      handfuls: each.list(kind, from, page.size + 1 - numbers.length),
    }));
    for await (const handful of mergeByNumber(lists)) {
      for (const number of handful.numbers) {
        if (numbers.length === page.size) return { numbers, next: end };
        numbers.push(number);
        end = { rank, from: keyBehind(number.e164) };
      }
      if (work.isSpent && handful.upTo !== END) {
        return { numbers, next: { rank, from: keyBehind(handful.upTo) } };
      }
    }
  }
  return { numbers, next: undefined };
}

/** The parts of the order from a position on, the first of them from the text that the position names. */
function partsFrom(
  order: PageOrder,
  pools: readonly MatchesInOrder[],
  position: PagePosition | undefined,
): (Part & { from: string })[] {
  const parts = listParts(order, pools);
  if (position === undefined) return parts.map((part) => ({ ...part, from: '' }));
  return parts
    .filter(({ rank }) => compareRanks(rank, position.rank) >= 0)
    .map((part) => ({
      ...part,
      from: compareRanks(part.rank, position.rank) === 0 ? position.from : '',
    }));
}

function listParts(order: PageOrder, pools: readonly MatchesInOrder[]): Part[] {
  switch (order) {
    case 'PHONE_NUMBER':
      return [{ rank: [], pools, kind: 'ALL' }];
    case 'MONTHLY_PRICE': {
      // A price says nothing about one in another currency, so those of a currency stay together.
      const byPrice = Map.groupBy(pools, ({ pool }) => JSON.stringify(priceRank(pool)));
      return [...byPrice.values()]
        .map((ofPrice) => ({
          rank: ofPrice.flatMap(({ pool }) => priceRank(pool)).slice(0, 2),
          pools: ofPrice,
          kind: 'ALL' as const,
        }))
        .sort((a, b) => compareRanks(a.rank, b.rank));
    }
    case 'MEMORABILITY':
      return [
        ...listMemorableClasses().map((kind) => ({ rank: [-kind.score], pools, kind })),
        { rank: [0], pools, kind: 'NONE' },
      ];
  }
}

function priceRank({ currencyCode, monthlyPriceMinor }: Pool): Rank {
  return [currencyCode, monthlyPriceMinor];
}

/** Less than 0 when the first comes first. */
function compareRanks(a: Rank, b: Rank): number {
  for (const [i, value] of a.entries()) {
    const other = b[i] ?? '';
    if (value !== other) return value < other ? -1 : 1;
  }
  return 0;
}
