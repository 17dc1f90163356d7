import type { ProjectId } from '../domain/project-id.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import { AS_READ, asRead, listRentals } from './due-rental.ts';
import { type Rental, RENTAL_COLUMNS } from './rental.ts';
import type { Reader, Writer } from './store.ts';

/** Begins dunning: it ends at `endAt` if nobody pays. @returns false when it is not any more what was read. */
export async function startDunning(
  db: Writer,
  rental: Pick<Rental, 'id' | 'periodsCharged' | 'expireAt'>,
  dates: { unpaidSince: Timestamp; suspendAt: Timestamp; expireAt: Timestamp },
): Promise<boolean> {
  const changed = await db.run(
    `UPDATE rental SET unpaid_since = ?, suspend_at = ?, expire_at = ? WHERE id = ? AND ${AS_READ}`,
    dates.unpaidSince,
    dates.suspendAt,
    dates.expireAt,
    rental.id,
    ...asRead(rental),
  );
  return changed === 1;
}

/** Ends dunning because all periods that have begun are paid; the caller has just charged the last of them. */
export async function resolveDunning(db: Writer, rentalId: string): Promise<void> {
  await db.run(
    `UPDATE rental SET unpaid_since = NULL, suspend_at = NULL, suspended_at = NULL, expire_at = NULL
    WHERE id = ? AND ended_at IS NULL`,
    rentalId,
  );
}

/** Writes down that an unpaid rental is suspended. @returns false when it is already, or is not unpaid any more. */
export async function suspendRental(
  db: Writer,
  rentalId: string,
  now: Timestamp,
): Promise<boolean> {
  const changed = await db.run(
    `UPDATE rental SET suspended_at = ?
    WHERE id = ? AND suspend_at <= ? AND suspended_at IS NULL AND ended_at IS NULL`,
    now,
    rentalId,
    now,
  );
  return changed === 1;
}

/** Lets an unpaid rental end now, because its project has released it. @returns false when it is not unpaid any more. */
export async function releaseUnpaidRental(
  db: Writer,
  projectId: ProjectId,
  rentalId: string,
  now: Timestamp,
): Promise<boolean> {
  const changed = await db.run(
    `UPDATE rental SET unpaid_since = NULL, suspend_at = NULL, expire_at = ?
    WHERE id = ? AND project_id = ? AND unpaid_since IS NOT NULL AND ended_at IS NULL`,
    now,
    rentalId,
    projectId,
  );
  return changed === 1;
}

/** Unpaid rentals of which an account covers a period, the longest waiting first. */
export function listPayableRentals(db: Reader, now: Timestamp, limit: number): Promise<Rental[]> {
  return listRentals(db, PAYABLE_RENTALS, now, limit);
}

/** The same, with the locks of their numbers, and without those whose locks others have. */
export function takePayableRentals(db: Writer, now: Timestamp, limit: number): Promise<Rental[]> {
  return listRentals(db, `${PAYABLE_RENTALS} ${db.dialect.skipLocked}`, now, limit);
}

// WITH: the accounts are not locked with the numbers. CROSS JOIN: SQLite begins at them, of which there are few.
const PAYABLE_RENTALS = `WITH fund AS (
    SELECT project_id, currency_code, balance_minor + credit_limit_minor AS available_minor FROM account)
  SELECT ${RENTAL_COLUMNS} FROM fund CROSS JOIN rental JOIN number ON number.e164 = rental.e164
  WHERE rental.project_id = fund.project_id AND rental.currency_code = fund.currency_code
    AND rental.monthly_price_minor * rental.payment_interval_months <= fund.available_minor
    AND ended_at IS NULL AND unpaid_since IS NOT NULL AND expire_at > ?
  ORDER BY next_charge_at LIMIT ?`;

/** Unpaid rentals whose grace is over, the longest waiting first. */
export function listRentalsToSuspend(db: Reader, now: Timestamp, limit: number): Promise<Rental[]> {
  return listRentals(db, RENTALS_TO_SUSPEND, now, limit);
}

/** The same, with the locks of their numbers, and without those whose locks others have. */
export function takeRentalsToSuspend(db: Writer, now: Timestamp, limit: number): Promise<Rental[]> {
  return listRentals(db, `${RENTALS_TO_SUSPEND} ${db.dialect.skipLocked}`, now, limit);
}

const RENTALS_TO_SUSPEND = `SELECT ${RENTAL_COLUMNS} FROM rental JOIN number ON number.e164 = rental.e164
  WHERE suspend_at <= ? AND ended_at IS NULL AND suspended_at IS NULL AND suspend_at IS NOT NULL
  ORDER BY suspend_at LIMIT ?`;

/** What of unpaid rentals their project has to know. */
export type UnpaidRental = Pick<
  Rental,
  | 'projectId'
  | 'currencyCode'
  | 'monthlyPriceMinor'
  | 'paymentIntervalMonths'
  | 'rentedAt'
  | 'periodsCharged'
  | 'nextChargeAt'
> & { suspendAt: Timestamp; suspendedAt: Timestamp | null; expireAt: Timestamp };

/** @param projectId whose; absent: of all projects, for the operator. */
export function listUnpaidRentals(db: Reader, projectId?: ProjectId): Promise<UnpaidRental[]> {
  const ofProject = projectId === undefined ? '' : 'project_id = ? AND';
  return db.all<UnpaidRental>(
    `SELECT project_id AS "projectId", currency_code AS "currencyCode",
      monthly_price_minor AS "monthlyPriceMinor", payment_interval_months AS "paymentIntervalMonths",
      rented_at AS "rentedAt", periods_charged AS "periodsCharged", next_charge_at AS "nextChargeAt",
      suspend_at AS "suspendAt", suspended_at AS "suspendedAt", expire_at AS "expireAt"
    FROM rental WHERE ${ofProject} ended_at IS NULL AND unpaid_since IS NOT NULL`,
    ...(projectId === undefined ? [] : [projectId]),
  );
}
