import type { Timestamp } from '../domain/timestamp.ts';
import { type Rental, RENTAL_COLUMNS, type RentalRow, toRental } from './rental.ts';
import type { Reader, Writer } from './store.ts';

/** Rentals whose next period begins, the longest waiting first. */
export function listDueRentals(db: Reader, now: Timestamp, limit: number): Promise<Rental[]> {
  return listRentals(db, DUE_RENTALS, now, limit);
}

/** The same, with the locks of their numbers, and without those whose locks others have. */
export function takeDueRentals(db: Writer, now: Timestamp, limit: number): Promise<Rental[]> {
  return listRentals(db, `${DUE_RENTALS} ${db.dialect.skipLocked}`, now, limit);
}

// With the number, because that is what locks: everybody who changes a rental locks its number first.
const DUE_RENTALS = `SELECT ${RENTAL_COLUMNS} FROM rental JOIN number ON number.e164 = rental.e164
  WHERE next_charge_at <= ? AND ended_at IS NULL AND expire_at IS NULL ORDER BY next_charge_at LIMIT ?`;

export async function listRentals(
  db: Reader,
  sql: string,
  now: Timestamp,
  limit: number,
): Promise<Rental[]> {
  return (await db.all<RentalRow>(sql, now, limit)).map(toRental);
}

/**
 * That a rental still is what was read of it: whoever changes it changes one of these.
 * coalesce: written as two conditions, they are those of the index of due rentals. Before PostgreSQL has first analysed
 * the table it takes that index to be empty, and walks through all that is due to find this one.
 */
export const AS_READ = "periods_charged = ? AND coalesce(ended_at, expire_at, '') = ?";

export function asRead({
  periodsCharged,
  expireAt,
}: Pick<Rental, 'periodsCharged' | 'expireAt'>): [number, string] {
  return [periodsCharged, expireAt ?? ''];
}

/** Counts a period as charged. @returns false when the rental is not any more what the caller has read. */
export async function advanceRental(
  db: Writer,
  rental: Pick<Rental, 'id' | 'periodsCharged' | 'expireAt'>,
  nextChargeAt: Timestamp,
): Promise<boolean> {
  const changed = await db.run(
    `UPDATE rental SET periods_charged = ?, next_charge_at = ? WHERE id = ? AND ${AS_READ}`,
    rental.periodsCharged + 1,
    nextChargeAt,
    rental.id,
    ...asRead(rental),
  );
  return changed === 1;
}

/** Released rentals whose paid period is over, the longest waiting first. */
export function listExpiredRentals(db: Reader, now: Timestamp, limit: number): Promise<Rental[]> {
  return listRentals(db, EXPIRED_RENTALS, now, limit);
}

/** The same, with the locks of their numbers, and without those whose locks others have. */
export function takeExpiredRentals(db: Writer, now: Timestamp, limit: number): Promise<Rental[]> {
  return listRentals(db, `${EXPIRED_RENTALS} ${db.dialect.skipLocked}`, now, limit);
}

const EXPIRED_RENTALS = `SELECT ${RENTAL_COLUMNS} FROM rental JOIN number ON number.e164 = rental.e164
  WHERE expire_at <= ? AND ended_at IS NULL AND expire_at IS NOT NULL ORDER BY expire_at LIMIT ?`;

/** Ends a rental for good. @returns false when another worker did so first. */
export async function endRental(db: Writer, rentalId: string, at: Timestamp): Promise<boolean> {
  const changed = await db.run(
    'UPDATE rental SET ended_at = ? WHERE id = ? AND ended_at IS NULL AND expire_at <= ?',
    at,
    rentalId,
    at,
  );
  return changed === 1;
}
