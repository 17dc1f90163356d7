import type { ProjectId } from '../domain/project-id.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import type { Reader, Writer } from './store.ts';

/** One line of the append-only list of what came in. A correction is one too, with an amount below zero. */
export interface Payment {
  id: string;
  projectId: ProjectId;
  currencyCode: string;
  amountMinor: number;
  /** What the operator knows it by: one payment of the project, unless it is empty. */
  reference: string;
  actor: string;
  createdAt: Timestamp;
}

/** Of an account that there is. */
export async function insertPayment(db: Writer, payment: Payment): Promise<void> {
  await db.run(
    `INSERT INTO payment (id, project_id, currency_code, amount_minor, reference, actor, created_at)
    VALUES (?, ?, ?, ?, ?, ?, ?)`,
    payment.id,
    payment.projectId,
    payment.currencyCode,
    payment.amountMinor,
    payment.reference,
    payment.actor,
    payment.createdAt,
  );
}

const COLUMNS = `id, project_id AS "projectId", currency_code AS "currencyCode",
  amount_minor AS "amountMinor", reference, actor, created_at AS "createdAt"`;

/** A project's payment by what the operator knows it by. */
export function findPayment(
  db: Reader,
  projectId: ProjectId,
  reference: string,
): Promise<Payment | undefined> {
  return db.get<Payment>(
    `SELECT ${COLUMNS} FROM payment WHERE project_id = ? AND reference = ? AND reference <> ''`,
    projectId,
    reference,
  );
}

/** Those of a project in all currencies, the newest first, behind one of them. */
export function listPayments(
  db: Reader,
  projectId: ProjectId,
  limit: number,
  after?: string,
): Promise<Payment[]> {
  return db.all<Payment>(
    `SELECT ${COLUMNS} FROM payment WHERE project_id = ? AND id < ? ORDER BY id DESC LIMIT ?`,
    projectId,
    after ?? AFTER_EVERY_ID,
    limit,
  );
}

const AFTER_EVERY_ID = '~';

export async function countPayments(db: Reader, projectId: ProjectId): Promise<number> {
  const sql = 'SELECT count(*) FROM payment WHERE project_id = ?';
  const [count] = await db.column<number>(sql, projectId);
  return count ?? 0;
}
