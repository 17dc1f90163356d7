import type { ProjectId } from '../domain/project-id.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import type { Reader, Writer } from './store.ts';

/** One line of the append-only list of how far an account could go below zero, and who said so. */
export interface CreditLimitChange {
  id: string;
  projectId: ProjectId;
  currencyCode: string;
  /** `null`: there was no account before. */
  fromMinor: number | null;
  toMinor: number;
  actor: string;
  createdAt: Timestamp;
}

/** Of an account that there is. */
export async function insertCreditLimitChange(
  db: Writer,
  change: CreditLimitChange,
): Promise<void> {
  await db.run(
    `INSERT INTO credit_limit_change
      (id, project_id, currency_code, from_minor, to_minor, actor, created_at)
    VALUES (?, ?, ?, ?, ?, ?, ?)`,
    change.id,
    change.projectId,
    change.currencyCode,
    change.fromMinor,
    change.toMinor,
    change.actor,
    change.createdAt,
  );
}

/** Those of a project in all currencies, the newest first, behind one of them. */
export function listCreditLimitChanges(
  db: Reader,
  projectId: ProjectId,
  limit: number,
  after?: string,
): Promise<CreditLimitChange[]> {
  return db.all<CreditLimitChange>(
    `SELECT id, project_id AS "projectId", currency_code AS "currencyCode",
      from_minor AS "fromMinor", to_minor AS "toMinor", actor, created_at AS "createdAt"
    FROM credit_limit_change WHERE project_id = ? AND id < ? ORDER BY id DESC LIMIT ?`,
    projectId,
    after ?? AFTER_EVERY_ID,
    limit,
  );
}

const AFTER_EVERY_ID = '~';

export async function countCreditLimitChanges(db: Reader, projectId: ProjectId): Promise<number> {
  const sql = 'SELECT count(*) FROM credit_limit_change WHERE project_id = ?';
  const [count] = await db.column<number>(sql, projectId);
  return count ?? 0;
}
