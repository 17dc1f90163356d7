import type { Context } from '../context.ts';
import type { Capability, NumberType, Pool } from '../domain/pool.ts';
import type { ProjectId } from '../domain/project-id.ts';
import type { SearchPattern } from '../domain/search-pattern.ts';
import type { Ids } from '../ids.ts';
import type { AvailableNumber } from './get-available-number.ts';
import { searchPool } from './search-pool.ts';

export interface SearchCriteria {
  regionCode: string;
  type: NumberType;
  /** The numbers must have all of these; they may have more. */
  capabilities: readonly Capability[];
  pattern: SearchPattern | undefined;
  /** At most this many numbers. */
  size: number;
}

/**
 * Available numbers that match, from all over the stock: every search begins somewhere else, so that two
 * callers see different numbers. Pools are picked in memory first; the index then needs only their ids.
 * @param read for whom it is: somebody who looks may be shown the stock of a moment ago.
 */
export async function searchAvailableNumbers(
  context: Context,
  projectId: ProjectId,
  criteria: SearchCriteria,
  read: 'read' | 'readRecent' = 'readRecent',
): Promise<AvailableNumber[]> {
  const visible = (await context.pools.current()).visibleTo(projectId);
  const pools = rotated(
    visible.filter((pool) => fits(pool, criteria)),
    context.ids,
  );
  return context.store[read](async (db) => {
    const found: AvailableNumber[] = [];
    for (const pool of pools) {
      const missing = criteria.size - found.length;
      if (missing === 0) break;
      const numbers = await searchPool(context, db, pool, criteria.pattern, missing);
      for (const e164 of numbers) found.push({ e164, pool });
    }
    return found;
  });
}

function fits(pool: Pool, criteria: SearchCriteria): boolean {
  return (
    pool.digitsMax > 0 &&
    pool.regionCode === criteria.regionCode &&
    pool.type === criteria.type &&
    criteria.capabilities.every((capability) => pool.capabilities.includes(capability))
  );
}

/** The same pools, beginning with a random one. */
function rotated(pools: Pool[], ids: Ids): Pool[] {
  if (pools.length < 2) return pools;
  const first = ids.below(pools.length);
  return [...pools.slice(first), ...pools.slice(0, first)];
}
