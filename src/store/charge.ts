import type { ChargeKind } from '../domain/charge-kind.ts';
import type { E164 } from '../domain/phone-number.ts';
import type { ProjectId } from '../domain/project-id.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import type { Reader, SqlValue, Writer } from './store.ts';

/** One line of the append-only ledger. */
export interface Charge {
  id: string;
  projectId: ProjectId;
  rentalId: string;
  e164: string;
  kind: ChargeKind;
  /** Which period of the rental, from 0. SETUP belongs to period 0. */
  period: number;
  periodStart: Timestamp;
  periodEnd: Timestamp;
  currencyCode: string;
  /** In minor units of the currency, for the whole period. */
  amountMinor: number;
  createdAt: Timestamp;
}

/**
 * Adds lines to the ledger, in one statement. The unique index refuses a second charge for one period of one rental.
 * @param isPrepaid whether they were taken from the project's account.
 */
export async function insertCharge(
  db: Writer,
  isPrepaid: boolean,
  ...charges: Charge[]
): Promise<void> {
  await db.run(
    `INSERT INTO charge (id, project_id, rental_id, e164, kind, period, period_start, period_end,
      currency_code, amount_minor, created_at, is_prepaid)
    VALUES ${charges.map(() => '(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)').join(', ')}`,
    ...charges.flatMap((charge) => [
      charge.id,
      charge.projectId,
      charge.rentalId,
      charge.e164,
      charge.kind,
      charge.period,
      charge.periodStart,
      charge.periodEnd,
      charge.currencyCode,
      charge.amountMinor,
      charge.createdAt,
      isPrepaid ? 1 : 0,
    ]),
  );
}

const COLUMNS = `id, project_id AS "projectId", rental_id AS "rentalId", e164, kind, period,
  period_start AS "periodStart", period_end AS "periodEnd", currency_code AS "currencyCode",
  amount_minor AS "amountMinor", created_at AS "createdAt"`;

/** A project's charges, oldest first. */
export function listCharges(db: Reader, projectId: ProjectId): Promise<Charge[]> {
  return db.all<Charge>(
    `SELECT ${COLUMNS} FROM charge WHERE project_id = ? ORDER BY created_at, id`,
    projectId,
  );
}

/** Which charges of a project; each part may be left out. */
export interface ChargeFilter {
  /** Made then or later. */
  from?: Timestamp | undefined;
  /** Made before then. */
  to?: Timestamp | undefined;
  e164?: E164 | undefined;
  rentalId?: string | undefined;
  kind?: ChargeKind | undefined;
  currencyCode?: string | undefined;
}

/** Where a charge stands among those of its project. */
export interface ChargePlace {
  createdAt: string;
  id: string;
}

/** Those that a filter lets through, the newest first, behind one of them. */
export function listChargesBefore(
  db: Reader,
  projectId: ProjectId,
  filter: ChargeFilter,
  limit: number,
  before?: ChargePlace,
): Promise<Charge[]> {
  const { where, values } = toWhere(projectId, filter);
  const place = before ?? { createdAt: END_OF_TIME, id: '' };
  return db.all<Charge>(
    `SELECT ${COLUMNS} FROM charge WHERE ${where} AND (created_at, id) < (?, ?)
    ORDER BY created_at DESC, id DESC LIMIT ?`,
    ...values,
    place.createdAt,
    place.id,
    limit,
  );
}

/** Those that a filter lets through, the oldest first, behind one of them. */
export function listChargesAfter(
  db: Reader,
  projectId: ProjectId,
  filter: ChargeFilter,
  limit: number,
  after?: ChargePlace,
): Promise<Charge[]> {
  const { where, values } = toWhere(projectId, filter);
  const place = after ?? { createdAt: BEGIN_OF_TIME, id: '' };
  return db.all<Charge>(
    `SELECT ${COLUMNS} FROM charge WHERE ${where} AND (created_at, id) > (?, ?)
    ORDER BY created_at, id LIMIT ?`,
    ...values,
    place.createdAt,
    place.id,
    limit,
  );
}

/** What charges of one kind in one currency come to. */
export interface ChargeSum {
  currencyCode: string;
  kind: ChargeKind;
  count: number;
  /** In minor units. A sum of many may be more than a number is exact for. */
  amountMinor: bigint;
}

/** The sums of all that a filter lets through, by currency and kind. */
export async function sumCharges(
  db: Reader,
  projectId: ProjectId,
  filter: ChargeFilter,
): Promise<ChargeSum[]> {
  const { where, values } = toWhere(projectId, filter);
  const rows = await db.all<Omit<ChargeSum, 'amountMinor'> & { amountMinor: string }>(
    `SELECT currency_code AS "currencyCode", kind, count(*) AS count,
      CAST(sum(amount_minor) AS TEXT) AS "amountMinor"
    FROM charge WHERE ${where} GROUP BY currency_code, kind ORDER BY currency_code, kind DESC`,
    ...values,
  );
  return rows.map((row) => ({ ...row, amountMinor: BigInt(row.amountMinor) }));
}

/** Before and behind every instant. */
const BEGIN_OF_TIME = '';
const END_OF_TIME = '~';

/** Both ends are always in it, so that there are few texts. */
function toWhere(
  projectId: ProjectId,
  { from, to, e164, rentalId, kind, currencyCode }: ChargeFilter,
): { where: string; values: SqlValue[] } {
  const parts: string[] = ['project_id = ?', 'created_at >= ?', 'created_at < ?'];
  const values: SqlValue[] = [projectId, from ?? BEGIN_OF_TIME, to ?? END_OF_TIME];
  for (const [column, value] of Object.entries({
    e164,
    rental_id: rentalId,
    kind,
    currency_code: currencyCode,
  })) {
    if (value === undefined) continue;
    parts.push(`${column} = ?`);
    values.push(value);
  }
  return { where: parts.join(' AND '), values };
}
