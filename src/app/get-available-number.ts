import type { Context } from '../context.ts';
import type { E164 } from '../domain/phone-number.ts';
import type { Pool } from '../domain/pool.ts';
import type { ProjectId } from '../domain/project-id.ts';
import { findNumber } from '../store/number.ts';
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
  const number = await context.store.read((db) => findNumber(db, e164));
  const pool = number && (await context.pools.current()).byId(number.poolId);
  if (number === undefined || pool === undefined) throw numberNotAvailable(e164);
  const isOnSale = number.state === 'AVAILABLE' && isVisibleTo(pool, projectId);
  if (!isOnSale && !isReservedFor(projectId, number, context.clock.now())) {
    throw numberNotAvailable(e164);
  }
  return { e164, pool };
}
