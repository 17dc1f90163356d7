import type { ProjectId } from '../domain/project-id.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import type { Reader, Writer } from './store.ts';

/** One line of the append-only ledger. */
export interface Charge {
  id: string;
  projectId: ProjectId;
  rentalId: string;
  e164: string;
  kind: 'SETUP' | 'PERIOD';
  /** Which period of the rental, from 0. SETUP belongs to period 0. */
  period: number;
  periodStart: Timestamp;
  periodEnd: Timestamp;
  currencyCode: string;
  /** In minor units of the currency, for the whole period. */
  amountMinor: number;
  createdAt: Timestamp;
}

/** Adds lines to the ledger, in one statement. The unique index refuses a second charge for one period of one rental. */
export async function insertCharge(db: Writer, ...charges: Charge[]): Promise<void> {
  await db.run(
    `INSERT INTO charge (id, project_id, rental_id, e164, kind, period, period_start, period_end,
      currency_code, amount_minor, created_at)
    VALUES ${charges.map(() => '(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)').join(', ')}`,
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
    ]),
  );
}

/** A project's charges, oldest first. */
export function listCharges(db: Reader, projectId: ProjectId): Promise<Charge[]> {
  return db.all<Charge>(
    `SELECT id, project_id AS "projectId", rental_id AS "rentalId", e164, kind, period,
      period_start AS "periodStart", period_end AS "periodEnd", currency_code AS "currencyCode",
      amount_minor AS "amountMinor", created_at AS "createdAt"
    FROM charge WHERE project_id = ? ORDER BY created_at, id`,
    projectId,
  );
}
