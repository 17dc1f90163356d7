import type { ProjectId } from '../domain/project-id.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import type { Reader, Writer } from './store.ts';

export type DeliveryStatus = 'PENDING' | 'DELIVERED' | 'FAILED';

/** A callback to be delivered. `body` is the exact text, the same in every attempt. */
export interface Delivery {
  id: string;
  eventId: string;
  projectId: ProjectId;
  url: string;
  body: string;
  status: DeliveryStatus;
  attempts: number;
  createdAt: Timestamp;
}

/** One try at a delivery. */
export interface Attempt {
  deliveryId: string;
  /** 1, 2, 3 … */
  number: number;
  /** `null` when there was no answer: then `error` says why. */
  statusCode: number | null;
  error: string | null;
  latencyMs: number;
  startedAt: Timestamp;
}

const COLUMNS = `id, event_id AS "eventId", project_id AS "projectId", url, body, status, attempts,
  created_at AS "createdAt"`;

export async function insertDelivery(
  db: Writer,
  delivery: Omit<Delivery, 'status' | 'attempts'>,
): Promise<void> {
  await db.run(
    `INSERT INTO delivery (id, event_id, project_id, url, body, status, attempts, created_at, updated_at)
    VALUES (?, ?, ?, ?, ?, 'PENDING', 0, ?, ?)`,
    delivery.id,
    delivery.eventId,
    delivery.projectId,
    delivery.url,
    delivery.body,
    delivery.createdAt,
    delivery.createdAt,
  );
}

export function findDelivery(db: Reader, id: string): Promise<Delivery | undefined> {
  return db.get<Delivery>(`SELECT ${COLUMNS} FROM delivery WHERE id = ?`, id);
}

/** Records an attempt and what the delivery has come to with it. */
export async function recordAttempt(
  db: Writer,
  attempt: Attempt,
  status: DeliveryStatus,
  at: Timestamp,
): Promise<void> {
  await db.run(
    `INSERT INTO attempt (delivery_id, number, status_code, error, latency_ms, started_at)
    VALUES (?, ?, ?, ?, ?, ?)`,
    attempt.deliveryId,
    attempt.number,
    attempt.statusCode,
    attempt.error,
    attempt.latencyMs,
    attempt.startedAt,
  );
  await db.run(
    'UPDATE delivery SET status = ?, attempts = ?, updated_at = ? WHERE id = ?',
    status,
    attempt.number,
    at,
    attempt.deliveryId,
  );
}

/** The newest deliveries of one project first. */
export function listDeliveries(
  db: Reader,
  projectId: ProjectId,
  limit: number,
): Promise<Delivery[]> {
  return db.all<Delivery>(
    `SELECT ${COLUMNS} FROM delivery WHERE project_id = ? ORDER BY id DESC LIMIT ?`,
    projectId,
    limit,
  );
}

export function listAttempts(db: Reader, deliveryId: string): Promise<Attempt[]> {
  return db.all<Attempt>(
    `SELECT delivery_id AS "deliveryId", number, status_code AS "statusCode", error,
      latency_ms AS "latencyMs", started_at AS "startedAt"
    FROM attempt WHERE delivery_id = ? ORDER BY number`,
    deliveryId,
  );
}

export async function countPendingDeliveries(db: Reader): Promise<number> {
  const row = await db.get<{ count: number }>(
    "SELECT count(*) AS count FROM delivery WHERE status = 'PENDING'",
  );
  return row?.count ?? 0;
}
