import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { E164 } from '../../src/domain/phone-number.ts';
import type { PoolId } from '../../src/domain/pool.ts';
import {
  claimAvailableNumber,
  countStockSlice,
  findNumber,
  listInStock,
  scanAvailable,
  scanAvailablePrefixes,
} from '../../src/store/number.ts';
import type { Store } from '../../src/store/store.ts';
import { assertPlans, type ExpectedPlan, planOf } from '../support/query-plan.ts';
import { openTestStore, PROJECT } from '../support/test-server.ts';

const NUMBERS = 100_000;
const POOL = 1 as PoolId;
const NUMBER = '+12000000007' as E164;

const STATEMENTS: ExpectedPlan[] = [
  {
    name: 'search by a beginning',
    run: (db) => scanAvailable(db, 'e164', POOL, '+1200', '+1200:', 20),
    index: 'INDEX number_available',
  },
  {
    name: 'search by an end',
    run: (db) => scanAvailable(db, 'reversed', POOL, '700', '700:', 20),
    index: 'INDEX number_available_reversed',
  },
  {
    name: 'search by digits within, forwards',
    run: (db) => scanAvailablePrefixes(db, 'e164', POOL, ['+120', '+121'], 20),
    index: 'INDEX number_available',
  },
  {
    name: 'search by digits within, backwards',
    run: (db) => scanAvailablePrefixes(db, 'reversed', POOL, ['12', '13'], 20),
    index: 'INDEX number_available_reversed',
  },
  { name: 'look at a number', run: (db) => findNumber(db, NUMBER), index: 'PRIMARY KEY' },
  {
    name: 'claim a number',
    run: (db) => claimAvailableNumber(db, PROJECT.id, NUMBER),
    index: 'PRIMARY KEY',
  },
  { name: 'find numbers in stock', run: (db) => listInStock(db, [NUMBER]), index: 'PRIMARY KEY' },
  {
    name: 'count a slice of the stock',
    run: (db) => countStockSlice(db, '', 9),
    index: 'PRIMARY KEY',
  },
];

/** What ANALYZE finds depends on the stock, and what the planner chooses on that. */
const STOCKS = [
  { name: 'four pools, a third of them rented', pools: 4, availableEvery: 3 },
  { name: 'one pool, nothing rented', pools: 1, availableEvery: 1 },
  { name: 'one pool, nearly all rented', pools: 1, availableEvery: 100 },
];

for (const stock of STOCKS) {
  test(`a search uses its index, analysed or not: ${stock.name}`, async () => {
    await using database = await openTestStore('sqlite');
    const { store } = database;
    await fill(store, stock);
    await assertPlans(store, STATEMENTS);
    await store.write((db) => db.run('ANALYZE'));
    await assertPlans(store, STATEMENTS);
  });
}

test('a search that has to walk through the table would be noticed', async () => {
  await using database = await openTestStore('sqlite');
  const plan = await planOf(database.store, (db) =>
    db.all('SELECT e164 FROM number WHERE locality = ? ORDER BY reversed', 'x'),
  );
  assert.deepEqual(plan, ['SCAN number', 'USE TEMP B-TREE FOR ORDER BY']);
});

/** Numbers with gaps between them, as an operator's blocks have. Of each few one is available. */
async function fill(
  store: Store,
  { pools, availableEvery }: { pools: number; availableEvery: number },
): Promise<void> {
  await store.write((db) =>
    db.run(
      `WITH RECURSIVE line (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM line WHERE i < ?)
      INSERT INTO number (e164, reversed, pool_id, state)
      SELECT '+1' || (2000000000 + i * 7), printf('%010d', (i * 7919) % 1000003) || '1+',
        1 + i % ?, CASE WHEN i % ? = 0 THEN 0 ELSE 2 END
      FROM line`,
      NUMBERS - 1,
      pools,
      availableEvery,
    ),
  );
}
