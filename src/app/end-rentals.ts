import type { Context } from '../context.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import { moveNumber } from '../store/number.ts';
import {
  endRental as endRow,
  listExpiredRentals,
  takeExpiredRentals,
} from '../store/due-rental.ts';
import type { Rental } from '../store/rental.ts';
import type { Writer } from '../store/store.ts';
import { endEmergencyAddress } from './deprovision-emergency-address.ts';
import type { Pools } from './pool-catalog.ts';
import { planQuarantine } from './quarantine-number.ts';
import { recordDunning, recordHistory } from './record-event.ts';
import { scheduleSms, scheduleVoice } from './schedule-provisioning.ts';
import type { SetAside } from './set-aside.ts';
import { writeEach } from './write-each.ts';

const RENTALS_PER_WRITE = 200;

/**
 * Ends released rentals whose paid period is over, and unpaid ones that nobody has paid until their end: the number
 * leaves its platforms and goes into quarantine, or back on sale where its policy has none.
 * @returns how many ended; call again until it is none.
 */
export async function endRentals(context: Context, setAside: SetAside): Promise<number> {
  const now = context.clock.now();
  const pools = await context.pools.current();
  return writeEach(context, setAside, {
    numbersPerWrite: RENTALS_PER_WRITE,
    list: (db, limit) => listExpiredRentals(db, now, limit),
    take: (db, limit) => takeExpiredRentals(db, now, limit),
    write: (db, rental) => endRental(context, pools, db, rental, now),
  });
}

async function endRental(
  context: Context,
  pools: Pools,
  db: Writer,
  rental: Rental,
  now: Timestamp,
): Promise<boolean> {
  if (!(await endRow(db, rental.id, now))) return false;
  await scheduleSms(context, db, rental, { servicePlanId: '', campaignId: '' }, now);
  await scheduleVoice(context, db, rental, { type: rental.voice.type, targetId: '' }, now);
  await endEmergencyAddress(context, db, rental, 'worker', now);
  const { to, until } = await planQuarantine(pools, db, rental, now);
  const holder = { projectId: to === 'AVAILABLE' ? null : rental.projectId, until };
  if (!(await moveNumber(db, rental.e164, 'RELEASING', to, holder))) {
    throw new Error(`${rental.e164} has a released rental, but it is not RELEASING.`);
  }
  const details = { from: 'RELEASING', to, quarantineUntil: until };
  if (rental.unpaidSince === null) {
    await recordHistory(context, db, rental, 'ENDED', 'worker', details, now);
  } else {
    await recordDunning(context, db, rental, 'DUNNING_ENDED', details, now);
  }
  return true;
}
