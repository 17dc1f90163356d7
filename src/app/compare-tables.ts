import { DomainError } from '../errors.ts';
import { listCopyProgress } from '../store/copy-progress.ts';
import type { Reader, Store } from '../store/store.ts';
import { checksumRows, findDifferentRow, readRows, type Table } from '../store/table.ts';
import type { CopyOptions } from './copy-database.ts';

/** What two databases have, each read from its own. */
export interface ComparedTable {
  name: string;
  rows: number;
  /** SHA-256 in hexadecimal digits; empty for a table without rows. */
  checksum: string;
}

/**
 * Reads both databases from beginning to end, each as it is at one moment, and compares all rows.
 * @returns `undefined` when it was interrupted.
 * @throws DomainError INTERNAL that names the first table that is not the same, and says which of the two
 * databases has changed since its rows were copied.
 */
export function compareTables(
  source: Store,
  target: Store,
  tables: readonly Table[],
  options: CopyOptions,
): Promise<ComparedTable[] | undefined> {
  return source.readSnapshot((from) =>
    target.readSnapshot(async (to) => {
      const progress = await listCopyProgress(to);
      const total = [...progress.values()].reduce((sum, { rowsCopied }) => sum + rowsCopied, 0);
      const compared: ComparedTable[] = [];
      let done = 0;
      for (const table of tables) {
        const copied = progress.get(table.name)?.checksum ?? '';
        const result = await compareTable(from, to, table, copied, (rows) => {
          options.onProgress('COMPARE', done + rows, total);
          return !options.isInterrupted();
        });
        if (result === undefined) return undefined;
        done += result.rows;
        compared.push(result);
      }
      return compared;
    }),
  );
}

/** @param mayGoOn is told how many rows are compared. */
async function compareTable(
  from: Reader,
  to: Reader,
  table: Table,
  copiedChecksum: string,
  mayGoOn: (rows: number) => boolean,
): Promise<ComparedTable | undefined> {
  const same: ComparedTable = { name: table.name, rows: 0, checksum: '' };
  let after: string | undefined;
  for (;;) {
    const [ours, theirs] = await Promise.all([
      readRows(from, table, after),
      readRows(to, table, after),
    ]);
    if (ours.rows !== theirs.rows) {
      const checksum = await checksumRest(from, table, after, same.checksum);
      throw notTheSame(table, findDifferentRow(table, ours, theirs), checksum === copiedChecksum);
    }
    same.rows += ours.count;
    same.checksum = checksumRows(same.checksum, ours);
    if (!mayGoOn(same.rows)) return undefined;
    if (ours.isLast) return same;
    after = ours.lastKey;
  }
}

/** The checksum of a whole table, of whose beginning it is known. */
async function checksumRest(
  db: Reader,
  table: Table,
  from: string | undefined,
  known: string,
): Promise<string> {
  let checksum = known;
  let after = from;
  for (;;) {
    const batch = await readRows(db, table, after);
    checksum = checksumRows(checksum, batch);
    if (batch.isLast) return checksum;
    after = batch.lastKey;
  }
}

function notTheSame(table: Table, row: string, isSourceAsCopied: boolean): DomainError {
  return new DomainError(
    'INTERNAL',
    isSourceAsCopied
      ? `The table ${table.name} of the target is not what was copied, from the row ${row} on: copy to a new database.`
      : `The source has changed since it was copied, in the table ${table.name} from the row ${row} on: stop all that writes to it, and copy it to a new database.`,
  );
}
