import type { Context } from '../context.ts';
import type { Pool } from '../domain/pool.ts';
import type { ProjectId } from '../domain/project-id.ts';
import { isOfRents } from '../domain/project-limit.ts';
import { listRentProblems } from './list-rent-problems.ts';
import type { Pools } from './pool-catalog.ts';
import type { RentRequest } from './rent-number.ts';
import { readStanding, type RentStanding } from './rent-standing.ts';
import { fits, type PoolCriteria } from './search-available-numbers.ts';

/** Criteria that leave out what would be refused. */
export interface RentableCriteria<Criteria extends PoolCriteria> {
  criteria: Criteria;
  /** What they leave; none: each would be refused, and the criteria leave what would be so for the least reasons. */
  pools: readonly Pool[];
}

/**
 * Leaves out the pools from which a rent would be refused, so that a search brings what can be had. Where that is all
 * of them, the rent of what is left tells why.
 * @param standing `undefined`: as it is now.
 */
export async function narrowToRentable<Criteria extends PoolCriteria>(
  context: Pick<Context, 'config' | 'clock' | 'store' | 'pools' | 'limits' | 'accounts'>,
  projectId: ProjectId,
  criteria: Criteria,
  request: RentRequest,
  standing?: RentStanding,
): Promise<RentableCriteria<Criteria>> {
  const catalog = await context.pools.current();
  const now = standing ?? (await findStanding(context, projectId));
  const judged = judgePools(catalog, projectId, criteria, request, now);
  const least = Math.min(...judged.map(({ problemCount }) => problemCount));
  const left = judged.flatMap(({ pool, problemCount }) => (problemCount === least ? pool : []));
  return {
    criteria: { ...criteria, among: new Set(left.map(({ id }) => id)) },
    pools: least === 0 ? left : [],
  };
}

/** The pools that match, each with the number of reasons to refuse a rent: they are those of all its numbers. */
export function judgePools(
  catalog: Pools,
  projectId: ProjectId,
  criteria: PoolCriteria,
  request: RentRequest,
  standing: RentStanding,
): { pool: Pool; problemCount: number }[] {
  return catalog
    .visibleTo(projectId)
    .filter((pool) => fits(pool, criteria))
    .map((pool) => ({
      pool,
      // Which number it is changes only the words.
      problemCount: listRentProblems(projectId, { e164: '', pool }, request, standing).length,
    }));
}

/** Most projects have no limits, and for them nothing is read. */
async function findStanding(
  context: Pick<Context, 'config' | 'clock' | 'store' | 'limits' | 'accounts'>,
  projectId: ProjectId,
): Promise<RentStanding> {
  const isLimited = (await context.limits.of(projectId)).some(isOfRents);
  const hasAccount = (await context.accounts.of(projectId)).length > 0;
  if (!isLimited && !hasAccount) {
    const numberOrdersRequired = context.config.numberOrder.isRequired;
    return { limits: [], accounts: [], numberOrdersRequired };
  }
  return context.store.read((db) => readStanding(context, db, projectId));
}
