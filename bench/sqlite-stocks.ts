import { randomUUID } from 'node:crypto';
import { copyFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { reverseDigits } from '../src/domain/phone-number.ts';
import { ROW_COLUMNS, selectRows } from './stock-plan.ts';
import {
  type Filling,
  openStockFolder,
  prepareStock,
  readNote,
  type Scratch,
  type Stock,
  type Stocks,
  writeNote,
} from './stocks.ts';

/** The whole file fits, so that the pages of the reversed index are written once. */
const BUILD_CACHE_KIB = 1_500_000;

export async function openSqliteStocks(isRebuilt: boolean): Promise<Stocks> {
  const folder = await openStockFolder('sqlite', isRebuilt);
  return {
    engine: 'sqlite',
    async open(size) {
      const file = path.join(folder, `${size}.sqlite`);
      const databaseUrl = `sqlite:${file}`;
      let built = await readNote(folder, size);
      if (built === undefined) {
        const startedAt = performance.now();
        await removeDatabase(file);
        fillSqlite(file, await prepareStock(databaseUrl, size));
        const buildSeconds = (performance.now() - startedAt) / 1000;
        built = { buildSeconds, bytesPerNumber: (await stat(file)).size / size };
        await writeNote(folder, size, built);
      }
      return { engine: 'sqlite', size, databaseUrl, ...built };
    },
    copy: (stock) => makeScratch(folder, stock),
    empty: () => makeScratch(folder),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

/**
 * Row by row in the order of the numbers, with all indexes in place: the file is then as full and as
 * empty as an import leaves it, where indexes made afterwards would be packed.
 */
export function fillSqlite(file: string, filling: Filling): void {
  const database = new DatabaseSync(file);
  try {
    // Only for the building: a file that a power failure spoils is made again.
    database.exec(`PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
      PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -${BUILD_CACHE_KIB}`);
    database.function('reverse', { deterministic: true }, (text) => reverseDigits(String(text)));
    database.exec('BEGIN');
    for (const { stretch, poolId } of filling) {
      database.exec(
        `WITH RECURSIVE line (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM line WHERE i + 1 < ${stretch.count})
        INSERT INTO number (${ROW_COLUMNS}) ${selectRows(stretch, poolId, 'line')}`,
      );
    }
    database.exec('COMMIT; PRAGMA journal_mode = WAL');
  } finally {
    database.close();
  }
}

async function makeScratch(folder: string, stock?: Stock): Promise<Scratch> {
  const file = path.join(folder, `scratch-${randomUUID()}.sqlite`);
  if (stock !== undefined) await copyFile(path.join(folder, `${stock.size}.sqlite`), file);
  return {
    databaseUrl: `sqlite:${file}`,
    [Symbol.asyncDispose]: () => removeDatabase(file),
  };
}

async function removeDatabase(file: string): Promise<void> {
  for (const suffix of ['', '-wal', '-shm']) await rm(file + suffix, { force: true });
}
