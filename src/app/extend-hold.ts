import type { Context } from '../context.ts';
import { extendedEnd, type HoldPolicy, latestEnd, secondsLeft } from '../domain/hold-policy.ts';
import type { E164 } from '../domain/phone-number.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import { type DomainError, preconditionFailed } from '../errors.ts';
import { type Hold, moveHoldEnd } from '../store/hold.ts';
import { lockNumberFor } from '../store/number.ts';
import type { Caller } from './caller.ts';
import { readHold } from './get-hold.ts';
import { assertTtlAllowed } from './hold-limits.ts';
import type { HeldNumber } from './hold-numbers.ts';
import { getPoolOfNumber } from './pool-catalog.ts';
import { recordHoldEvent } from './record-hold-event.ts';

/**
 * Lets a hold end so long from now; it never ends earlier by this. When nothing is said it lasts as long as a new one,
 * or what is left of its life.
 * @throws DomainError NOT_FOUND when the project does not hold the number, INVALID_ARGUMENT and FAILED_PRECONDITION when
 * the operator does not allow so much.
 */
export async function extendHold(
  context: Context,
  caller: Caller,
  e164: E164,
  ttlMs: number | undefined,
): Promise<HeldNumber> {
  const { hold: policy } = context.config;
  assertTtlAllowed(policy, ttlMs);
  const pools = await context.pools.current();
  return context.store.write(async (db) => {
    await lockNumberFor(db, caller.projectId, e164, context.clock.now());
    const now = context.clock.now();
    const hold = await readHold(db, caller.projectId, e164, now);
    const expireAt = extendedEnd(policy, hold, now, ttlMs);
    if (expireAt === undefined) throw livesNoLonger(policy, hold, now);
    const pool = await getPoolOfNumber(pools, db, hold.poolId);
    if (expireAt === hold.expireAt) return { ...hold, pool };
    await moveHoldEnd(db, hold, expireAt);
    const details = { expireAt, expireAtBefore: hold.expireAt };
    await recordHoldEvent(context, db, hold, 'HOLD_EXTENDED', caller, details, now);
    return { ...hold, expireAt, pool };
  });
}

function livesNoLonger(policy: HoldPolicy, { e164, heldAt }: Hold, now: Timestamp): DomainError {
  const latest = latestEnd(policy, heldAt);
  return preconditionFailed({
    type: 'HOLD_LIFE_LIMIT',
    subject: e164,
    description:
      `A number is held for ${policy.lifeMsMax / 1000} seconds at most, extensions included. This one can be until ` +
      `${latest}, for which ${secondsLeft(now, latest)} seconds are left.`,
  });
}
