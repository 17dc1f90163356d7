import { type NumberState, stateOfCode } from '../domain/number-state.ts';
import type { PoolId } from '../domain/pool.ts';
import type { Reader } from './store.ts';

/** Numbers of a pool in a state; of the available ones those that begin with `head`. */
export interface StockCount {
  poolId: PoolId;
  state: NumberState;
  /** The first HEAD_LENGTH characters of AVAILABLE numbers, plus sign included; '' for all others. */
  head: string;
  count: number;
}

/** Long enough to tell the place of every number: no beginning in the data of places is longer. */
export const HEAD_LENGTH = 9;

/**
 * Counts the numbers after `after` by pool, state and beginning, at most `limit` of them: the whole stock is
 * counted slice by slice, so that nobody waits for it. `last` is where the next slice begins, `undefined` at
 * the end. A block of numbers has few beginnings, so a slice comes to few rows.
 */
export async function countStockSlice(
  db: Reader,
  after: string,
  limit: number,
): Promise<{ counts: StockCount[]; last: string | undefined }> {
  const rows = await db.all<{
    poolId: PoolId;
    state: number;
    head: string;
    count: number;
    last: string;
  }>(
    `SELECT pool_id AS "poolId", state, head, count(*) AS count, max(e164) AS last
    FROM (
      SELECT e164, pool_id, state,
        CASE WHEN state = 0 THEN substr(e164, 1, ${HEAD_LENGTH}) ELSE '' END AS head
      FROM number WHERE e164 > ? ORDER BY e164 LIMIT ?
    ) AS slice
    GROUP BY pool_id, state, head`,
    after,
    limit,
  );
  const seen = rows.reduce((sum, row) => sum + row.count, 0);
  return {
    counts: rows.map(({ poolId, state, head, count }) => ({
      poolId,
      state: stateOfCode(state),
      head,
      count,
    })),
    last:
      seen < limit
        ? undefined
        : rows.reduce((last, row) => (row.last > last ? row.last : last), after),
  };
}
