import { closeSync, fsyncSync, mkdtempSync, openSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';

import { DomainError } from '../errors.ts';
import { sqliteDialect } from './dialect.ts';

/** One megabyte between two looks at how far it is. */
const PAGES_PER_STEP = 256;
/** A server that tidies up its log has the file for itself for a moment. */
const LOCK_WAIT_MAX_MS = 10_000;
/** It has the secrets that sign callbacks and tokens. */
const MODE = 0o600;

/** What a database has, for a comparison with its copy. */
interface Inventory {
  schemaVersion: number;
  rowsOf: ReadonlyMap<string, number>;
}

/**
 * Copies a SQLite database as it is at one moment into a file, while others go on to read and write it. The
 * file is there when it is whole and checked, and takes the place of what had its name.
 * @param onProgress may throw, which ends it.
 * @returns how many rows it has.
 * @throws DomainError INVALID_ARGUMENT when the database is none of ours; INTERNAL when the copy is not good.
 */
export async function backUpSqlite(
  path: string,
  file: string,
  onProgress: (pagesDone: number, pagesTotal: number) => void,
): Promise<number> {
  // A folder beside it, which nobody else may look into: the copy's own journal has secrets as well.
  const folder = mkdtempSync(`${file}.`);
  try {
    const partial = join(folder, basename(file));
    closeSync(openSync(partial, 'wx', MODE));
    const inventory = await copyAtOneMoment(path, partial, onProgress);
    assertGood(partial, inventory);
    reachDisk(partial);
    renameSync(partial, file);
    reachDisk(dirname(file));
    return [...inventory.rowsOf.values()].reduce((sum, rows) => sum + rows, 0);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function copyAtOneMoment(
  path: string,
  partial: string,
  onProgress: (pagesDone: number, pagesTotal: number) => void,
): Promise<Inventory> {
  using source = new DatabaseSync(path, { timeout: LOCK_WAIT_MAX_MS });
  // Without a transaction the copy would begin anew with each write of another process, and never end.
  source.exec('BEGIN');
  const inventory = takeInventory(source);
  if (inventory === undefined) {
    throw new DomainError('INVALID_ARGUMENT', `${path} has no tables of Numberyard.`);
  }
  await backup(source, partial, {
    rate: PAGES_PER_STEP,
    progress: ({ totalPages, remainingPages }) =>
      onProgress(totalPages - remainingPages, totalPages),
  });
  return inventory;
}

/** @returns `undefined` for a database that is none of ours. */
function takeInventory(database: DatabaseSync): Inventory | undefined {
  const tables = database.prepare(sqliteDialect.listTables).all() as { name: string }[];
  const rowsOf = new Map(
    tables.map(({ name }) => [name, readNumber(database, `SELECT count(*) FROM "${name}"`)]),
  );
  if (!rowsOf.has('schema_migration')) return undefined;
  return {
    schemaVersion: readNumber(database, 'SELECT max(version) FROM schema_migration'),
    rowsOf,
  };
}

/** @throws DomainError INTERNAL */
function assertGood(partial: string, expected: Inventory): void {
  using copy = new DatabaseSync(partial);
  const troubles = [
    ...copy.prepare('SELECT integrity_check AS trouble FROM pragma_integrity_check').all(),
    ...copy
      .prepare(
        `SELECT 'a reference to nothing in ' || "table" AS trouble FROM pragma_foreign_key_check`,
      )
      .all(),
  ].filter(({ trouble }) => trouble !== 'ok');
  const found = takeInventory(copy);
  if (found?.schemaVersion !== expected.schemaVersion) troubles.push({ trouble: 'another schema' });
  for (const [table, rows] of expected.rowsOf) {
    if (found?.rowsOf.get(table) === rows) continue;
    troubles.push({ trouble: `not all ${rows} rows of the table ${table}` });
  }
  if (troubles.length === 0) return;
  throw new DomainError(
    'INTERNAL',
    `The copy is not good, and so may be the database: it has ${String(troubles[0]?.['trouble'])}.`,
  );
}

function readNumber(database: DatabaseSync, sql: string): number {
  const statement = database.prepare(sql);
  statement.setReturnArrays(true);
  const [value] = statement.get() as unknown as [number];
  return value;
}

function reachDisk(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
