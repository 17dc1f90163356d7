import type { Context } from '../context.ts';
import type { E164 } from '../domain/phone-number.ts';
import type { Pool } from '../domain/pool.ts';
import type { ProjectId } from '../domain/project-id.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import { findNumber, listNumbers, type StockNumber } from '../store/number.ts';
import type { Reader } from '../store/store.ts';
import { letOthersRun } from './let-others-run.ts';
import { isVisibleTo, type Pools } from './pool-catalog.ts';
import { numberNotAvailable } from './rent-number.ts';
import { isReservedFor } from './take-number.ts';

/** Few enough that one statement holds nobody up, who shares the process with it. */
const NUMBERS_PER_READ = 1000;

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
  const number = await findAvailableNumber(context, projectId, e164);
  if (number === undefined) throw numberNotAvailable(e164);
  return number;
}

export async function findAvailableNumber(
  context: Context,
  projectId: ProjectId,
  e164: E164,
): Promise<AvailableNumber | undefined> {
  const pools = await context.pools.current();
  return context.store.read(async (db) => {
    const number = await findNumber(db, e164);
    const pool =
      number && (await findPoolToRent(db, pools, projectId, number, context.clock.now()));
    return pool && { e164, pool };
  });
}

/** Those of many numbers that this project can rent, each with its pool. */
export async function findAvailableNumbers(
  context: Context,
  projectId: ProjectId,
  e164s: readonly E164[],
): Promise<Map<E164, Pool>> {
  const pools = await context.pools.current();
  const now = context.clock.now();
  const found = new Map<E164, Pool>();
  for (let i = 0; i < e164s.length; i += NUMBERS_PER_READ) {
    await letOthersRun(i);
    const part = e164s.slice(i, i + NUMBERS_PER_READ);
    await context.store.read(async (db) => {
      for (const number of await listNumbers(db, part)) {
        const pool = await findPoolToRent(db, pools, projectId, number, now);
        if (pool !== undefined) found.set(number.e164, pool);
      }
    });
  }
  return found;
}

/** @returns `undefined` when the number is not this project's to rent. */
async function findPoolToRent(
  db: Reader,
  pools: Pools,
  projectId: ProjectId,
  number: StockNumber,
  now: Timestamp,
): Promise<Pool | undefined> {
  const pool = pools.byId(number.poolId);
  if (pool === undefined) return undefined;
  if (isOnSale(number, now) && isVisibleTo(pool, projectId)) return pool;
  return (await isReservedFor(db, projectId, number, now)) ? pool : undefined;
}

/** What is held no longer can be rented, also before the worker has put it back. */
function isOnSale({ state, stateUntil }: StockNumber, now: Timestamp): boolean {
  return state === 'AVAILABLE' || (state === 'HELD' && stateUntil !== null && stateUntil <= now);
}
