import type { Context } from '../context.ts';
import { defaultQuarantineDays } from '../domain/quarantine.ts';
import { addDays, type Timestamp } from '../domain/timestamp.ts';
import { mayHoldAddress } from '../store/emergency-address.ts';
import { endQuarantineAt } from '../store/number.ts';
import { hasOpenProvisioning } from '../store/provisioning.ts';
import type { Rental } from '../store/rental.ts';
import type { Writer } from '../store/store.ts';
import type { Pools } from './pool-catalog.ts';
import { putBackOnSale } from './put-back-on-sale.ts';

/** Where the number of an ended rental goes. `until` is `null` as long as nobody knows when that ends. */
export interface Quarantine {
  to: 'QUARANTINED' | 'AVAILABLE';
  until: Timestamp | null;
}

/**
 * A number rests by the policy of its pool or of its region and type, counted from the end of the paid
 * period, however late the worker comes; and at least until it has left the platforms of its last holder.
 */
export async function planQuarantine(
  pools: Pools,
  db: Writer,
  rental: Rental,
  now: Timestamp,
): Promise<Quarantine> {
  if ((await hasOpenProvisioning(db, rental.id)) || (await mayHoldAddress(db, rental.id))) {
    return { to: 'QUARANTINED', until: null };
  }
  const until = restUntil(pools, rental, rental.expireAt ?? now);
  return until > now ? { to: 'QUARANTINED', until } : { to: 'AVAILABLE', until: null };
}

/** Until when a number rests by its policy, whose rental ends at that instant. The same instant: it does not. */
export function restUntil(
  pools: Pools,
  { poolId, regionCode, type }: Pick<Rental, 'poolId' | 'regionCode' | 'type'>,
  endAt: Timestamp,
): Timestamp {
  const days = pools.byId(poolId)?.quarantineDays ?? defaultQuarantineDays(regionCode, type);
  return addDays(endAt, days);
}

/** Goes on with a number that waited for its last holder's platforms, when these are done with it. */
export async function resumeQuarantine(
  context: Context,
  pools: Pools,
  db: Writer,
  rental: Rental,
  now: Timestamp,
): Promise<void> {
  const { to, until } = await planQuarantine(pools, db, rental, now);
  if (until !== null) {
    await endQuarantineAt(db, rental.e164, until);
  } else if (to === 'AVAILABLE') {
    await putBackOnSale(context, db, rental.e164, now);
  }
}
