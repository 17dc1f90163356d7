import { canBecome, type NumberState, stateCode, stateOfCode } from '../domain/number-state.ts';
import type { E164 } from '../domain/phone-number.ts';
import type { PoolId } from '../domain/pool.ts';
import type { ProjectId } from '../domain/project-id.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import type { Reader, Writer } from './store.ts';

/** One number of the stock. */
export interface StockNumber {
  e164: E164;
  poolId: PoolId;
  state: NumberState;
  holderProjectId: ProjectId | null;
  stateUntil: Timestamp | null;
  locality: string | null;
}

export async function findNumber(db: Reader, e164: E164): Promise<StockNumber | undefined> {
  const row = await db.get<Omit<StockNumber, 'state'> & { state: number }>(
    `SELECT e164, pool_id AS "poolId", state, holder_project_id AS "holderProjectId",
      state_until AS "stateUntil", locality FROM number WHERE e164 = ?`,
    e164,
  );
  return row && { ...row, state: stateOfCode(row.state) };
}

/**
 * Makes everyone else who is about to write a number's history wait for this transaction. The first act of
 * every use case that changes a rented number; a rent itself begins with an update, which does the same.
 */
export async function lockNumber(db: Writer, e164: E164): Promise<void> {
  // Where there is one writer at a time, everybody else waits already.
  if (db.dialect.forUpdate === '') return;
  await db.get(`SELECT e164 FROM number WHERE e164 = ? ${db.dialect.forUpdate}`, e164);
}

/**
 * Decides the rent race: takes a number that is AVAILABLE, in a pool this project may see, and makes it
 * ACTIVE. Of any number of callers one gets the pool's id; the others `undefined`.
 */
export async function claimAvailableNumber(
  db: Writer,
  projectId: ProjectId,
  e164: E164,
): Promise<PoolId | undefined> {
  const row = await db.get<{ poolId: PoolId }>(
    `UPDATE number SET state = ${stateCode('ACTIVE')}, holder_project_id = ?, state_until = NULL
    WHERE e164 = ? AND state = 0 AND EXISTS (
      SELECT 1 FROM pool WHERE pool.id = number.pool_id AND (pool.is_private = 0 OR EXISTS (
        SELECT 1 FROM pool_project WHERE pool_id = pool.id AND project_id = ?)))
    RETURNING pool_id AS "poolId"`,
    projectId,
    e164,
    projectId,
  );
  return row?.poolId;
}

/**
 * Moves a number from one state to another. @returns false when it was not in the first.
 * @throws Error when no number may ever go that way: the caller is wrong.
 */
export async function moveNumber(
  db: Writer,
  e164: E164,
  from: NumberState,
  to: NumberState,
  holder: { projectId: ProjectId | null; until: Timestamp | null },
): Promise<boolean> {
  if (!canBecome(from, to)) throw new Error(`A number cannot go from ${from} to ${to}.`);
  const changed = await db.run(
    `UPDATE number SET state = ?, holder_project_id = ?, state_until = ? WHERE e164 = ? AND state = ?`,
    stateCode(to),
    holder.projectId,
    holder.until,
    e164,
    stateCode(from),
  );
  return changed === 1;
}

/** Sets the end of a quarantine that had none yet. */
export async function endQuarantineAt(db: Writer, e164: E164, until: Timestamp): Promise<void> {
  await db.run(
    `UPDATE number SET state_until = ?
    WHERE e164 = ? AND state = ${stateCode('QUARANTINED')} AND state_until IS NULL`,
    until,
    e164,
  );
}

/** Numbers whose quarantine is over, the longest waiting first. */
export function listQuarantineOver(
  db: Reader,
  now: Timestamp,
  limit: number,
): Promise<{ e164: E164 }[]> {
  return db.all(QUARANTINE_OVER, now, limit);
}

/** The same, with their locks, and without those whose locks others have. */
export function takeQuarantineOver(
  db: Writer,
  now: Timestamp,
  limit: number,
): Promise<{ e164: E164 }[]> {
  return db.all(`${QUARANTINE_OVER} ${db.dialect.skipLocked}`, now, limit);
}

const QUARANTINE_OVER = `SELECT e164 FROM number
  WHERE state_until <= ? AND state = ${stateCode('QUARANTINED')} ORDER BY state_until LIMIT ?`;

/** One of the two indexes of search. `e164` runs over numbers, `reversed` over their reversed text. */
export type SearchIndex = 'e164' | 'reversed';

const SCANS: Record<SearchIndex, { range: string; prefixes: string }> = {
  e164: scansOf('e164'),
  reversed: scansOf('reversed'),
};

