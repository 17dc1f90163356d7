import type { E164 } from '../domain/phone-number.ts';
import type { PoolId } from '../domain/pool.ts';
import type { ProjectId } from '../domain/project-id.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import { stateCode } from '../domain/number-state.ts';
import { claimAvailableNumber } from './number.ts';
import type { Reader, Writer } from './store.ts';

/** A number that is set aside for one project until an instant. Its row in `number` is HELD meanwhile. */
export interface Hold {
  e164: E164;
  projectId: ProjectId;
  poolId: PoolId;
  /** The order, a number order or a rent order, that it is set aside for; `null`: the project did so itself. */
  orderId: string | null;
  heldAt: Timestamp;
  /** From this instant on it is nobody's any more, whether or not somebody has ended it. */
  expireAt: Timestamp;
  /** When the project's own hold was to end, which a rent order has taken over; `null`: there was none. */
  ownExpireAt: Timestamp | null;
}

/** What somebody who sets a number aside says of it. */
export type NewHold = Omit<Hold, 'poolId' | 'ownExpireAt'>;

// CROSS JOIN: SQLite begins with the holds, which are few, also where ANALYZE has seen none.
const HOLDS = `SELECT hold.e164, hold.project_id AS "projectId", number.pool_id AS "poolId",
    hold.order_id AS "orderId", hold.held_at AS "heldAt", hold.expire_at AS "expireAt",
    hold.own_expire_at AS "ownExpireAt"
  FROM hold CROSS JOIN number WHERE number.e164 = hold.e164`;

/**
 * Sets a number aside that is AVAILABLE, in a pool this project may see.
 * @returns `undefined` when somebody else was faster or it is not on sale.
 */
export async function claimHold(db: Writer, hold: NewHold): Promise<PoolId | undefined> {
  const poolId = await claimAvailableNumber(db, hold.projectId, hold.e164, hold.expireAt);
  if (poolId === undefined) return undefined;
  await db.run(
    'INSERT INTO hold (e164, project_id, order_id, held_at, expire_at) VALUES (?, ?, ?, ?, ?)',
    hold.e164,
    hold.projectId,
    hold.orderId,
    hold.heldAt,
    hold.expireAt,
  );
  return poolId;
}

/** Moves the end of a hold, in its own row and in that of its number: nothing else may set either. */
export async function moveHoldEnd(
  db: Writer,
  { projectId, e164 }: Pick<Hold, 'projectId' | 'e164'>,
  expireAt: Timestamp,
): Promise<void> {
  await db.run(
    'UPDATE hold SET expire_at = ? WHERE e164 = ? AND project_id = ?',
    expireAt,
    e164,
    projectId,
  );
  await db.run(
    'UPDATE number SET state_until = ? WHERE e164 = ? AND holder_project_id = ?',
    expireAt,
    e164,
    projectId,
  );
}

/** Gives a project's own hold to one of its orders, which keeps it until it gives it back. */
export async function moveHoldToOrder(
  db: Writer,
  { projectId, e164 }: Pick<Hold, 'projectId' | 'e164'>,
  orderId: string,
  expireAt: Timestamp,
): Promise<void> {
  await db.run(
    `UPDATE hold SET order_id = ?, own_expire_at = expire_at
    WHERE e164 = ? AND project_id = ? AND order_id IS NULL`,
    orderId,
    e164,
    projectId,
  );
  await moveHoldEnd(db, { projectId, e164 }, expireAt);
}

/** Makes a hold that an order had taken over the project's own again, with the end that it had. */
export async function giveHoldBack(
  db: Writer,
  { projectId, e164 }: Pick<Hold, 'projectId' | 'e164'>,
  expireAt: Timestamp,
): Promise<void> {
  await db.run(
    'UPDATE hold SET order_id = NULL, own_expire_at = NULL WHERE e164 = ? AND project_id = ?',
    e164,
    projectId,
  );
  await moveHoldEnd(db, { projectId, e164 }, expireAt);
}

/** Makes rented numbers of what an order has set aside. @returns how many of these they were. */
export async function rentHoldsOfOrder(
  db: Writer,
  projectId: ProjectId,
  orderId: string,
  e164s: readonly E164[],
): Promise<number> {
  const list = JSON.stringify(e164s);
  const deleted = await db.run(
    `DELETE FROM hold WHERE order_id = ? AND project_id = ? AND e164 IN ${db.dialect.jsonTextList}`,
    orderId,
    projectId,
    list,
  );
  const moved = await db.run(
    `UPDATE number SET state = ${stateCode('ACTIVE')}, state_until = NULL
    WHERE e164 IN ${db.dialect.jsonTextList} AND state = ${stateCode('HELD')} AND holder_project_id = ?`,
    list,
    projectId,
  );
  return Math.min(deleted, moved);
}

/** @returns false when the number was not held by this project. */
export async function deleteHold(db: Writer, projectId: ProjectId, e164: E164): Promise<boolean> {
  const sql = 'DELETE FROM hold WHERE e164 = ? AND project_id = ?';
  return (await db.run(sql, e164, projectId)) === 1;
}

