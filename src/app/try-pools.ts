import type { Context } from '../context.ts';
import type { Pool } from '../domain/pool.ts';
import type { ProjectId } from '../domain/project-id.ts';
import { firstPriceMinor } from '../domain/rent-price.ts';
import type { RentOrderRequest } from './create-rent-order.ts';
import { findInPool, type WantedNumbers } from './find-rent-candidates.ts';
import { letOthersRun } from './let-others-run.ts';
import { listRentProblems } from './list-rent-problems.ts';
import { narrowToRentable } from './rentable-pools.ts';
import { rotatedTo } from './rotated.ts';
import { listFitting } from './search-available-numbers.ts';
import { findReason } from './settle-rent-order.ts';
import { standingAfterRent, toOutcome, type Trial } from './try-rents.ts';

export type SearchingRequest = Pick<RentOrderRequest, 'quantity' | 'request'> & {
  wanted: WantedNumbers;
};

/**
 * As an order chooses its numbers that sets them aside: all of one currency where one suffices for all, the first by its
 * code, and else of several; and of a currency the cheapest, of which the most can be had. So it does not depend on where
 * a search begins whether the order can be filled, and what it costs.
 */
export async function tryPools(
  context: Context,
  projectId: ProjectId,
  asked: SearchingRequest,
  before: Trial,
): Promise<Trial> {
  const { quantity, wanted, request } = asked;
  const { standing } = before;
  const rentable = await narrowToRentable(context, projectId, wanted.criteria, request, standing);
  const pools = await listFitting(context, projectId, rentable.criteria);
  let best = before;
  for (const together of groupPools(context, pools)) {
    const trial = await tryEachPool(context, projectId, asked, together, before);
    if (trial.rented.size === quantity) return trial;
    if (trial.rented.size >= best.rented.size) best = trial;
  }
  const error = findReason(quantity, best.refused.map(toOutcome), [[...best.rented.keys()]], {
    vainTries: 0,
    isRefusedEverywhere: true,
  });
  return { ...best, error };
}

/** The pools of each currency, and then all of them. Of those with one price the search decides which comes first. */
function groupPools({ places }: Context, pools: readonly Pool[]): Pool[][] {
  const cheapestFirst = rotatedTo(pools, places.pickPool(pools)).toSorted(
    (a, b) => firstPriceMinor(a) - firstPriceMinor(b),
  );
  const byCurrency = Map.groupBy(cheapestFirst, ({ currencyCode }) => currencyCode);
  const groups = [...byCurrency].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, same]) => same);
  return groups.length === 1 ? groups : [...groups, groups.flat()];
}

async function tryEachPool(
  context: Context,
  projectId: ProjectId,
  { quantity, request, wanted }: SearchingRequest,
  pools: readonly Pool[],
  before: Trial,
): Promise<Trial> {
  const rented = new Map(before.rented);
  const refused = [...before.refused];
  let { standing } = before;
  for (const pool of pools) {
    const missing = quantity - rented.size;
    if (missing === 0) break;
    const e164s = await findInPool(context, projectId, wanted.criteria, pool.id, missing);
    for (const [i, e164] of e164s.entries()) {
      if (rented.size === quantity) break;
      await letOthersRun(i);
      const problems = listRentProblems(projectId, { e164, pool }, request, standing);
      if (problems.length > 0) {
        // They are those of all numbers of the pool.
        refused.push({ e164, problems });
        break;
      }
      rented.set(e164, pool);
      standing = standingAfterRent(standing, pool);
    }
  }
  return { rented, refused, standing };
}
