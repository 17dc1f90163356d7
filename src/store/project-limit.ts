import type { ProjectLimit } from '../domain/project-limit.ts';
import type { ProjectId } from '../domain/project-id.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import type { Reader, Writer } from './store.ts';

export function listProjectLimits(db: Reader, projectId: ProjectId): Promise<ProjectLimit[]> {
  return db.all<ProjectLimit>(
    `SELECT kind, currency_code AS "currencyCode", limit_value AS value FROM project_limit
    WHERE project_id = ? ORDER BY kind, currency_code`,
    projectId,
  );
}

export async function putProjectLimit(
  db: Writer,
  projectId: ProjectId,
  { kind, currencyCode, value }: ProjectLimit,
): Promise<void> {
  await db.run(
    `INSERT INTO project_limit (project_id, kind, currency_code, limit_value) VALUES (?, ?, ?, ?)
    ON CONFLICT (project_id, kind, currency_code) DO UPDATE SET limit_value = excluded.limit_value`,
    projectId,
    kind,
    currencyCode,
    value,
  );
}

/** Takes a limit away: then the one of the configuration counts, if there is one. */
export async function deleteProjectLimit(
  db: Writer,
  projectId: ProjectId,
  { kind, currencyCode }: Pick<ProjectLimit, 'kind' | 'currencyCode'>,
): Promise<void> {
  await db.run(
    'DELETE FROM project_limit WHERE project_id = ? AND kind = ? AND currency_code = ?',
    projectId,
    kind,
    currencyCode,
  );
}

/** How many numbers a project rents. */
export async function countCurrentRentals(db: Reader, projectId: ProjectId): Promise<number> {
  const [count] = await db.column<number>(
    'SELECT count(*) FROM rental WHERE project_id = ? AND ended_at IS NULL',
    projectId,
  );
  return count ?? 0;
}

/** What a project was charged from an instant on, in minor units; beyond every limit not to the last of them. */
export async function sumChargesSince(
  db: Reader,
  projectId: ProjectId,
  currencyCode: string,
  since: Timestamp,
): Promise<number> {
  const [sum] = await db.column<string>(
    `SELECT CAST(coalesce(sum(amount_minor), 0) AS TEXT) FROM charge
    WHERE project_id = ? AND created_at >= ? AND currency_code = ?`,
    projectId,
    since,
    currencyCode,
  );
  return Number(sum);
}