/** A project's hold of a number, its orders' included, unless it is over. */
export function findHold(
  db: Reader,
  projectId: ProjectId,
  e164: E164,
  now: Timestamp,
): Promise<Hold | undefined> {
  return db.get<Hold>(
    `${HOLDS} AND hold.e164 = ? AND hold.project_id = ? AND hold.expire_at > ?`,
    e164,
    projectId,
    now,
  );
}

/** A number's hold that is over and that nobody has ended yet, whoever had it. */
export function findHoldOver(db: Reader, e164: E164, now: Timestamp): Promise<Hold | undefined> {
  return db.get<Hold>(`${HOLDS} AND hold.e164 = ? AND hold.expire_at <= ?`, e164, now);
}

/** What an order has set aside, by number, also what is over and not ended. */
export function listHoldsOfOrder(
  db: Reader,
  projectId: ProjectId,
  orderId: string,
  limit: number,
): Promise<Hold[]> {
  return db.all<Hold>(
    `${HOLDS} AND hold.order_id = ? AND hold.project_id = ? ORDER BY hold.e164 LIMIT ?`,
    orderId,
    projectId,
    limit,
  );
}

/**
 * How many numbers the number orders of a project have set aside, and when the first of these holds ends.
 * @param exceptOrderId the order whose holds do not count.
 * @param noEnd the end of holds that have none.
 */
export async function countHoldsOfNumberOrders(
  db: Reader,
  projectId: ProjectId,
  now: Timestamp,
  exceptOrderId: string,
  noEnd: Timestamp,
): Promise<{ count: number; firstExpireAt: Timestamp | null }> {
  const counted = await db.get<{ count: number; firstExpireAt: Timestamp | null }>(
    `SELECT count(*) AS count, min(CASE WHEN expire_at < ? THEN expire_at END) AS "firstExpireAt" FROM hold
    WHERE project_id = ? AND order_id <> ? AND expire_at > ?
      AND NOT EXISTS (SELECT 1 FROM rent_order WHERE rent_order.id = hold.order_id)`,
    noEnd,
    projectId,
    exceptOrderId,
    now,
  );
  return counted ?? { count: 0, firstExpireAt: null };
}

/** How many of each pool's numbers an order has set aside. */
export function countHoldsOfOrderByPool(
  db: Reader,
  projectId: ProjectId,
  orderId: string,
): Promise<{ poolId: PoolId; count: number }[]> {
  return db.all<{ poolId: PoolId; count: number }>(
    `SELECT number.pool_id AS "poolId", count(*) AS count FROM hold CROSS JOIN number
    WHERE number.e164 = hold.e164 AND hold.order_id = ? AND hold.project_id = ? GROUP BY number.pool_id`,
    orderId,
    projectId,
  );
}

/** What a project has set aside itself, by number, behind a cursor. */
export function listHolds(
  db: Reader,
  projectId: ProjectId,
  now: Timestamp,
  after: string,
  limit: number,
): Promise<Hold[]> {
  return db.all<Hold>(
    `${HOLDS} AND hold.project_id = ? AND hold.order_id IS NULL AND hold.e164 > ?
      AND hold.expire_at > ? ORDER BY hold.e164 LIMIT ?`,
    projectId,
    after,
    now,
    limit,
  );
}

/** How many those are, over all pages. */
export async function countListedHolds(
  db: Reader,
  projectId: ProjectId,
  now: Timestamp,
): Promise<number> {
  const [count] = await db.column<number>(
    'SELECT count(*) FROM hold WHERE project_id = ? AND order_id IS NULL AND expire_at > ?',
    projectId,
    now,
  );
  return count ?? 0;
}

/**
 * How many holds count against a project's limit, and when the first of them ends: what it has set aside itself, also
 * what an order has taken over, which may give it back until the end that it had.
 * @param except these numbers, which do not count.
 */
export async function countHolds(
  db: Reader,
  projectId: ProjectId,
  now: Timestamp,
  except: readonly E164[] = [],
): Promise<{ count: number; firstExpireAt: Timestamp | null }> {
  const counted = await db.get<{ count: number; firstExpireAt: Timestamp | null }>(
    `SELECT count(*) AS count, min(coalesce(own_expire_at, expire_at)) AS "firstExpireAt" FROM hold
    WHERE project_id = ? AND (order_id IS NULL OR own_expire_at IS NOT NULL)
      AND coalesce(own_expire_at, expire_at) > ?
      AND e164 NOT IN (SELECT value FROM ${db.dialect.jsonTextList} AS excepted)`,
    projectId,
    now,
    JSON.stringify(except),
  );
  return counted ?? { count: 0, firstExpireAt: null };
}

/** Holds that are over, the longest waiting first. */
export function listHoldsOver(db: Reader, now: Timestamp, limit: number): Promise<Hold[]> {
  return db.all(HOLDS_OVER, now, limit);
}

/** The same, with the locks of their numbers, and without those whose locks others have. */
export function takeHoldsOver(db: Writer, now: Timestamp, limit: number): Promise<Hold[]> {
  return db.all(`${HOLDS_OVER} ${db.dialect.skipLocked}`, now, limit);
}

const HOLDS_OVER = `${HOLDS} AND hold.expire_at <= ? ORDER BY hold.expire_at LIMIT ?`;
