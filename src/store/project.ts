import type { ProjectId } from '../domain/project-id.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import type { Reader, Writer } from './store.ts';

export interface Project {
  id: ProjectId;
  displayName: string;
  /** Signs the project's callbacks; the API shows it to the project. */
  callbackSecret: string;
  createdAt: Timestamp;
}

const COLUMNS = `id, display_name AS "displayName", callback_secret AS "callbackSecret",
  created_at AS "createdAt"`;

/** @returns whether it was inserted; false when the id is taken. */
export async function insertProject(db: Writer, project: Project): Promise<boolean> {
  const inserted = await db.run(
    `INSERT INTO project (id, display_name, callback_secret, created_at) VALUES (?, ?, ?, ?)
    ON CONFLICT (id) DO NOTHING`,
    project.id,
    project.displayName,
    project.callbackSecret,
    project.createdAt,
  );
  return inserted === 1;
}

export function findProject(db: Reader, id: string): Promise<Project | undefined> {
  return db.get<Project>(`SELECT ${COLUMNS} FROM project WHERE id = ?`, id);
}

/**
 * Makes everyone else who is about to count or spend what the project has wait for this transaction. Locked behind
 * the numbers, never before them. Whoever only inserts what belongs to the project does not wait, and so cannot be
 * waited for in a circle.
 */
export async function lockProject(db: Writer, id: ProjectId): Promise<void> {
  // Where there is one writer at a time, everybody else waits already.
  if (db.dialect.forNoKeyUpdate === '') return;
  await db.get(`SELECT id FROM project WHERE id = ? ${db.dialect.forNoKeyUpdate}`, id);
}

export function listProjects(db: Reader): Promise<Project[]> {
  return db.all<Project>(`SELECT ${COLUMNS} FROM project ORDER BY created_at, id`);
}

export async function updateCallbackSecret(
  db: Writer,
  id: ProjectId,
  callbackSecret: string,
): Promise<void> {
  await db.run('UPDATE project SET callback_secret = ? WHERE id = ?', callbackSecret, id);
}
