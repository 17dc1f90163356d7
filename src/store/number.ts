import { canBecome, type NumberState, stateCode, stateOfCode } from '../domain/number-state.ts';
import { type E164, reverseDigits } from '../domain/phone-number.ts';
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

type NumberRow = Omit<StockNumber, 'state'> & { state: number };

const NUMBER_COLUMNS = `number.e164, pool_id AS "poolId", state, holder_project_id AS "holderProjectId",
  state_until AS "stateUntil", locality`;

export async function findNumber(db: Reader, e164: E164): Promise<StockNumber | undefined> {
  const row = await db.get<NumberRow>(`SELECT ${NUMBER_COLUMNS} FROM number WHERE e164 = ?`, e164);
  return row && toStockNumber(row);
}

/** Those of these numbers that are in stock, in no order. */
export async function listNumbers(db: Reader, e164s: readonly E164[]): Promise<StockNumber[]> {
  const rows = await db.all<NumberRow>(
    `SELECT ${NUMBER_COLUMNS} FROM ${db.dialect.jsonTextList} AS wanted
    CROSS JOIN number WHERE number.e164 = wanted.value`,
    JSON.stringify(e164s),
  );
  return rows.map(toStockNumber);
}

function toStockNumber(row: NumberRow): StockNumber {
  return { ...row, state: stateOfCode(row.state) };
}

/**
 * Makes everyone else who is about to write a number's history wait for this transaction. The first act of
 * everything that changes a rented number; a rent itself begins with an update, which does the same.
 */
export async function lockNumber(db: Writer, e164: E164): Promise<void> {
  // Where there is one writer at a time, everybody else waits already.
  if (db.dialect.forUpdate === '') return;
  await db.get(`SELECT e164 FROM number WHERE e164 = ? ${db.dialect.forUpdate}`, e164);
}

/**
 * The same for a request, which waits only for what may be its project's: a number that is on sale, or the project's
 * own, or set aside no longer. What somebody else has or an order has set aside may be locked for many seconds, while
 * that order rents all of its numbers; nobody waits for it to be told that the number is not theirs.
 * @returns false when it is none of these: then nothing is locked.
 */
export async function lockNumberFor(
  db: Writer,
  projectId: ProjectId,
  e164: E164,
  now: Timestamp,
): Promise<boolean> {
  const locked = await db.get(
    `SELECT e164 FROM number WHERE e164 = ? AND (holder_project_id IS NULL OR state_until <= ?
      OR (holder_project_id = ? AND NOT EXISTS (
        SELECT 1 FROM hold WHERE hold.e164 = number.e164 AND hold.order_id IS NOT NULL)))
    ${db.dialect.forUpdate}`,
    e164,
    now,
    projectId,
  );
  return locked !== undefined;
}

/**
 * Decides the race of those who rent or hold a number: takes one that is AVAILABLE, in a pool this project may see.
 * Of any number of callers one gets the pool's id; the others `undefined`.
 * @param heldUntil makes it HELD until then; null: ACTIVE.
 */
