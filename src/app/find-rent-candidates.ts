import type { Context } from '../context.ts';
import type { NumberFilter } from '../domain/number-filter.ts';
import type { E164 } from '../domain/phone-number.ts';
import type { Pool, PoolId } from '../domain/pool.ts';
import type { ProjectId } from '../domain/project-id.ts';
import type { RentOrder } from '../store/rent-order.ts';
import type { RentRequest } from './rent-number.ts';
import type { RentStanding } from './rent-standing.ts';
import { narrowToRentable } from './rentable-pools.ts';
import {
  findBlocks,
  type PoolCriteria,
  searchAvailableNumbers,
} from './search-available-numbers.ts';
import type { Candidates } from './settle-rent-order.ts';

/** How an order that names no numbers finds them. */
export interface WantedNumbers {
  criteria: PoolCriteria & { filter: NumberFilter };
  /** They follow one another, all of them in one block. */
  sequential: boolean;
}

/** So many more are found than are missing, so that a few lost races cost no further search. */
const SPARE = 20;
/** Blocks to choose from, when others take one of them first. */
const BLOCKS = 4;

type OrderToFill = Pick<
  RentOrder,
  'projectId' | 'wanted' | 'request' | 'quantity' | 'allOrNothing'
>;

/**
 * What an order may rent next; `undefined` for one that names its numbers.
 * @param count how many it wants next; of a block always all.
 * @param standing what the project comes up against; `undefined`: as it is now.
 */
export async function findCandidates(
  context: Context,
  order: OrderToFill,
  count: number,
  standing?: RentStanding,
): Promise<Candidates | undefined> {
  if (order.wanted === null) return undefined;
  const { criteria: asked, sequential } = JSON.parse(order.wanted) as WantedNumbers;
  const request = JSON.parse(order.request) as RentRequest;
  const { projectId, quantity, allOrNothing } = order;
  const { criteria, pools } = await narrowToRentable(context, projectId, asked, request, standing);
  const find = (narrowed: WantedNumbers['criteria']) =>
    sequential
      ? findBlockSets(context, projectId, narrowed, quantity)
      : findSet(context, projectId, narrowed, count).then((e164s) => [e164s]);
  const sets = await find(criteria);
  if (!allOrNothing) return sets;
  // Where the money in one currency does not suffice for its share, that in another may suffice for all.
  const others = currenciesOf(pools).map((currencyCode) => find({ ...criteria, currencyCode }));
  return [...sets, ...(await Promise.all(others)).flat()];
}

/** What an order may set aside next that takes so many from one pool. */
export function findInPool(
  context: Context,
  projectId: ProjectId,
  criteria: WantedNumbers['criteria'],
  poolId: PoolId,
  count: number,
): Promise<E164[]> {
  return findSet(context, projectId, { ...criteria, among: new Set([poolId]) }, count);
}

async function findBlockSets(
  context: Context,
  projectId: ProjectId,
  criteria: WantedNumbers['criteria'],
  length: number,
): Promise<E164[][]> {
  const { blocks } = await findBlocks(context, projectId, criteria, { length, count: BLOCKS });
  return blocks.map((block) => block.map(({ e164 }) => e164));
}

async function findSet(
  context: Context,
  projectId: ProjectId,
  criteria: WantedNumbers['criteria'],
  count: number,
): Promise<E164[]> {
  const search = {
    ...criteria,
    size: count + SPARE,
    order: 'SPREAD',
    position: undefined,
    sequential: undefined,
  } as const;
  // What a standby shows may be rented already, and what is new it does not show.
  const { numbers } = await searchAvailableNumbers(context, projectId, search, 'read');
  // Two orders at once take the locks of the same numbers in the same order.
  return numbers.map(({ e164 }) => e164).toSorted();
}

/** None where there is but one. */
function currenciesOf(pools: readonly Pool[]): string[] {
  const currencies = new Set(pools.map(({ currencyCode }) => currencyCode));
  return currencies.size > 1 ? [...currencies] : [];
}
