import assert from 'node:assert/strict';

import type { Store } from '../../src/store/store.ts';
import { testOnEngine } from '../support/engines.ts';
import { assertPlans, planOf } from '../support/query-plan.ts';
import { SEARCH_STATEMENTS } from '../support/search-statements.ts';
import { openTestStore } from '../support/test-server.ts';

const OWN_PLANS = { because: 'search-plan-postgres.test.ts reads the plans of PostgreSQL' };
const NUMBERS = 100_000;
const INDEXES = {
  available: 'INDEX number_available',
  available_reversed: 'INDEX number_available_reversed',
  'primary key': 'PRIMARY KEY',
};
const STATEMENTS = SEARCH_STATEMENTS.map((statement) => ({
  ...statement,
  index: `${statement.isIndexOnly === true ? 'COVERING ' : ''}${INDEXES[statement.index]}`,
}));

/** What ANALYZE finds depends on the stock, and what the planner chooses on that. */
const STOCKS = [
  { name: 'four pools, a third of them rented', pools: 4, availableEvery: 3 },
  { name: 'one pool, nothing rented', pools: 1, availableEvery: 1 },
  { name: 'one pool, nearly all rented', pools: 1, availableEvery: 100 },
];

for (const stock of STOCKS) {
  testOnEngine(
    'sqlite',
    `a search uses its index, analysed or not: ${stock.name}`,
    OWN_PLANS,
    async (_start, engine) => {
      await using database = await openTestStore(engine);
      const { store } = database;
      await fill(store, stock);
      await assertPlans(store, STATEMENTS);
      await store.write((db) => db.run('ANALYZE'));
      await assertPlans(store, STATEMENTS);
    },
  );
}

testOnEngine(
  'sqlite',
  'a search that has to walk through the table would be noticed',
  OWN_PLANS,
  async (_start, engine) => {
    await using database = await openTestStore(engine);
    const plan = await planOf(database.store, (db) =>
      db.all('SELECT e164 FROM number WHERE locality = ? ORDER BY reversed', 'x'),
    );
    assert.deepEqual(plan, ['SCAN number', 'USE TEMP B-TREE FOR ORDER BY']);
  },
);

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