export async function claimAvailableNumber(
  db: Writer,
  projectId: ProjectId,
  e164: E164,
  heldUntil: Timestamp | null = null,
): Promise<PoolId | undefined> {
  const row = await db.get<{ poolId: PoolId }>(
    `UPDATE number SET state = ?, holder_project_id = ?, state_until = ?
    WHERE e164 = ? AND state = 0 AND EXISTS (
      SELECT 1 FROM pool WHERE pool.id = number.pool_id AND (pool.is_private = 0 OR EXISTS (
        SELECT 1 FROM pool_project WHERE pool_id = pool.id AND project_id = ?)))
    RETURNING pool_id AS "poolId"`,
    stateCode(heldUntil === null ? 'ACTIVE' : 'HELD'),
    projectId,
    heldUntil,
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

/** A number as a check of all numbers sees it. */
export interface NumberStanding extends Pick<StockNumber, 'e164' | 'state' | 'holderProjectId'> {
  /** The project of its current rental. */
  tenantProjectId: ProjectId | null;
}

/** All numbers in the order of their digits, behind one of them. */
export async function listStandings(
  db: Reader,
  after: string,
  limit: number,
): Promise<NumberStanding[]> {
  const rows = await db.all<Omit<NumberStanding, 'state'> & { state: number }>(
    `SELECT number.e164, number.state, holder_project_id AS "holderProjectId",
      rental.project_id AS "tenantProjectId"
    FROM number LEFT JOIN rental ON rental.e164 = number.e164 AND rental.ended_at IS NULL
    WHERE number.e164 > ? ORDER BY number.e164 LIMIT ?`,
    after,
    limit,
  );
  return rows.map((row) => ({ ...row, state: stateOfCode(row.state) }));
}

/** One of the two indexes of search. `e164` runs over numbers, `reversed` over their reversed text. */
export type SearchIndex = 'e164' | 'reversed';

/** What a scan selects: the number, or what the index runs over. */
type Scanned = 'e164' | 'key';

const SCANS: Record<
  SearchIndex,
  Record<Scanned, { range: string; prefixes: string }> & { nth: string }
> = {
  e164: { e164: scansOf('e164', 'e164'), key: scansOf('e164', 'e164'), nth: nthOf('e164') },
  reversed: {
    e164: scansOf('reversed', 'e164'),
    key: scansOf('reversed', 'reversed'),
    nth: nthOf('reversed'),
  },
};

/**
 * NOTE: only columns of the index are selected. It then answers alone, and the planner prefers it whatever
 * ANALYZE found; with one more column it may walk the primary key, through numbers that are rented.
 */
function scansOf(column: SearchIndex, selected: SearchIndex): { range: string; prefixes: string } {
  return {
    range: `SELECT ${selected} FROM number
      WHERE state = 0 AND pool_id = ? AND ${column} >= ? AND ${column} < ? ORDER BY ${column} LIMIT ?`,
    prefixes: `SELECT number.${selected} FROM $list AS prefix CROSS JOIN number
      WHERE number.state = 0 AND number.pool_id = ?
        AND number.${column} >= prefix.value AND number.${column} < prefix.value || ':' LIMIT ?`,
  };
}

function nthOf(column: SearchIndex): string {
  return `SELECT ${column} FROM number
    WHERE state = 0 AND pool_id = ? AND ${column} >= ? AND ${column} < ? ORDER BY ${column} LIMIT 1 OFFSET ?`;
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
  return db.column<E164>(SCANS[index].e164.range, poolId, from, below, limit);
}

/**
 * Asked for one or two rows, PostgreSQL reads the whole table in the hope of meeting them early: with nothing
 * to be found that took 14 seconds at two million numbers. It is never asked for fewer than these.
 */
const LIMIT_MIN = 20;

/** Available numbers of a pool that begin, in that index, with any of the prefixes. */
export async function scanAvailablePrefixes(
  db: Reader,
  index: SearchIndex,
  poolId: PoolId,
  prefixes: readonly string[],
  limit: number,
): Promise<E164[]> {
  const sql = SCANS[index].e164.prefixes.replace('$list', db.dialect.jsonTextList);
  const rows = Math.max(limit, LIMIT_MIN);
  const found = await db.column<E164>(sql, JSON.stringify(prefixes), poolId, rows);
  return found.slice(0, limit);
}

/**
 * As `scanAvailable`, but what the index runs over: reversed numbers of the reversed index. For long slices,
 * of which few rows are wanted: PostgreSQL need not look up the number of each row in the table.
 */
export function scanAvailableKeys(
  db: Reader,
  index: SearchIndex,
  poolId: PoolId,
  from: string,
  below: string,
  limit: number,
): Promise<string[]> {
  return db.column<string>(SCANS[index].key.range, poolId, from, below, limit);
}

/**
 * What the index runs over, of the available number that comes so many numbers after the first one from
 * `from` on. @returns `undefined` when there is none below `below`.
 */
export async function findAvailableKey(
  db: Reader,
  index: SearchIndex,
  poolId: PoolId,
  from: string,
  below: string,
  skip: number,
): Promise<string | undefined> {
  const [key] = await db.column<string>(SCANS[index].nth, poolId, from, below, skip);
  return key;
}

/** As `scanAvailablePrefixes`, but what the index runs over. */
export async function scanAvailablePrefixKeys(
  db: Reader,
  index: SearchIndex,
  poolId: PoolId,
  prefixes: readonly string[],
  limit: number,
): Promise<string[]> {
  const sql = SCANS[index].key.prefixes.replace('$list', db.dialect.jsonTextList);
  const rows = Math.max(limit, LIMIT_MIN);
  const found = await db.column<string>(sql, JSON.stringify(prefixes), poolId, rows);
  return found.slice(0, limit);
}

export interface ImportedNumber {
  e164: E164;
  locality: string | null;
}

/** Of the longest number, plus sign included. */
const NUMBER_WIDTH = 16;

/**
 * Adds numbers to a pool, AVAILABLE. Those that are in stock already, or come a second time, stay as they are.
 * @returns the ones added.
 */
export async function insertNumbers(
  db: Writer,
  poolId: PoolId,
  numbers: readonly ImportedNumber[],
): Promise<E164[]> {
  // Each row is one text, its parts at fixed places: a list of lists would be parsed twice, which is a quarter of the time.
  const rows = numbers.map(
    ({ e164, locality }) =>
      e164.padEnd(NUMBER_WIDTH) + reverseDigits(e164).padEnd(NUMBER_WIDTH) + (locality ?? ''),
  );
  return db.column<E164>(
    `INSERT INTO number (e164, reversed, pool_id, state, locality)
    SELECT rtrim(substr(value, 1, ${NUMBER_WIDTH})),
      rtrim(substr(value, ${NUMBER_WIDTH + 1}, ${NUMBER_WIDTH})), CAST(? AS ${db.dialect.integer}), 0,
      nullif(substr(value, ${2 * NUMBER_WIDTH + 1}), '')
    FROM ${db.dialect.jsonTextList} AS line WHERE true
    ON CONFLICT (e164) DO NOTHING RETURNING e164`,
    poolId,
    JSON.stringify(rows),
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
