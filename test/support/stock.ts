import assert from 'node:assert/strict';

import type { E164 } from '../../src/domain/phone-number.ts';
import { reverseDigits } from '../../src/domain/phone-number.ts';
import { analyzeNumbers, insertNumbers } from '../../src/store/number.ts';
import { insertPool, type NewPool, widenPoolDigits } from '../../src/store/pool.ts';
import { TEST_START, type TestServer } from './test-server.ts';

const NUMBERS_PER_STATEMENT = 5000;

/** A pool of US LOCAL numbers, unless it says otherwise, with exactly these numbers. */
export async function addStock(
  { server }: TestServer,
  pool: Partial<NewPool> & { name: string },
  numbers: readonly string[],
): Promise<void> {
  const { store, pools } = server.context;
  await store.write(async (db) => {
    const id = await insertPool(db, {
      regionCode: 'US',
      type: 'LOCAL',
      capabilities: ['SMS', 'VOICE'],
      currencyCode: 'USD',
      setupPriceMinor: 0,
      monthlyPriceMinor: 100,
      paymentIntervalMonths: 1,
      documentationRequired: false,
      emergencyAddresses: false,
      quarantineDays: 0,
      visibleTo: undefined,
      createdAt: TEST_START as never,
      ...pool,
    });
    assert.ok(id !== undefined);
    for (let i = 0; i < numbers.length; i += NUMBERS_PER_STATEMENT) {
      const rows = numbers
        .slice(i, i + NUMBERS_PER_STATEMENT)
        .map((e164) => ({ e164: e164 as E164, reversed: reverseDigits(e164), locality: null }));
      await insertNumbers(db, id, rows);
    }
    const lengths = numbers.map((number) => number.length - 1);
    const [shortest, longest] = lengths.reduce(
      ([least, most], length) => [Math.min(least, length), Math.max(most, length)],
      [15, 0],
    );
    await widenPoolDigits(db, id, shortest, longest);
  });
  await store.write(analyzeNumbers);
  pools.forget();
}
