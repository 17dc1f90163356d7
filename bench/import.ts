import { createReadStream } from 'node:fs';
import { rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import pg from 'pg';

import { createPool } from '../src/app/create-pool.ts';
import { importNumbers } from '../src/app/import-numbers.ts';
import { readRows } from '../src/cli/csv-rows.ts';
import { systemClock } from '../src/clock.ts';
import { reverseDigits } from '../src/domain/phone-number.ts';
import type { Pool } from '../src/domain/pool.ts';
import { migrate } from '../src/store/schema.ts';
import { openStore, type Store } from '../src/store/store.ts';
import { POOLS } from './stock-plan.ts';
import type { Stocks } from './stocks.ts';
import { createRandom, median } from './timing.ts';

const SEED = 11;
const BLOCK = 100;
/** As many as the import writes at a time, so that both wait for the disk equally often. */
const ROWS_PER_COMMIT = 5000;
const POOL = { ...(POOLS[0] as (typeof POOLS)[0]), name: 'imported' };

export interface ImportResult {
  rows: number;
  rowsPerSecond: number;
  bareRowsPerSecond: number;
  ratio: number;
  bytesPerNumber: number;
}

/**
 * The import of a file, all of it: CSV, checks, duplicates, writing. Against it a bare prepared insert of
 * the same rows, in memory already, into the same table with the same indexes, committed as often. Both
 * take turns, each into an empty database.
 */
export async function measureImport(
  stocks: Stocks,
  rows: number,
  turns: number,
): Promise<ImportResult> {
  const file = path.join(tmpdir(), `numberyard-bench-${process.pid}.csv`);
  const numbers = makeNumbers(rows);
  await writeFile(file, `phone number\n${numbers.join('\n')}\n`);
  try {
    const seconds: { imported: number; bare: number }[] = [];
    let bytesPerNumber = Number.NaN;
    for (let turn = 0; turn < turns; turn++) {
      const imported = await onEmptyStock(stocks, async (store, pool, databaseUrl) => {
        const took = await timeSeconds(async () => {
          const counts = await importNumbers({ store }, pool, readRows(createReadStream(file)), {
            dryRun: false,
            onProblem(problem) {
              throw new Error(`line ${problem.line}: ${problem.reason}`);
            },
          });
          if (counts.added !== rows) throw new Error(`${counts.added} of ${rows} were added`);
        });
        bytesPerNumber = (await databaseBytes(store, databaseUrl)) / rows;
        return took;
      });
      const bare = await onEmptyStock(stocks, async (_store, pool, databaseUrl) => {
        const insert = stocks.engine === 'sqlite' ? insertIntoSqlite : insertIntoPostgres;
        return insert(databaseUrl, numbers, pool);
      });
      seconds.push({ imported, bare });
    }
    return {
      rows,
      rowsPerSecond: rows / median(seconds.map(({ imported }) => imported)),
      bareRowsPerSecond: rows / median(seconds.map(({ bare }) => bare)),
      ratio: median(seconds.map(({ imported, bare }) => bare / imported)),
      bytesPerNumber,
    };
  } finally {
    await rm(file);
  }
}

/** Blocks of a hundred consecutive numbers with gaps between them, in order: what an operator's file has. */
function makeNumbers(count: number): string[] {
  const random = createRandom(SEED);
  const prefixes = POOL.prefixes.toSorted();
  const blocks = Math.ceil(count / prefixes.length / BLOCK);
  const cell = Math.floor((10 ** POOL.restDigits - POOL.restFirst) / BLOCK / blocks);
  const numbers: string[] = [];
  for (const prefix of prefixes) {
    for (let block = 0; block < blocks; block++) {
      const first = POOL.restFirst + (block * cell + random(cell)) * BLOCK;
      for (let i = 0; i < BLOCK; i++) numbers.push(`+${POOL.callingCode}${prefix}${first + i}`);
    }
  }
  return numbers.slice(0, count);
}

async function onEmptyStock<T>(
  stocks: Stocks,
  work: (store: Store, pool: Pool, databaseUrl: string) => Promise<T>,
): Promise<T> {
  await using scratch = await stocks.empty();
  await using store = await openStore(scratch.databaseUrl);
  await migrate(store, systemClock);
  const pool = await createPool({ store, clock: systemClock }, POOL);
  return await work(store, pool, scratch.databaseUrl);
}

async function insertIntoSqlite(
  databaseUrl: string,
  numbers: readonly string[],
  pool: Pool,
): Promise<number> {
  const database = new DatabaseSync(databaseUrl.replace('sqlite:', ''));
  try {
    // As the product's own connection is set.
    database.exec(
      `PRAGMA synchronous = FULL; PRAGMA cache_size = -8192; PRAGMA cache_spill = 8192;
      PRAGMA wal_autocheckpoint = 8000`,
    );
    const insert = database.prepare(
      'INSERT INTO number (e164, reversed, pool_id, state) VALUES (?, ?, ?, 0)',
    );
    const rows = numbers.map((e164) => ({ e164, reversed: reverseDigits(e164) }));
    return await timeSeconds(async () => {
      for (let from = 0; from < rows.length; from += ROWS_PER_COMMIT) {
        database.exec('BEGIN IMMEDIATE');
        for (const { e164, reversed } of rows.slice(from, from + ROWS_PER_COMMIT)) {
          insert.run(e164, reversed, pool.id);
        }
        database.exec('COMMIT');
      }
    });
  } finally {
    database.close();
  }
}

async function insertIntoPostgres(
  databaseUrl: string,
  numbers: readonly string[],
  pool: Pool,
): Promise<number> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    const rows = numbers.map((e164) => [e164, reverseDigits(e164), pool.id]);
    const text = 'INSERT INTO number (e164, reversed, pool_id, state) VALUES ($1, $2, $3, 0)';
    return await timeSeconds(async () => {
      for (let from = 0; from < rows.length; from += ROWS_PER_COMMIT) {
        await client.query('BEGIN');
        for (const values of rows.slice(from, from + ROWS_PER_COMMIT)) {
          await client.query({ name: 'insert', text, values });
        }
        await client.query('COMMIT');
      }
    });
  } finally {
    await client.end();
  }
}

async function databaseBytes(store: Store, databaseUrl: string): Promise<number> {
  if (store.dialect.engine === 'sqlite') {
    const pages = await store.read((db) =>
      db.get<{ bytes: number }>(
        'SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size',
      ),
    );
    return pages?.bytes ?? (await stat(databaseUrl.replace('sqlite:', ''))).size;
  }
  const size = await store.read((db) =>
    db.get<{ bytes: number }>('SELECT pg_database_size(current_database()) AS bytes'),
  );
  return size?.bytes ?? Number.NaN;
}

async function timeSeconds(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
}