/**
 * NOTE: only columns of the index are selected. It then answers alone, and the planner prefers it whatever
 * ANALYZE found; with one more column it may walk the primary key, through numbers that are rented.
 */
function scansOf(column: SearchIndex): { range: string; prefixes: string } {
  return {
    range: `SELECT e164 FROM number
      WHERE state = 0 AND pool_id = ? AND ${column} >= ? AND ${column} < ? ORDER BY ${column} LIMIT ?`,
    prefixes: `SELECT number.e164 FROM $list AS prefix CROSS JOIN number
      WHERE number.state = 0 AND number.pool_id = ?
        AND number.${column} >= prefix.value AND number.${column} < prefix.value || ':' LIMIT ?`,
  };
}

/** Available numbers of a pool from `from` up to, not including, `below`, in the index's order. */
export function scanAvailable(
  db: Reader,
  index: SearchIndex,
  poolId: PoolId,
  from: string,
  below: string,
  limit: number,
): Promise<E164[]> {
  return db.column<E164>(SCANS[index].range, poolId, from, below, limit);
}

/** Available numbers of a pool that begin, in that index, with any of the prefixes. */
export function scanAvailablePrefixes(
  db: Reader,
  index: SearchIndex,
  poolId: PoolId,
  prefixes: readonly string[],
  limit: number,
): Promise<E164[]> {
  const sql = SCANS[index].prefixes.replace('$list', db.dialect.jsonTextList);
  return db.column<E164>(sql, JSON.stringify(prefixes), poolId, limit);
}

export interface ImportedNumber {
  e164: E164;
  reversed: string;
  locality: string | null;
}

/** Adds numbers to a pool, AVAILABLE. Those that are in stock already stay as they are. @returns the ones added. */
export async function insertNumbers(
  db: Writer,
  poolId: PoolId,
  numbers: readonly ImportedNumber[],
): Promise<E164[]> {
  return db.column<E164>(
    `INSERT INTO number (e164, reversed, pool_id, state, locality)
    ${db.dialect.selectJsonRows(['e164', 'reversed', 'pool_id', 'state', 'locality'], {
      pool_id: db.dialect.integer,
      state: db.dialect.integer,
    })}
    ON CONFLICT (e164) DO NOTHING RETURNING e164`,
    JSON.stringify(numbers.map((n) => [n.e164, n.reversed, poolId, 0, n.locality])),
  );
}

/** Lets the engine's planner see what was added. */
export async function analyzeNumbers(db: Writer): Promise<void> {
  if (db.dialect.analyzeNumbers !== '') await db.run(db.dialect.analyzeNumbers);
}

/** Which of these numbers are in stock already, and where. */
export async function listInStock(
  db: Reader,
  e164s: readonly E164[],
): Promise<Map<E164, { poolName: string; state: NumberState }>> {
  const rows = await db.all<{ e164: E164; poolName: string; state: number }>(
    `SELECT number.e164, pool.name AS "poolName", number.state FROM ${db.dialect.jsonTextList} AS wanted
    CROSS JOIN number JOIN pool ON pool.id = number.pool_id WHERE number.e164 = wanted.value`,
    JSON.stringify(e164s),
  );
  return new Map(
    rows.map((row) => [row.e164, { poolName: row.poolName, state: stateOfCode(row.state) }]),
  );
}

export interface StockCount {
  poolId: PoolId;
  state: NumberState;
  count: number;
}

/**
 * Counts the numbers after `after` by pool and state, at most `limit` of them: the whole stock is counted
 * slice by slice, so that nobody waits for it. `last` is where the next slice begins, `undefined` at the end.
 */
export async function countStockSlice(
  db: Reader,
  after: string,
  limit: number,
): Promise<{ counts: StockCount[]; last: string | undefined }> {
  const rows = await db.all<{ poolId: PoolId; state: number; count: number; last: string }>(
    `SELECT pool_id AS "poolId", state, count(*) AS count, max(e164) AS last
    FROM (SELECT e164, pool_id, state FROM number WHERE e164 > ? ORDER BY e164 LIMIT ?) AS slice
    GROUP BY pool_id, state`,
    after,
    limit,
  );
  const seen = rows.reduce((sum, row) => sum + row.count, 0);
  return {
    counts: rows.map((row) => ({
      poolId: row.poolId,
      state: stateOfCode(row.state),
      count: row.count,
    })),
    last:
      seen < limit
        ? undefined
        : rows.reduce((last, row) => (row.last > last ? row.last : last), after),
  };
}
