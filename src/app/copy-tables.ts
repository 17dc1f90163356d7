import { DomainError } from '../errors.ts';
import { advanceCopy, type CopyProgress, listCopyProgress } from '../store/copy-progress.ts';
import type { Reader, Store } from '../store/store.ts';
import {
  checksumRows,
  countRows,
  insertRows,
  readRows,
  type RowBatch,
  type Table,
} from '../store/table.ts';
import type { CopyOptions } from './copy-database.ts';

/**
 * Copies what the target does not have yet. Each batch of rows is in the target together with the note how
 * far it is, or neither of them is. The source is read as it is at one moment, so that rows fit together even
 * where somebody writes to it.
 * @returns false when it was interrupted.
 */
export async function copyTables(
  source: Store,
  target: Store,
  tables: readonly Table[],
  options: CopyOptions,
): Promise<boolean> {
  const progress = await target.read(listCopyProgress);
  let done = [...progress.values()].reduce((sum, { rowsCopied }) => sum + rowsCopied, 0);
  return source.readSnapshot(async (from) => {
    const total = await countAll(from, tables);
    options.onProgress('COPY', done, total);
    for (const table of tables) {
      let at = progress.get(table.name) ?? { rowsCopied: 0, lastKey: undefined, checksum: '' };
      let batch = await readRows(from, table, at.lastKey);
      while (batch.count > 0) {
        if (options.isInterrupted()) return false;
        const next = advance(at, batch);
        // The next rows are read while these are written: the two databases need not wait for each other.
        const [following] = await Promise.all([
          batch.isLast ? undefined : readRows(from, table, batch.lastKey),
          writeBatch(target, table, batch, at, next),
        ]);
        done += batch.count;
        options.onProgress('COPY', done, total);
        at = next;
        if (following === undefined) break;
        batch = following;
      }
    }
    return true;
  });
}

async function countAll(db: Reader, tables: readonly Table[]): Promise<number> {
  let total = 0;
  for (const { name } of tables) total += await countRows(db, name);
  return total;
}

function advance(from: CopyProgress, batch: RowBatch): CopyProgress {
  return {
    rowsCopied: from.rowsCopied + batch.count,
    lastKey: batch.lastKey,
    checksum: checksumRows(from.checksum, batch),
  };
}

/** @throws DomainError INTERNAL when the rows cannot be added. */
async function writeBatch(
  target: Store,
  table: Table,
  batch: RowBatch,
  from: CopyProgress,
  to: CopyProgress,
): Promise<void> {
  try {
    await target.write(async (db) => {
      if (!(await advanceCopy(db, table.name, from, to))) {
        throw new DomainError('INTERNAL', 'Another process is copying into the same database.');
      }
      await insertRows(db, table, batch);
    });
  } catch (error) {
    if (!target.dialect.isConstraintViolation(error)) throw error;
    throw new DomainError(
      'INTERNAL',
      `Rows of the table ${table.name} do not go with those that are copied already: the source has changed since the copy was begun. Stop all that writes to it, and copy it to a new database.`,
      { cause: error },
    );
  }
}
