import type { Context } from '../context.ts';
import type { NumberFilter } from '../domain/number-filter.ts';
import type { RentOrder } from '../store/rent-order.ts';
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

/**
 * What an order may take next; `undefined` for one that names its numbers.
 * @param count how many it wants next; of a block always all.
 */
export async function findCandidates(
  context: Context,
  order: Pick<RentOrder, 'projectId' | 'wanted' | 'quantity'>,
  count: number,
): Promise<Candidates | undefined> {
  if (order.wanted === null) return undefined;
  const { criteria, sequential } = JSON.parse(order.wanted) as WantedNumbers;
  if (sequential) {
    const wanted = { length: order.quantity, count: BLOCKS };
    const { blocks } = await findBlocks(context, order.projectId, criteria, wanted);
    return blocks.map((block) => block.map(({ e164 }) => e164));
  }
  const search = {
    ...criteria,
    size: count + SPARE,
    order: 'SPREAD',
    position: undefined,
    sequential: undefined,
  } as const;
  // What a standby shows may be rented already, and what is new it does not show.
  const { numbers } = await searchAvailableNumbers(context, order.projectId, search, 'read');
  // Two orders at once take the locks of the same numbers in the same order.
  return [numbers.map(({ e164 }) => e164).toSorted()];
}
