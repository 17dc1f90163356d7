import type { Context } from '../context.ts';
import type { E164 } from '../domain/phone-number.ts';
import type { Pool } from '../domain/pool.ts';
import type { ProjectId } from '../domain/project-id.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import { findNumber, type StockNumber } from '../store/number.ts';
import { isVisibleTo } from './pool-catalog.ts';
import { numberNotAvailable } from './rent-number.ts';
import { isReservedFor } from './take-number.ts';

/** A number that can be rented, with the pool that tells its price. */
export interface AvailableNumber {
  e164: E164;
  pool: Pool;
}

/** @throws DomainError NOT_FOUND when the number is not for this project to rent, for whatever reason. */
export async function getAvailableNumber(
  context: Context,
  projectId: ProjectId,
  e164: E164,
): Promise<AvailableNumber> {
  const pools = await context.pools.current();
  return context.store.read(async (db) => {
    const number = await findNumber(db, e164);
    const pool = number && pools.byId(number.poolId);
    if (number === undefined || pool === undefined) throw numberNotAvailable(e164);
    const now = context.clock.now();
    const isForAll = isOnSale(number, now) && isVisibleTo(pool, projectId);
    if (!isForAll && !(await isReservedFor(db, projectId, number, now))) {
      throw numberNotAvailable(e164);
    }
    return { e164, pool };
  });
}

/** What is held no longer can be rented, also before the worker has put it back. */
function isOnSale({ state, stateUntil }: StockNumber, now: Timestamp): boolean {
  return state === 'AVAILABLE' || (state === 'HELD' && stateUntil !== null && stateUntil <= now);
}
