import type { ProjectId } from '../domain/project-id.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import { AS_READ, asRead, listRentals } from './due-rental.ts';
import { type Rental, RENTAL_COLUMNS, type RentalRow, toRental } from './rental.ts';
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

/** An account that covers a period of some unpaid rental. */
export interface Fund {
  projectId: ProjectId;
  currencyCode: string;
  availableMinor: number;
}

/** One look into an index for each account, also where an engine knows nothing of the tables yet: it is asked for all the time. */
export function listFunds(db: Reader): Promise<Fund[]> {
  return db.all<Fund>(
    `SELECT project_id AS "projectId", currency_code AS "currencyCode",
      balance_minor + credit_limit_minor AS "availableMinor"
    FROM account WHERE balance_minor + credit_limit_minor >= (
      SELECT min(monthly_price_minor * payment_interval_months) FROM rental
      WHERE rental.project_id = account.project_id AND rental.currency_code = account.currency_code
        AND ended_at IS NULL AND unpaid_since IS NOT NULL)`,
  );
}

/** Unpaid rentals of which a fund covers a period, the longest waiting first. */
export function listPayableRentals(db: Reader, fund: Fund, limit: number): Promise<Rental[]> {
  return listPayable(db, PAYABLE_RENTALS, fund, limit);
}

/** The same, with the locks of their numbers, and without those whose locks others have. */
export function takePayableRentals(db: Writer, fund: Fund, limit: number): Promise<Rental[]> {
  return listPayable(db, `${PAYABLE_RENTALS} ${db.dialect.skipLocked}`, fund, limit);
}

// The longest waiting are found before their numbers are looked up.
const PAYABLE_RENTALS = `SELECT ${RENTAL_COLUMNS} FROM rental JOIN number ON number.e164 = rental.e164
  WHERE rental.id IN (
    SELECT id FROM rental WHERE project_id = ? AND currency_code = ?
      AND monthly_price_minor * payment_interval_months <= ?
      AND ended_at IS NULL AND unpaid_since IS NOT NULL
    ORDER BY next_charge_at LIMIT ?)
  ORDER BY next_charge_at`;

async function listPayable(
  db: Reader,
  sql: string,
  { projectId, currencyCode, availableMinor }: Fund,
  limit: number,
): Promise<Rental[]> {
  const rows = await db.all<RentalRow>(sql, projectId, currencyCode, availableMinor, limit);
  return rows.map(toRental);
}

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

/** What the unpaid rentals of a project in one currency come to. */
export interface UnpaidSum {
  projectId: ProjectId;
  currencyCode: string;
  count: number;
  /** Of one period of each. */
  priceMinor: bigint;
  /** Of the first that is not suspended yet. */
  suspendAt: Timestamp | null;
  /** Of the first that ends. */
  expireAt: Timestamp;
}

/** @param projectId whose; absent: of all projects, for the operator. */
export async function sumUnpaid(db: Reader, projectId?: ProjectId): Promise<UnpaidSum[]> {
  const rows = await db.all<Omit<UnpaidSum, 'priceMinor'> & { priceMinor: string }>(
    `SELECT project_id AS "projectId", currency_code AS "currencyCode", count(*) AS count,
      CAST(sum(monthly_price_minor * payment_interval_months) AS TEXT) AS "priceMinor",
      min(CASE WHEN suspended_at IS NULL THEN suspend_at END) AS "suspendAt", min(expire_at) AS "expireAt"
    FROM rental WHERE ${ofProject(projectId)} ended_at IS NULL AND unpaid_since IS NOT NULL
    GROUP BY project_id, currency_code`,
    ...(projectId === undefined ? [] : [projectId]),
  );
  return rows.map((row) => ({ ...row, priceMinor: BigInt(row.priceMinor) }));
}

export type UnpaidRental = Pick<
  Rental,
  | 'projectId'
  | 'currencyCode'
  | 'monthlyPriceMinor'
  | 'paymentIntervalMonths'
  | 'rentedAt'
  | 'periodsCharged'
>;

/**
 * Unpaid rentals whose oldest unpaid period began at an instant or before it.
 * @param projectId as that of `sumUnpaid`.
 */
export function listUnpaidSince(
  db: Reader,
  at: Timestamp,
  projectId?: ProjectId,
): Promise<UnpaidRental[]> {
  return db.all<UnpaidRental>(
    `SELECT project_id AS "projectId", currency_code AS "currencyCode",
      monthly_price_minor AS "monthlyPriceMinor", payment_interval_months AS "paymentIntervalMonths",
      rented_at AS "rentedAt", periods_charged AS "periodsCharged"
    FROM rental WHERE ${ofProject(projectId)} ended_at IS NULL AND unpaid_since IS NOT NULL
      AND next_charge_at <= ?`,
    ...(projectId === undefined ? [] : [projectId]),
    at,
  );
}

function ofProject(projectId: ProjectId | undefined): string {
  return projectId === undefined ? '' : 'project_id = ? AND';
}
