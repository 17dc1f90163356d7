import type { Context } from '../context.ts';
import { UNLINKED_SMS } from '../domain/provisioning.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import { moveNumber } from '../store/number.ts';
import { findLinksBefore } from '../store/provisioning.ts';
import type { Rental } from '../store/rental.ts';
import type { Writer } from '../store/store.ts';
import {
  listFunds,
  listPayableRentals,
  resolveDunning,
  takePayableRentals,
} from '../store/unpaid-rental.ts';
import { recordDunning } from './record-event.ts';
import { renewRental } from './renew-rental.ts';
import { lockAccountsOf } from './renew-rentals.ts';
import { scheduleSms, scheduleVoice } from './schedule-provisioning.ts';
import type { SetAside } from './set-aside.ts';
import { writeEach } from './write-each.ts';

const RENTALS_PER_WRITE = 200;

/**
 * Charges what unpaid rentals owe as soon as there is money for it, the oldest debt first, also when their end has come
 * and nobody has ended them yet: it was paid in time, and we were late. One that is paid to date goes on as if nothing
 * had been, and is connected again to what it was connected to.
 * @returns how many periods were charged.
 */
export async function collectUnpaid(context: Context, setAside: SetAside): Promise<number> {
  const now = context.clock.now();
  // All of it, a period of each in turn: the sweep of ends, which comes next, must not meet what is yet to be paid.
  for (let total = 0; ;) {
    let count = 0;
    for (const fund of await context.store.read(listFunds)) {
      count += await writeEach(context, setAside, {
        numbersPerWrite: RENTALS_PER_WRITE,
        list: (db, limit) => listPayableRentals(db, fund, limit),
        take: async (db, limit) => lockAccountsOf(db, await takePayableRentals(db, fund, limit)),
        write: (db, rental) => collectPeriod(context, db, rental, now),
      });
    }
    if (count === 0) return total;
    total += count;
  }
}

async function collectPeriod(
  context: Context,
  db: Writer,
  rental: Rental,
  now: Timestamp,
): Promise<boolean> {
  const renewal = await renewRental(context, db, rental, now);
  if (renewal === undefined) return false;
  if ('nextChargeAt' in renewal && renewal.nextChargeAt > now) {
    await resume(context, db, rental, now);
  }
  return true;
}

async function resume(context: Context, db: Writer, rental: Rental, now: Timestamp): Promise<void> {
  const { id, e164, projectId, suspendedAt } = rental;
  await resolveDunning(db, id);
  if (!(await moveNumber(db, e164, 'RELEASING', 'ACTIVE', { projectId, until: null }))) {
    throw new Error(`${e164} has an unpaid rental, but it is not RELEASING.`);
  }
  const details = { from: 'RELEASING', to: 'ACTIVE' };
  await recordDunning(context, db, rental, 'DUNNING_RESOLVED', details, now);
  if (suspendedAt === null) return;
  const { sms = UNLINKED_SMS, voice } = await findLinksBefore(db, id, suspendedAt);
  if (sms.servicePlanId !== '') await scheduleSms(context, db, rental, sms, now);
  if (voice !== undefined && voice.targetId !== '') {
    await scheduleVoice(context, db, rental, voice, now);
  }
}
