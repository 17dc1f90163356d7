import { createHash } from 'node:crypto';
import { globSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { createPool } from '../src/app/create-pool.ts';
import { systemClock } from '../src/clock.ts';
import { widenPoolDigits } from '../src/store/pool.ts';
import { migrate } from '../src/store/schema.ts';
import { openStore } from '../src/store/store.ts';
import { planStretches, POOLS, selectRows, type Stretch } from './stock-plan.ts';

export type Engine = 'sqlite' | 'postgres';

/** A database with a stock in it. */
export interface Stock {
  engine: Engine;
  size: number;
  databaseUrl: string;
  /** Of the whole database. */
  bytesPerNumber: number;
  buildSeconds: number;
}

/** A database that is gone when it is disposed of. */
export interface Scratch extends AsyncDisposable {
  databaseUrl: string;
}

/** Where the stocks of one engine are. */
export interface Stocks extends AsyncDisposable {
  engine: Engine;
  /** Makes the stock, or takes the one that an earlier run left. */
  open(size: number): Promise<Stock>;
  /** A copy, for what changes the stock. */
  copy(stock: Stock): Promise<Scratch>;
  /** A database with nothing in it, on the same disk. */
  empty(): Promise<Scratch>;
}

/** The stretches with the pools they go into, as an engine fills them. */
export type Filling = readonly { stretch: Stretch; poolId: number }[];

/** Makes the tables and the pools of a stock. @returns what is to be filled in. */
export async function prepareStock(databaseUrl: string, size: number): Promise<Filling> {
  await using store = await openStore(databaseUrl);
  await migrate(store, systemClock);
  const poolIds = new Map<string, number>();
  for (const request of POOLS) {
    const pool = await createPool({ store, clock: systemClock }, request);
    poolIds.set(request.name, pool.id);
    const lengths = request.prefixes.map(
      (prefix) => request.callingCode.length + prefix.length + request.restDigits,
    );
    await store.write((db) =>
      widenPoolDigits(db, pool.id, Math.min(...lengths), Math.max(...lengths)),
    );
  }
  return planStretches(size).map((stretch) => ({
    stretch,
    poolId: poolIds.get(stretch.pool.name) as number,
  }));
}

/**
 * The folder of one engine's stocks. It is named after all that decides what is in them, so that stocks of
 * another plan or another schema are never taken for these.
 */
export async function openStockFolder(engine: Engine, isRebuilt: boolean): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(POOLS));
  for (const stretch of planStretches(1000)) hash.update(selectRows(stretch, 0, ''));
  const migrations = path.join(import.meta.dirname, '../src/store/migrations');
  for (const file of globSync('*.ts', { cwd: migrations }).sort()) {
    hash.update(await readFile(path.join(migrations, file)));
  }
  const name = `${engine}-${hash.digest('hex').slice(0, 12)}`;
  const folder = path.join(tmpdir(), 'numberyard-bench', name);
  if (isRebuilt) await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  return folder;
}

type BuiltStock = Pick<Stock, 'buildSeconds' | 'bytesPerNumber'>;

/** What was noted when a stock was finished; `undefined` while there is none. */
export async function readNote(folder: string, size: number): Promise<BuiltStock | undefined> {
  const text = await readFile(notePath(folder, size), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as BuiltStock);
}

export async function writeNote(folder: string, size: number, built: BuiltStock): Promise<void> {
  await writeFile(notePath(folder, size), JSON.stringify(built));
}

function notePath(folder: string, size: number): string {
  return path.join(folder, `${size}.json`);
}
