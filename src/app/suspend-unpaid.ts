import type { Context } from '../context.ts';
import { UNLINKED_SMS } from '../domain/provisioning.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import type { Rental } from '../store/rental.ts';
import type { Writer } from '../store/store.ts';
import {
  listRentalsToSuspend,
  suspendRental,
  takeRentalsToSuspend,
} from '../store/unpaid-rental.ts';
import { recordDunning } from './record-event.ts';
import { scheduleSms, scheduleVoice } from './schedule-provisioning.ts';
import type { SetAside } from './set-aside.ts';
import { writeEach } from './write-each.ts';

const RENTALS_PER_WRITE = 200;

/**
 * Takes the numbers of unpaid rentals off their platforms when their grace is over. They stay their project's until
 * they end, and so does an emergency address.
 * @returns how many; call again until it is none.
 */
export function suspendUnpaid(context: Context, setAside: SetAside): Promise<number> {
  const now = context.clock.now();
  return writeEach(context, setAside, {
    numbersPerWrite: RENTALS_PER_WRITE,
    list: (db, limit) => listRentalsToSuspend(db, now, limit),
    take: (db, limit) => takeRentalsToSuspend(db, now, limit),
    write: (db, rental) => suspend(context, db, rental, now),
  });
}

async function suspend(
  context: Context,
  db: Writer,
  rental: Rental,
  now: Timestamp,
): Promise<boolean> {
  if (!(await suspendRental(db, rental.id, now))) return false;
  await recordDunning(context, db, rental, 'DUNNING_SUSPENDED', { endTime: rental.expireAt }, now);
  await scheduleSms(context, db, rental, UNLINKED_SMS, now);
  await scheduleVoice(context, db, rental, { type: rental.voice.type, targetId: '' }, now);
  return true;
}
