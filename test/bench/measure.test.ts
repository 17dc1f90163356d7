import assert from 'node:assert/strict';

import { measureRenewals } from '../../bench/renewals.ts';
import { measureRents } from '../../bench/rents.ts';
import type { Stocks } from '../../bench/stocks.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { createStockedDatabase } from '../support/test-server.ts';

const RENTALS = 60;

testOnEachEngine('renewals can be measured, by two workers', async (_start, engine) => {
  const stocks = {
    engine,
    async empty() {
      const database = await createTestDatabase(engine, 'empty');
      return {
        databaseUrl: database.url,
        [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
      };
    },
  } as Stocks;
  const result = await measureRenewals(stocks, RENTALS, 2);
  assert.deepEqual([result.rentals, result.workers], [RENTALS, 2]);
  assert.ok(result.perSecond > 0 && result.cpuMs > 0, JSON.stringify(result));
});

testOnEachEngine('checks and rents can be measured', async (_start, engine) => {
  await using database = await createStockedDatabase(engine, [
    { name: 'measured', first: '+12025550000', size: 2000 },
  ]);
  const result = await measureRents(database.url, 1, 80);
  for (const figure of [
    result.aloneRentsPerSecond,
    result.togetherRentsPerSecond,
    result.rentAnyPerSecond,
    result.ratio,
  ]) {
    assert.ok(figure > 0, JSON.stringify(result));
  }
});
