import type { Context } from '../context.ts';
import type { E164 } from '../domain/phone-number.ts';
import { lockNumberFor } from '../store/number.ts';
import type { Caller } from './caller.ts';
import { endHold } from './end-hold.ts';
import { readHold } from './get-hold.ts';
import type { HeldNumber } from './hold-numbers.ts';
import { getPoolOfNumber } from './pool-catalog.ts';

/**
 * Gives a held number back: it is on sale again at once.
 * @returns the hold with its end.
 * @throws DomainError NOT_FOUND when the project does not hold the number.
 */
export async function releaseHold(
  context: Context,
  caller: Caller,
  e164: E164,
): Promise<HeldNumber> {
  const pools = await context.pools.current();
  return context.store.write(async (db) => {
    await lockNumberFor(db, caller.projectId, e164, context.clock.now());
    const now = context.clock.now();
    const hold = await readHold(db, caller.projectId, e164, now);
    await endHold(context, db, hold, 'HOLD_RELEASED', caller, now);
    return { ...hold, expireAt: now, pool: await getPoolOfNumber(pools, db, hold.poolId) };
  });
}
