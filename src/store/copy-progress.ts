import type { Reader, Writer } from './store.ts';

/** How far the copy of a table is. */
export interface CopyProgress {
  rowsCopied: number;
  /** The key of the last row that was copied, as JSON; `undefined` before the first. */
  lastKey: string | undefined;
  /** Of all rows so far, as `checksumRows` makes it; empty before the first. */
  checksum: string;
}

/** Where the rows of an unfinished copy come from. */
export interface CopySource {
  /** Tells one database from another, whatever it is called. */
  sourceId: string;
  /** For people to read. */
  sourceName: string;
}

/** @returns `undefined` for a database that is whole. */
export async function findUnfinishedCopy(db: Reader): Promise<CopySource | undefined> {
  return db.get<CopySource>(
    'SELECT source_id AS "sourceId", source_name AS "sourceName" FROM copy_progress LIMIT 1',
  );
}

/** Marks a database as an unfinished copy, with nothing copied yet. What is marked already stays as it is. */
export async function beginCopy(
  db: Writer,
  { sourceId, sourceName }: CopySource,
  tables: readonly string[],
): Promise<void> {
  for (const table of tables) {
    await db.run(
      `INSERT INTO copy_progress (table_name, source_id, source_name, rows_copied, checksum)
      VALUES (?, ?, ?, 0, '') ON CONFLICT (table_name) DO NOTHING`,
      table,
      sourceId,
      sourceName,
    );
  }
}

/** @returns by table. */
export async function listCopyProgress(db: Reader): Promise<Map<string, CopyProgress>> {
  const rows = await db.all<{
    tableName: string;
    rowsCopied: number;
    lastKey: string | null;
    checksum: string;
  }>(
    `SELECT table_name AS "tableName", rows_copied AS "rowsCopied", last_key AS "lastKey", checksum
    FROM copy_progress`,
  );
  return new Map(
    rows.map(({ tableName, lastKey, ...row }) => [
      tableName,
      { ...row, lastKey: lastKey ?? undefined },
    ]),
  );
}

/** @returns false when the table is no longer `from` there: another process copies into this database. */
export async function advanceCopy(
  db: Writer,
  table: string,
  from: CopyProgress,
  to: CopyProgress,
): Promise<boolean> {
  const changed = await db.run(
    `UPDATE copy_progress SET rows_copied = ?, last_key = ?, checksum = ?
    WHERE table_name = ? AND rows_copied = ? AND checksum = ?`,
    to.rowsCopied,
    to.lastKey ?? null,
    to.checksum,
    table,
    from.rowsCopied,
    from.checksum,
  );
  return changed === 1;
}

/** The database is whole from here on. */
export async function endCopy(db: Writer): Promise<void> {
  await db.run('DELETE FROM copy_progress');
}
