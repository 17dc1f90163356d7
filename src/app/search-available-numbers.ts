import type { Context } from '../context.ts';
import { isWithinAmount } from '../domain/money.ts';
import type { NumberFilter } from '../domain/number-filter.ts';
import type { Capability, NumberType, Pool, PoolId } from '../domain/pool.ts';
import type { ProjectId } from '../domain/project-id.ts';
import type { Reader } from '../store/store.ts';
import type { AvailableNumber } from './get-available-number.ts';
import { rotatedTo } from './rotated.ts';
import {
  type NumberBlock,
  searchBlocks,
  searchBlocksInOrder,
  type WantedBlocks,
} from './search-blocks.ts';
import { type PageOrder, type PagePosition, searchInOrder } from './search-in-order.ts';
import { searchPool } from './search-pool.ts';

export const CAPABILITY_MATCHES = ['SUPERSET', 'EXACT'] as const;
export type CapabilityMatch = (typeof CAPABILITY_MATCHES)[number];

/** However few are asked for, so many are looked at, to find one that nobody else was just shown. */
const CANDIDATES = 8;

/** What is asked of a pool: decided in memory, before any number is looked at. */
export interface PoolCriteria {
  regionCode: string;
  type: NumberType;
  /** SUPERSET: the numbers must have all of these and may have more. EXACT: these and no others. */
  capabilities: readonly Capability[];
  capabilityMatch: CapabilityMatch;
  currencyCode?: string | undefined;
  /** Decimal texts, in the currency of each pool. */
  maxSetupPrice?: string | undefined;
  maxMonthlyPrice?: string | undefined;
  documentationRequired?: boolean | undefined;
  /** Only these pools; `undefined`: all. Not from a client, but from a use case that knows what would be in vain. */
  among?: ReadonlySet<PoolId> | undefined;
}

export interface SearchCriteria extends PoolCriteria {
  filter: NumberFilter;
  /** At most this many numbers. */
  size: number;
  /** SPREAD: from all over the stock, other numbers each time. The others are orders that have pages. */
  order: 'SPREAD' | PageOrder;
  /** Where a page of an ordered search begins; `undefined`: the first one. */
  position: PagePosition | undefined;
  /** Runs of so many consecutive numbers, in SPREAD or by PHONE_NUMBER; `undefined`: single ones. */
  sequential: number | undefined;
}

export interface SearchResult {
  numbers: AvailableNumber[];
  /** Where the next page of an ordered search begins; `undefined` on the last one. */
  next: PagePosition | undefined;
  /** false: the search for runs was given up, and there may be more of them. */
  isComplete: boolean;
}

/**
 * Available numbers that match. Pools are picked in memory first; the index then needs only their ids.
 * @param read for whom it is: somebody who looks may be shown the stock of a moment ago.
 */
export async function searchAvailableNumbers(
  context: Context,
  projectId: ProjectId,
  criteria: SearchCriteria,
  read: 'read' | 'readRecent' = 'readRecent',
): Promise<SearchResult> {
  const { filter, size, order, position, sequential } = criteria;
  const wanted = sequential && { length: sequential, count: Math.floor(size / sequential) };
  if (wanted && order === 'SPREAD') {
    const { blocks, isComplete } = await findBlocks(context, projectId, criteria, wanted, read);
    return { numbers: blocks.flat(), next: undefined, isComplete };
  }
  const pools = await listFitting(context, projectId, criteria);
  return context.store[read](async (db) => {
    if (wanted) {
      const page = await searchBlocksInOrder(context, db, pools, filter, { ...wanted, position });
      return { numbers: page.blocks.flat(), next: page.next, isComplete: true };
    }
    if (order !== 'SPREAD') {
      const page = await searchInOrder(context, db, pools, filter, { order, position, size });
      return { ...page, isComplete: true };
    }
    const numbers = await searchSpread(context, db, pools, filter, size);
    return { numbers, next: undefined, isComplete: true };
  });
}

/**
 * Blocks of consecutive numbers of one pool that match, to be shown or to be taken together.
 * @returns fewer than are wanted when there are no more, or, with `isComplete` false, when it gave up.
 */
export async function findBlocks(
  context: Context,
  projectId: ProjectId,
  criteria: PoolCriteria & Pick<SearchCriteria, 'filter'>,
  wanted: WantedBlocks,
  read: 'read' | 'readRecent' = 'read',
): Promise<{ blocks: NumberBlock[]; isComplete: boolean }> {
  const pools = await listFitting(context, projectId, criteria);
  return context.store[read]((db) => searchBlocks(context, db, pools, criteria.filter, wanted));
}

/** The pools that a project sees and that are asked for. */
export async function listFitting(
  { pools }: Context,
  projectId: ProjectId,
  criteria: PoolCriteria,
): Promise<Pool[]> {
  const visible = (await pools.current()).visibleTo(projectId);
  return visible.filter((pool) => fits(pool, criteria));
}

/**
 * Every search begins somewhere else, so that two callers see different numbers; and of those that it finds
 * the first one is another than other searches have just begun with.
 */
async function searchSpread(
  context: Context,
  db: Reader,
  pools: readonly Pool[],
  filter: NumberFilter,
  size: number,
): Promise<AvailableNumber[]> {
  const found: AvailableNumber[] = [];
  const wanted = Math.max(size, CANDIDATES);
  for (const pool of rotatedTo(pools, context.places.pickPool(pools))) {
    const missing = wanted - found.length;
    if (missing === 0) break;
    const numbers = await searchPool(context, db, pool, filter, missing);
    for (const e164 of numbers) found.push({ e164, pool });
  }
  const first = context.places.shown.takeTurn(found.map(({ e164 }) => e164));
  return rotatedTo(found, first).slice(0, size);
}

/** Whether a pool is one of those that are asked for. An empty pool never is. */
export function fits(pool: Pool, criteria: PoolCriteria): boolean {
  const { capabilities, capabilityMatch, currencyCode, documentationRequired, among } = criteria;
  return (
    pool.digitsMax > 0 &&
    (among === undefined || among.has(pool.id)) &&
    pool.regionCode === criteria.regionCode &&
    pool.type === criteria.type &&
    capabilities.every((capability) => pool.capabilities.includes(capability)) &&
    (capabilityMatch === 'SUPERSET' ||
      pool.capabilities.every((capability) => capabilities.includes(capability))) &&
    (currencyCode === undefined || pool.currencyCode === currencyCode) &&
    isWithinAmount(pool.setupPriceMinor, pool.currencyCode, criteria.maxSetupPrice) &&
    isWithinAmount(pool.monthlyPriceMinor, pool.currencyCode, criteria.maxMonthlyPrice) &&
    (documentationRequired === undefined || pool.documentationRequired === documentationRequired)
  );
}
