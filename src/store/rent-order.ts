import { isId } from '../domain/id.ts';
import type { E164 } from '../domain/phone-number.ts';
import type { ProjectId } from '../domain/project-id.ts';
import type { RentOrderNumberState, RentOrderState } from '../domain/rent-order.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import type { Reader, Writer } from './store.ts';

/** Many numbers that a project rents with one request. */
export interface RentOrder {
  id: string;
  projectId: ProjectId;
  state: RentOrderState;
  /** How many numbers were ordered. */
  quantity: number;
  allOrNothing: boolean;
  /** JSON: how an order that names no numbers finds them; `null` where it names them. */
  wanted: string | null;
  /** JSON: what the numbers are connected to. */
  request: string;
  rentedCount: number;
  failedCount: number;
  /** How many are set aside at this moment, of an order that does so before it rents them. */
  reservedCount: number;
  /** JSON: how many it has yet to set aside from which pool, of one that searches; `null`: not decided. */
  shares: string | null;
  /** How often in a row others had taken everything that was found. */
  vainTries: number;
  /** JSON: why not all of them were rented, where that is no single number's fault. */
  error: string | null;
  /** Who ordered. */
  actor: string;
  requestId: string | null;
  createdAt: Timestamp;
  updatedAt: Timestamp;
  endedAt: Timestamp | null;
}

/** One number of an order, and what came of it. */
export interface RentOrderNumber {
  e164: E164;
  state: RentOrderNumberState;
  /** JSON; `null` unless it failed. */
  error: string | null;
}

const COLUMNS = `id, project_id AS "projectId", state, quantity, all_or_nothing AS "allOrNothing", wanted, request,
  rented_count AS "rentedCount", failed_count AS "failedCount", reserved_count AS "reservedCount", shares, vain_tries AS "vainTries",
  error, actor, request_id AS "requestId", created_at AS "createdAt", updated_at AS "updatedAt", ended_at AS "endedAt"`;

type RentOrderRow = Omit<RentOrder, 'allOrNothing'> & { allOrNothing: 0 | 1 };

