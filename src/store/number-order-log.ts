import type { ProjectId } from '../domain/project-id.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import type { Reader, Writer } from './store.ts';

/** What a reviewer has told the client about an order. */
export interface NumberOrderLog {
  message: string;
  createdAt: Timestamp;
}

export async function insertNumberOrderLog(
  db: Writer,
  log: NumberOrderLog & { id: string; orderId: string },
): Promise<void> {
  await db.run(
    'INSERT INTO number_order_log (id, number_order_id, message, created_at) VALUES (?, ?, ?, ?)',
    log.id,
    log.orderId,
    log.message,
    log.createdAt,
  );
}

/** Those of an order of this project, the oldest first. */
export function listNumberOrderLogs(
  db: Reader,
  projectId: ProjectId,
  orderId: string,
): Promise<NumberOrderLog[]> {
  return db.all<NumberOrderLog>(
    `SELECT number_order_log.message, number_order_log.created_at AS "createdAt"
    FROM number_order JOIN number_order_log ON number_order_id = number_order.id
    WHERE number_order.id = ? AND number_order.project_id = ? ORDER BY number_order_log.id`,
    orderId,
    projectId,
  );
}
