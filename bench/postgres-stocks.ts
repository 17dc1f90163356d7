import { randomUUID } from 'node:crypto';

import pg from 'pg';

import { startPostgres } from '../scripts/start-postgres.ts';
import { ROW_COLUMNS, selectRows } from './stock-plan.ts';
import {
  type Filling,
  openStockFolder,
  prepareStock,
  readNote,
  type Scratch,
  type Stocks,
  writeNote,
} from './stocks.ts';

/** As an operator would have it on a machine with a gigabyte to spare, and durable: rents are measured on it. */
const SETTINGS = {
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  shared_buffers: '512MB',
  max_wal_size: '4GB',
  checkpoint_timeout: '30min',
  // What fills a table that the same transaction has made need not be logged.
  wal_level: 'minimal',
  max_wal_senders: '0',
};

export async function openPostgresStocks(isRebuilt: boolean): Promise<Stocks> {
  const folder = await openStockFolder('postgres', isRebuilt);
  const server = await startPostgres({ keptIn: folder, settings: SETTINGS });
  const urlOf = (database: string) => {
    const url = new URL(server.url);
    url.pathname = `/${database}`;
    return url.href;
  };
  const makeScratch = async (template: string): Promise<Scratch> => {
    const name = `scratch_${randomUUID().replaceAll('-', '')}`;
    await run(server.url, `CREATE DATABASE ${name} TEMPLATE ${template}`);
    return {
      databaseUrl: urlOf(name),
      [Symbol.asyncDispose]: () => run(server.url, `DROP DATABASE ${name} WITH (FORCE)`),
    };
  };
  return {
    engine: 'postgres',
    async open(size) {
      const name = `stock_${size}`;
      const databaseUrl = urlOf(name);
      let built = await readNote(folder, size);
      if (built === undefined) {
        const startedAt = performance.now();
        await run(server.url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
        await run(server.url, `CREATE DATABASE ${name} TEMPLATE template0`);
        const bytes = await fillPostgres(databaseUrl, await prepareStock(databaseUrl, size));
        const buildSeconds = (performance.now() - startedAt) / 1000;
        built = { buildSeconds, bytesPerNumber: bytes / size };
        await writeNote(folder, size, built);
      }
      return { engine: 'postgres', size, databaseUrl, ...built };
    },
    copy: (stock) => makeScratch(`stock_${stock.size}`),
    empty: () => makeScratch('template0'),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/**
 * Rows in the order of the numbers first and the indexes after them, which is how the engine is fastest.
 * @returns the size of the database in bytes.
 */
export async function fillPostgres(databaseUrl: string, filling: Filling): Promise<number> {
  await using client = await connect(databaseUrl);
  const { rows: indexes } = await client.query<{ name: string; definition: string }>(
    `SELECT indexname AS name, indexdef AS definition FROM pg_indexes
    WHERE tablename = 'number' AND indexname <> 'number_pkey' ORDER BY indexname`,
  );
  await client.query("SET maintenance_work_mem = '512MB'");
  await client.query('BEGIN');
  // Emptied in this transaction, the table counts as made by it.
  await client.query('TRUNCATE number CASCADE');
  for (const { name } of indexes) await client.query(`DROP INDEX ${name}`);
  for (const { stretch, poolId } of filling) {
    const lines = `generate_series(CAST(0 AS BIGINT), ${stretch.count - 1}) AS line (i)`;
    await client.query(`INSERT INTO number (${ROW_COLUMNS}) ${selectRows(stretch, poolId, lines)}`);
  }
  for (const { definition } of indexes) await client.query(definition);
  await client.query('COMMIT');
  // Index-only scans need the visibility map, which autovacuum would make some time later.
  await client.query('VACUUM ANALYZE');
  const size = await client.query<{ bytes: string }>(
    'SELECT pg_database_size(current_database()) AS bytes',
  );
  return Number(size.rows[0]?.bytes);
}

async function run(url: string, statement: string): Promise<void> {
  await using client = await connect(url);
  await client.query(statement);
}

async function connect(url: string): Promise<pg.Client & AsyncDisposable> {
  const client = new pg.Client(url);
  await client.connect();
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() });
}