export async function insertRentOrder(db: Writer, order: RentOrder): Promise<void> {
  await db.run(
    `INSERT INTO rent_order (id, project_id, state, quantity, all_or_nothing, wanted, request, rented_count,
      failed_count, reserved_count, shares, vain_tries, error, actor, request_id, created_at, updated_at, ended_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    order.id,
    order.projectId,
    order.state,
    order.quantity,
    order.allOrNothing ? 1 : 0,
    order.wanted,
    order.request,
    order.rentedCount,
    order.failedCount,
    order.reservedCount,
    order.shares,
    order.vainTries,
    order.error,
    order.actor,
    order.requestId,
    order.createdAt,
    order.updatedAt,
    order.endedAt,
  );
}

/** Writes how far an order has come. The caller has its lock. */
export async function updateRentOrder(db: Writer, order: RentOrder): Promise<void> {
  await db.run(
    `UPDATE rent_order SET state = ?, rented_count = ?, failed_count = ?, reserved_count = ?, shares = ?, vain_tries = ?,
      error = ?, updated_at = ?, ended_at = ? WHERE id = ? AND project_id = ?`,
    order.state,
    order.rentedCount,
    order.failedCount,
    order.reservedCount,
    order.shares,
    order.vainTries,
    order.error,
    order.updatedAt,
    order.endedAt,
    order.id,
    order.projectId,
  );
}

/** What cannot be an id is looked for in no database: PostgreSQL takes no NUL. */
export async function findRentOrder(
  db: Reader,
  projectId: ProjectId,
  id: string,
): Promise<RentOrder | undefined> {
  if (!isId(id)) return undefined;
  const row = await db.get<RentOrderRow>(
    `SELECT ${COLUMNS} FROM rent_order WHERE id = ? AND project_id = ?`,
    id,
    projectId,
  );
  return row && toRentOrder(row);
}

/** The same, so that everyone else who goes on with the order waits. The first lock of whoever does. */
export async function lockRentOrder(
  db: Writer,
  projectId: ProjectId,
  id: string,
): Promise<RentOrder | undefined> {
  if (!isId(id)) return undefined;
  const row = await db.get<RentOrderRow>(
    `SELECT ${COLUMNS} FROM rent_order WHERE id = ? AND project_id = ? ${db.dialect.forUpdate}`,
    id,
    projectId,
  );
  return row && toRentOrder(row);
}

/** Whose an order is, for the worker, who has only its id. */
export async function findRentOrderProject(db: Reader, id: string): Promise<ProjectId | undefined> {
  const [projectId] = await db.column<ProjectId>(
    'SELECT project_id FROM rent_order WHERE id = ?',
    id,
  );
  return projectId;
}

/** A project's orders, the newest first. @param before the id of the last one of the page before */
export async function listRentOrders(
  db: Reader,
  projectId: ProjectId,
  limit: number,
  before: string = '~',
): Promise<RentOrder[]> {
  const rows = await db.all<RentOrderRow>(
    `SELECT ${COLUMNS} FROM rent_order WHERE project_id = ? AND id < ? ORDER BY id DESC LIMIT ?`,
    projectId,
    before,
    limit,
  );
  return rows.map(toRentOrder);
}

export async function countRentOrders(db: Reader, projectId: ProjectId): Promise<number> {
  const [count] = await db.column<number>(
    'SELECT count(*) FROM rent_order WHERE project_id = ?',
    projectId,
  );
  return count ?? 0;
}

/** Adds numbers to an order, all in the same state. */
export async function insertRentOrderNumbers(
  db: Writer,
  orderId: string,
  state: RentOrderNumberState,
  e164s: readonly E164[],
): Promise<void> {
  await db.run(
    `INSERT INTO rent_order_number (rent_order_id, e164, state, error)
    SELECT ?, value, ?, NULL FROM ${db.dialect.jsonTextList} AS wanted`,
    orderId,
    state,
    JSON.stringify(e164s),
  );
}

/** Writes what came of a number of an order. */
export async function settleRentOrderNumber(
  db: Writer,
  orderId: string,
  { e164, state, error }: RentOrderNumber,
): Promise<void> {
  await db.run(
    'UPDATE rent_order_number SET state = ?, error = ? WHERE rent_order_id = ? AND e164 = ?',
    state,
    error,
    orderId,
    e164,
  );
}

/** Numbers of an order of which nothing has come yet, in the order of their digits. */
export function listPendingNumbers(db: Reader, orderId: string, limit: number): Promise<E164[]> {
  return db.column<E164>(
    `SELECT e164 FROM rent_order_number
    WHERE rent_order_id = ? AND state = 'PENDING' ORDER BY e164 LIMIT ?`,
    orderId,
    limit,
  );
}

/** Writes that numbers of an order are set aside for it. */
export async function markNumbersReserved(
  db: Writer,
  orderId: string,
  e164s: readonly E164[],
): Promise<void> {
  await db.run(
    `UPDATE rent_order_number SET state = 'RESERVED'
    WHERE rent_order_id = ? AND e164 IN ${db.dialect.jsonTextList}`,
    orderId,
    JSON.stringify(e164s),
  );
}

/** All numbers that are set aside for an order, in the order of their digits. */
export function listReservedNumbers(db: Reader, orderId: string): Promise<E164[]> {
  return db.column<E164>(
    `SELECT e164 FROM rent_order_number WHERE rent_order_id = ? AND state = 'RESERVED' ORDER BY e164`,
    orderId,
  );
}

/** Writes that everything which was set aside for an order is rented. */
export async function markReservedRented(db: Writer, orderId: string): Promise<void> {
  await db.run(
    `UPDATE rent_order_number SET state = 'RENTED' WHERE rent_order_id = ? AND state = 'RESERVED'`,
    orderId,
  );
}

/** Nothing will come of the numbers that still wait, or are set aside. */
export async function cancelOpenNumbers(db: Writer, orderId: string): Promise<void> {
  await db.run(
    `UPDATE rent_order_number SET state = 'CANCELLED'
    WHERE rent_order_id = ? AND state IN ('PENDING', 'RESERVED')`,
    orderId,
  );
}

/** The numbers of an order of this project, in the order of their digits, behind one of them. */
export function listRentOrderNumbers(
  db: Reader,
  projectId: ProjectId,
  orderId: string,
  limit: number,
  after: string = '',
): Promise<RentOrderNumber[]> {
  return db.all<RentOrderNumber>(
    `SELECT rent_order_number.e164, rent_order_number.state, rent_order_number.error
    FROM rent_order JOIN rent_order_number ON rent_order_id = rent_order.id
    WHERE rent_order.id = ? AND rent_order.project_id = ? AND rent_order_number.e164 > ?
    ORDER BY rent_order_number.e164 LIMIT ?`,
    orderId,
    projectId,
    after,
    limit,
  );
}

export async function countRentOrderNumbers(
  db: Reader,
  projectId: ProjectId,
  orderId: string,
): Promise<number> {
  const [count] = await db.column<number>(
    `SELECT count(*) FROM rent_order JOIN rent_order_number ON rent_order_id = rent_order.id
    WHERE rent_order.id = ? AND rent_order.project_id = ?`,
    orderId,
    projectId,
  );
  return count ?? 0;
}

function toRentOrder(row: RentOrderRow): RentOrder {
  return { ...row, allOrNothing: row.allOrNothing === 1 };
}
