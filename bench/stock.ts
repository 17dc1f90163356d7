import { mkdir, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

import { systemClock } from '../src/clock.ts';
import { type E164, reverseDigits } from '../src/domain/phone-number.ts';
import type { PoolId } from '../src/domain/pool.ts';
import { insertNumbers } from '../src/store/number.ts';
import { insertPool, widenPoolDigits } from '../src/store/pool.ts';
import { migrate } from '../src/store/schema.ts';
import { openStore, type Store } from '../src/store/store.ts';

const NUMBERS_PER_WRITE = 20_000;
/** Every so many numbers one is rented, so that the indexes have holes as in real life. */
const RENTED_EVERY = 10;

interface StockPool {
  name: string;
  regionCode: string;
  callingCode: string;
  type: 'LOCAL' | 'MOBILE';
  /** The share of the stock, in percent. */
  share: number;
  /** National digits before the random ones. */
  prefixes: readonly string[];
  randomDigits: number;
}

/** Regions, pools and number lengths mixed; two pools share a region and type. */
export const POOLS: readonly StockPool[] = [
  {
    name: 'us-a',
    regionCode: 'US',
    callingCode: '1',
    type: 'LOCAL',
    share: 30,
    prefixes: Array.from({ length: 40 }, (_, i) => String(201 + i * 7)),
    randomDigits: 7,
  },
  {
    name: 'us-b',
    regionCode: 'US',
    callingCode: '1',
    type: 'LOCAL',
    share: 20,
    prefixes: Array.from({ length: 60 }, (_, i) => String(502 + i * 7)),
    randomDigits: 7,
  },
  {
    name: 'gb',
    regionCode: 'GB',
    callingCode: '44',
    type: 'MOBILE',
    share: 20,
    prefixes: ['7400', '7500', '7700', '7800'],
    randomDigits: 6,
  },
  {
    name: 'de',
    regionCode: 'DE',
    callingCode: '49',
    type: 'LOCAL',
    share: 20,
    prefixes: ['30', '89', '221'],
    randomDigits: 8,
  },
  {
    name: 'se',
    regionCode: 'SE',
    callingCode: '46',
    type: 'MOBILE',
    share: 10,
    prefixes: ['70', '72', '73', '76'],
    randomDigits: 7,
  },
];

/** The same numbers in every run: a small generator of our own. @returns whole numbers below a limit. */
export function createRandom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    // xorshift32
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}

/** A database with `size` numbers, made anew each time. @returns its URL and its bytes for each number. */
export async function buildStock(
  path: string,
  size: number,
): Promise<{ databaseUrl: string; bytesPerNumber: number; seconds: number }> {
  for (const suffix of ['', '-wal', '-shm']) await rm(path + suffix, { force: true });
  await mkdir(dirname(path), { recursive: true });
  const databaseUrl = `sqlite:${path}`;
  const startedAt = performance.now();
  {
    await using store = await openStore(databaseUrl);
    await migrate(store, systemClock);
    for (const pool of POOLS) await fillPool(store, pool, Math.floor((size * pool.share) / 100));
  }
  const seconds = (performance.now() - startedAt) / 1000;
  return { databaseUrl, bytesPerNumber: (await stat(path)).size / size, seconds };
}

async function fillPool(store: Store, pool: StockPool, size: number): Promise<void> {
  const poolId = (await store.write((db) =>
    insertPool(db, {
      name: pool.name,
      regionCode: pool.regionCode,
      type: pool.type,
      capabilities: ['SMS', 'VOICE'],
      currencyCode: 'USD',
      setupPriceMinor: 50,
      monthlyPriceMinor: 50,
      paymentIntervalMonths: 1,
      documentationRequired: false,
      quarantineDays: undefined,
      visibleTo: undefined,
      createdAt: systemClock.now(),
    }),
  )) as PoolId;
  const numbers = distinctNumbers(pool, poolId, size);
  for (let done = 0; done < size; done += NUMBERS_PER_WRITE) {
    const batch = numbers.slice(done, done + NUMBERS_PER_WRITE);
    await store.write(async (db) => {
      await insertNumbers(
        db,
        poolId,
        batch.map((e164) => ({ e164, reversed: reverseDigits(e164), locality: null })),
      );
      await db.run(
        `UPDATE number SET state = 2 WHERE e164 IN (SELECT value FROM ${db.dialect.jsonTextList} AS list)`,
        JSON.stringify(batch.filter((_, i) => i % RENTED_EVERY === 0)),
      );
    });
  }
  const lengths = pool.prefixes.map(
    (prefix) => pool.callingCode.length + prefix.length + pool.randomDigits,
  );
  await store.write((db) =>
    widenPoolDigits(db, poolId, Math.min(...lengths), Math.max(...lengths)),
  );
}

/** Spread over the pool's prefixes, in the order of the digits, as an operator's file would have them. */
function distinctNumbers(pool: StockPool, seed: number, size: number): E164[] {
  const random = createRandom(seed);
  const perPrefix = Math.ceil(size / pool.prefixes.length);
  const space = 10 ** pool.randomDigits;
  const numbers: E164[] = [];
  for (const prefix of pool.prefixes) {
    const rests = new Set<number>();
    while (rests.size < Math.min(perPrefix, size - numbers.length)) rests.add(random(space));
    for (const rest of [...rests].sort((a, b) => a - b)) {
      const digits = String(rest).padStart(pool.randomDigits, '0');
      numbers.push(`+${pool.callingCode}${prefix}${digits}` as E164);
    }
  }
  return numbers;
}
