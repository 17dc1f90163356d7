import type { Context } from '../context.ts';
import type { E164 } from '../domain/phone-number.ts';
import type { ProjectId } from '../domain/project-id.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import { resourceNotFound } from '../errors.ts';
import { findHold, type Hold } from '../store/hold.ts';
import type { Reader } from '../store/store.ts';
import type { HeldNumber } from './hold-numbers.ts';
import { getPoolOfNumber } from './pool-catalog.ts';

/** @throws DomainError NOT_FOUND when the project has not set the number aside, or no longer. */
export async function getHold(
  context: Context,
  projectId: ProjectId,
  e164: E164,
): Promise<HeldNumber> {
  const pools = await context.pools.current();
  return context.store.read(async (db) => {
    const hold = await readHold(db, projectId, e164, context.clock.now());
    return { ...hold, pool: await getPoolOfNumber(pools, db, hold.poolId) };
  });
}

/**
 * The same, for use cases that go on with the hold in their own transaction. What an order holds is the order's to
 * extend and to give back.
 */
export async function readHold(
  db: Reader,
  projectId: ProjectId,
  e164: E164,
  now: Timestamp,
): Promise<Hold> {
  const hold = await findHold(db, projectId, e164, now);
  if (hold === undefined || hold.orderId !== null) throw resourceNotFound('NumberHold', e164);
  return hold;
}
