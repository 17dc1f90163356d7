import type { Context } from '../context.ts';
import { periodStart } from '../domain/billing-calendar.ts';
import { periodPriceMinor } from '../domain/rent-price.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import { debitAccount, lockAccounts } from '../store/account.ts';
import { insertCharge } from '../store/charge.ts';
import { advanceRental, listDueRentals, takeDueRentals } from '../store/due-rental.ts';
import type { Rental } from '../store/rental.ts';
import type { Writer } from '../store/store.ts';
import { recordHistory } from './record-event.ts';
import type { SetAside } from './set-aside.ts';
import { writeEach } from './write-each.ts';

/** How many rentals share a transaction: enough to share its cost, few enough not to hold up a rent. */
const RENTALS_PER_WRITE = 200;

/**
 * Charges rentals whose next period has begun, one period each. The update that counts the period is
 * conditional, so that of several workers one charges.
 * @returns how many were charged; call again until it is none.
 */
export function renewRentals(context: Context, setAside: SetAside): Promise<number> {
  const now = context.clock.now();
  return writeEach(context, setAside, {
    numbersPerWrite: RENTALS_PER_WRITE,
    list: (db, limit) => listDueRentals(db, now, limit),
    take: (db, limit) => takeWithAccounts(db, now, limit),
    write: async (db, rental) => (await renewRental(context, db, rental, now)) !== undefined,
  });
}

/** With the accounts' locks in one order: workers that renew for the same projects wait, and not in a circle. */
async function takeWithAccounts(db: Writer, now: Timestamp, limit: number): Promise<Rental[]> {
  const rentals = await takeDueRentals(db, now, limit);
  await lockAccounts(db, [...new Set(rentals.map(({ projectId }) => projectId))]);
  return rentals;
}

/** Charges all periods of one rental that have begun, for a use case that cannot wait for the worker. */
export async function renewToDate<Current extends Rental>(
  context: Context,
  db: Writer,
  rental: Current,
  now: Timestamp,
): Promise<Current> {
  let current = rental;
  while (current.nextChargeAt <= now) {
    const renewed = await renewRental(context, db, current, now);
    if (renewed === undefined) return current;
    current = { ...current, ...renewed };
  }
  return current;
}

/** @returns what has changed; `undefined` when another worker was first, or the rental was released. */
async function renewRental(
  context: Context,
  db: Writer,
  rental: Rental,
  now: Timestamp,
): Promise<Pick<Rental, 'periodsCharged' | 'nextChargeAt'> | undefined> {
  const period = rental.periodsCharged;
  const periodEnd = periodStart(rental.rentedAt, period + 1, rental.paymentIntervalMonths);
  if (!(await advanceRental(db, rental, periodEnd))) return undefined;
  const amountMinor = periodPriceMinor(rental);
  const { projectId, currencyCode } = rental;
  // What the project has already stays, whatever the balance: only rents need cover.
  const isPrepaid = await debitAccount(db, projectId, currencyCode, amountMinor);
  await insertCharge(db, isPrepaid, {
    id: context.ids.ulid(),
    projectId: rental.projectId,
    rentalId: rental.id,
    e164: rental.e164,
    kind: 'PERIOD',
    period,
    periodStart: rental.nextChargeAt,
    periodEnd,
    currencyCode: rental.currencyCode,
    amountMinor,
    createdAt: now,
  });
  const details = { period, amountMinor, currencyCode: rental.currencyCode };
  await recordHistory(context, db, rental, 'RENEWED', 'worker', details, now);
  return { periodsCharged: period + 1, nextChargeAt: periodEnd };
}
