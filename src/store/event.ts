import type { ProjectId } from '../domain/project-id.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import type { Reader, Writer } from './store.ts';

/** One fact in the append-only history of a number. */
export interface StoredEvent {
  id: string;
  e164: string;
  /** 1, 2, 3 … for each number. */
  sequence: number;
  type: string;
  projectId: ProjectId | null;
  rentalId: string | null;
  /** The access key, `worker` or `operator`. */
  actor: string;
  requestId: string | null;
  /** What changed, as JSON text. */
  details: string;
  createdAt: Timestamp;
}

const COLUMNS = `id, e164, sequence, type, project_id AS "projectId", rental_id AS "rentalId", actor,
  request_id AS "requestId", details, created_at AS "createdAt"`;

/** @throws a unique violation when the number has an event of that sequence. */
export async function insertEvent(db: Writer, event: StoredEvent): Promise<void> {
  await db.run(
    `INSERT INTO event (id, e164, sequence, type, project_id, rental_id, actor, request_id, details, created_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    event.id,
    event.e164,
    event.sequence,
    event.type,
    event.projectId,
    event.rentalId,
    event.actor,
    event.requestId,
    event.details,
    event.createdAt,
  );
}

/** A number's newest event, whose id and sequence are smaller than those of all that follow. */
export function findLastEvent(
  db: Reader,
  e164: string,
): Promise<Pick<StoredEvent, 'id' | 'sequence'> | undefined> {
  return db.get(
    'SELECT id, sequence FROM event WHERE e164 = ? ORDER BY sequence DESC LIMIT 1',
    e164,
  );
}

/** The newest rental of a number, current or ended. */
export async function findLastRentalId(db: Reader, e164: string): Promise<string | undefined> {
  const row = await db.get<{ rentalId: string }>(
    `SELECT rental_id AS "rentalId" FROM event WHERE e164 = ? AND rental_id IS NOT NULL
    ORDER BY sequence DESC LIMIT 1`,
    e164,
  );
  return row?.rentalId;
}

/** A number's history, newest first, of all its holders: for the operator. @param before a sequence */
export function listEvents(
  db: Reader,
  e164: string,
  limit: number,
  before: number = Number.MAX_SAFE_INTEGER,
): Promise<StoredEvent[]> {
  return db.all<StoredEvent>(
    `SELECT ${COLUMNS} FROM event WHERE e164 = ? AND sequence < ? ORDER BY sequence DESC LIMIT ?`,
    e164,
    before,
    limit,
  );
}

/** The same, of one holder's periods. */
export function listEventsOf(
  db: Reader,
  projectId: ProjectId,
  e164: string,
  limit: number,
  before: number = Number.MAX_SAFE_INTEGER,
): Promise<StoredEvent[]> {
  return db.all<StoredEvent>(
    `SELECT ${COLUMNS} FROM event
    WHERE e164 = ? AND project_id = ? AND sequence < ? ORDER BY sequence DESC LIMIT ?`,
    e164,
    projectId,
    before,
    limit,
  );
}

export async function countEventsOf(
  db: Reader,
  projectId: ProjectId,
  e164: string,
): Promise<number> {
  const [count] = await db.column<number>(
    'SELECT count(*) FROM event WHERE e164 = ? AND project_id = ?',
    e164,
    projectId,
  );
  return count ?? 0;
}

/** What a check of all histories needs of an event. */
export type EventTrace = Pick<StoredEvent, 'e164' | 'sequence' | 'type' | 'projectId' | 'details'>;

/** All events, number by number, each number's in the order of their sequence, behind one of them. */
export function listTraces(
  db: Reader,
  after: Pick<EventTrace, 'e164' | 'sequence'>,
  limit: number,
): Promise<EventTrace[]> {
  return db.all<EventTrace>(
    `SELECT e164, sequence, type, project_id AS "projectId", details FROM event
    WHERE (e164, sequence) > (?, CAST(? AS ${db.dialect.integer})) ORDER BY e164, sequence LIMIT ?`,
    after.e164,
    after.sequence,
    limit,
  );
}
