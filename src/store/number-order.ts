import { isId } from '../domain/id.ts';
import type { NumberOrderState } from '../domain/number-order.ts';
import type { E164 } from '../domain/phone-number.ts';
import type { NumberType, PoolId } from '../domain/pool.ts';
import type { ProjectId } from '../domain/project-id.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import type { Reader, Writer } from './store.ts';

/** Numbers that are set aside for a project until a reviewer has seen its documents. */
export interface NumberOrder {
  id: string;
  projectId: ProjectId;
  state: NumberOrderState;
  regionCode: string;
  numberType: NumberType;
  /** JSON: what the numbers are connected to. */
  request: string;
  /** JSON: what the client has filled in; `null`: nothing yet. */
  registration: string | null;
  /** Who ordered. */
  actor: string;
  requestId: string | null;
  createdAt: Timestamp;
  updatedAt: Timestamp;
  /** When it and its holds end by themselves; `null`: not while it is reviewed, nor when it is over. */
  expireAt: Timestamp | null;
  /** When a sandbox reviews it by itself; `null`: a person does. */
  reviewAt: Timestamp | null;
  /** Since when its data have not been needed any more; `null`: they are, or they are deleted. */
  dataKeptSince: Timestamp | null;
  /** When the registration and the documents were deleted; `null`: they were not. */
  dataDeletedAt: Timestamp | null;
}

/** A number of an order, with the pool that it was in when the order was made. */
export interface NumberOrderNumber {
  e164: E164;
  poolId: PoolId;
}

const COLUMNS = `id, project_id AS "projectId", state, region_code AS "regionCode", number_type AS "numberType",
  request, registration, actor, request_id AS "requestId", created_at AS "createdAt", updated_at AS "updatedAt",
  expire_at AS "expireAt", review_at AS "reviewAt", data_kept_since AS "dataKeptSince",
  data_deleted_at AS "dataDeletedAt"`;

export async function insertNumberOrder(db: Writer, order: NumberOrder): Promise<void> {
  await db.run(
    `INSERT INTO number_order (id, project_id, state, region_code, number_type, request, registration, actor,
      request_id, created_at, updated_at, expire_at, review_at, data_kept_since, data_deleted_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    order.id,
    order.projectId,
    order.state,
    order.regionCode,
    order.numberType,
    order.request,
    order.registration,
    order.actor,
    order.requestId,
    order.createdAt,
    order.updatedAt,
    order.expireAt,
    order.reviewAt,
    order.dataKeptSince,
    order.dataDeletedAt,
  );
}

export async function insertNumberOrderNumber(
  db: Writer,
  orderId: string,
  { e164, poolId }: NumberOrderNumber,
): Promise<void> {
  await db.run(
    'INSERT INTO number_order_number (number_order_id, e164, pool_id) VALUES (?, ?, ?)',
    orderId,
    e164,
    poolId,
  );
}

/** Writes how far an order has come and what was filled in. The caller has its lock. */
export async function updateNumberOrder(db: Writer, order: NumberOrder): Promise<void> {
  await db.run(
    `UPDATE number_order SET state = ?, registration = ?, updated_at = ?, expire_at = ?, review_at = ?,
      data_kept_since = ?, data_deleted_at = ?
    WHERE id = ? AND project_id = ?`,
    order.state,
    order.registration,
    order.updatedAt,
    order.expireAt,
    order.reviewAt,
    order.dataKeptSince,
    order.dataDeletedAt,
    order.id,
    order.projectId,
  );
}

/** What cannot be an id is looked for in no database: PostgreSQL takes no NUL. */
export async function findNumberOrder(
  db: Reader,
  projectId: ProjectId,
  id: string,
): Promise<NumberOrder | undefined> {
  if (!isId(id)) return undefined;
  const sql = `SELECT ${COLUMNS} FROM number_order WHERE id = ? AND project_id = ?`;
  return db.get<NumberOrder>(sql, id, projectId);
}

/** The same, so that everyone else who goes on with the order waits. The first lock of whoever does. */
export async function lockNumberOrder(
  db: Writer,
  projectId: ProjectId,
  id: string,
): Promise<NumberOrder | undefined> {
  if (!isId(id)) return undefined;
  return db.get<NumberOrder>(
    `SELECT ${COLUMNS} FROM number_order WHERE id = ? AND project_id = ? ${db.dialect.forUpdate}`,
    id,
    projectId,
  );
}

/** Whose an order is, for the operator, who has only its id. */
export async function findNumberOrderProject(
  db: Reader,
  id: string,
): Promise<ProjectId | undefined> {
  if (!isId(id)) return undefined;
  const sql = 'SELECT project_id FROM number_order WHERE id = ?';
  const [projectId] = await db.column<ProjectId>(sql, id);
  return projectId;
}

/** Orders of all projects in a state, those first that have waited the longest in it. For the operator. */
export function listNumberOrdersInState(
  db: Reader,
  state: NumberOrderState,
  limit: number,
): Promise<NumberOrder[]> {
  return db.all<NumberOrder>(
    `SELECT ${COLUMNS} FROM number_order WHERE state = ? ORDER BY updated_at, id LIMIT ?`,
    state,
    limit,
  );
}

/** The numbers of an order of this project, in the order of their digits. */
export function listNumberOrderNumbers(
  db: Reader,
  projectId: ProjectId,
  orderId: string,
): Promise<NumberOrderNumber[]> {
  return db.all<NumberOrderNumber>(
    `SELECT number_order_number.e164, number_order_number.pool_id AS "poolId"
    FROM number_order JOIN number_order_number ON number_order_id = number_order.id
    WHERE number_order.id = ? AND number_order.project_id = ? ORDER BY number_order_number.e164`,
    orderId,
    projectId,
  );
}

/** Whether its project rents any number of an order now. */
export async function isRentedByProject(
  db: Reader,
  projectId: ProjectId,
  orderId: string,
): Promise<boolean> {
  const rented = await db.get(
    `SELECT 1 AS rented FROM number_order_number JOIN rental ON rental.e164 = number_order_number.e164
    WHERE number_order_number.number_order_id = ? AND rental.project_id = ? AND rental.ended_at IS NULL LIMIT 1`,
    orderId,
    projectId,
  );
  return rented !== undefined;
}

/** When an order ends by itself, when a sandbox reviews it, and since when its data are not needed. */
export type DueColumn = 'expire_at' | 'review_at' | 'data_kept_since';

/** The order for which something has been due for the longest time. */
export function findDueOrder(
  db: Reader,
  column: DueColumn,
  now: Timestamp,
  exceptIds: readonly string[],
): Promise<NumberOrder | undefined> {
  return db.get<NumberOrder>(
    `SELECT ${COLUMNS} FROM number_order WHERE ${column} <= ? AND id NOT IN ${db.dialect.jsonTextList}
    ORDER BY ${column} LIMIT 1`,
    now,
    JSON.stringify(exceptIds),
  );
}
