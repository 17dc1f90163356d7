import type { ProjectId } from '../domain/project-id.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import type { Reader, Writer } from './store.ts';

export interface AccessKey {
  id: string;
  projectId: ProjectId;
  displayName: string;
  /** SHA-256 of the secret, hexadecimal. Secrets have 160 random bits, so a slow hash would add nothing. */
  secretHash: string;
  createdAt: Timestamp;
  revokedAt: Timestamp | null;
}

const COLUMNS = `id, project_id AS "projectId", display_name AS "displayName",
  secret_hash AS "secretHash", created_at AS "createdAt", revoked_at AS "revokedAt"`;

/** Writes a key; one with the same id in the same project gets the new secret and is valid again. */
export async function putAccessKey(db: Writer, key: AccessKey): Promise<boolean> {
  const written = await db.run(
    `INSERT INTO access_key (id, project_id, display_name, secret_hash, created_at, revoked_at)
    VALUES (?, ?, ?, ?, ?, NULL)
    ON CONFLICT (id) DO UPDATE SET secret_hash = excluded.secret_hash, revoked_at = NULL
      WHERE access_key.project_id = excluded.project_id`,
    key.id,
    key.projectId,
    key.displayName,
    key.secretHash,
    key.createdAt,
  );
  return written === 1;
}

/** Also finds revoked keys: look at `revokedAt`. */
export function findAccessKey(db: Reader, id: string): Promise<AccessKey | undefined> {
  return db.get<AccessKey>(`SELECT ${COLUMNS} FROM access_key WHERE id = ?`, id);
}

export function listAccessKeys(db: Reader, projectId: ProjectId): Promise<AccessKey[]> {
  return db.all<AccessKey>(
    `SELECT ${COLUMNS} FROM access_key WHERE project_id = ? ORDER BY created_at, id`,
    projectId,
  );
}

/** @returns whether a valid key was there to revoke. */
export async function revokeAccessKey(db: Writer, id: string, at: Timestamp): Promise<boolean> {
  const revoked = await db.run(
    'UPDATE access_key SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL',
    at,
    id,
  );
  return revoked === 1;
}
