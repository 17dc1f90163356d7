import type { Context } from '../context.ts';
import { lockAccounts } from '../store/account.ts';
import { listDueRentals, takeDueRentals } from '../store/due-rental.ts';
import type { Rental } from '../store/rental.ts';
import type { Writer } from '../store/store.ts';
import { renewRental } from './renew-rental.ts';
import type { SetAside } from './set-aside.ts';
import { writeEach } from './write-each.ts';

/** How many rentals share a transaction: enough to share its cost, few enough not to hold up a rent. */
const RENTALS_PER_WRITE = 200;

/**
 * Charges rentals whose next period has begun, one period each, or begins dunning where that is not covered. The update
 * that counts the period is conditional, so that of several workers one charges.
 * @returns for how many something was done; call again until it is none.
 */
export function renewRentals(context: Context, setAside: SetAside): Promise<number> {
  const now = context.clock.now();
  return writeEach(context, setAside, {
    numbersPerWrite: RENTALS_PER_WRITE,
    list: (db, limit) => listDueRentals(db, now, limit),
    take: async (db, limit) => lockAccountsOf(db, await takeDueRentals(db, now, limit)),
    write: async (db, rental) => (await renewRental(context, db, rental, now)) !== undefined,
  });
}

/** Locks what rentals are paid from, in one order: workers that renew for the same projects wait, and not in a circle. */
export async function lockAccountsOf(db: Writer, rentals: Rental[]): Promise<Rental[]> {
  await lockAccounts(db, [...new Set(rentals.map(({ projectId }) => projectId))]);
  return rentals;
}
