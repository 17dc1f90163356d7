import assert from 'node:assert/strict';

import type { SqlValue, Store, Writer } from '../../src/store/store.ts';
import { testOnEngine } from '../support/engines.ts';
import { SEARCH_STATEMENTS } from '../support/search-statements.ts';
import { openTestStore } from '../support/test-server.ts';

const OWN_PLANS = { because: 'search-plan.test.ts reads the plans of SQLite' };
const NUMBERS = 200_000;
const INDEXES = {
  available: 'number_available',
  available_reversed: 'number_available_reversed',
  'primary key': 'number_pkey',
};

for (const [mode, what] of [
  ['force_generic_plan', 'with the plan that prepared statements settle on'],
  ['force_custom_plan', 'with plans for the values that are asked for'],
] as const) {
  testOnEngine(
    'postgres',
    `a search is index scans only, ${what}`,
    OWN_PLANS,
    async (_start, engine) => {
      await using database = await openTestStore(engine);
      const { store } = database;
      await fill(store);
      await store.write(async (db) => {
        await db.run(`SET LOCAL plan_cache_mode = ${mode}`);
        for (const { name, run, index, isIndexOnly } of SEARCH_STATEMENTS) {
          const plan = await planOf(db, run);
          const told = `${name}:
${plan}`;
          const scan = isIndexOnly === true ? 'Index Only Scan' : 'Index (Only )?Scan';
          assert.match(plan, new RegExp(`${scan} using ${INDEXES[index]} on number`), told);
          assert.doesNotMatch(plan, /Seq Scan on number|Bitmap|Sort/, told);
        }
      });
    },
  );
}

testOnEngine(
  'postgres',
  'a search that has to walk through the table would be noticed',
  OWN_PLANS,
  async (_start, engine) => {
    await using database = await openTestStore(engine);
    const plan = await database.store.write((db) =>
      planOf(db, (explaining) => explaining.all('SELECT e164 FROM number WHERE locality = ?', 'x')),
    );
    assert.match(plan, /Seq Scan on number/);
  },
);

testOnEngine(
  'postgres',
  'texts compare byte by byte',
  { because: 'SQLite compares so without being told' },
  async (_start, engine) => {
    await using database = await openTestStore(engine);
    const rows = await database.store.read((db) =>
      db.column<string>(
        `SELECT column_name FROM information_schema.columns WHERE table_schema = 'public'
      AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'`,
      ),
    );
    assert.deepEqual(rows, []);
  },
);

/**
 * How PostgreSQL would do what this function asks. Nothing is changed. The statement is prepared first: the
 * mode of the plan cache says nothing about one that is explained as it is.
 */
async function planOf(db: Writer, run: (db: Writer) => Promise<unknown>): Promise<string> {
  const plan: string[] = [];
  async function explain(sql: string, ...values: SqlValue[]): Promise<never[]> {
    let parameters = 0;
    await db.run(`PREPARE explained AS ${sql.replaceAll('?', () => `$${++parameters}`)}`);
    const texts = values.map((value) => `'${String(value).replaceAll("'", "''")}'`);
    const execute = `EXECUTE explained${texts.length === 0 ? '' : `(${texts.join(', ')})`}`;
    plan.push(...(await db.column<string>(`EXPLAIN ${execute}`)));
    await db.run('DEALLOCATE explained');
    return [];
  }
  await run({
    dialect: db.dialect,
    all: explain,
    column: explain,
    get: async (sql, ...values) => (await explain(sql, ...values))[0],
    run: async (sql, ...values) => (await explain(sql, ...values)).length,
  });
  return plan.join('\n');
}

/** Numbers with gaps between them in four pools; a third is available. */
async function fill(store: Store): Promise<void> {
  await store.write(async (db) => {
    // What is not on the disk yet cannot be vacuumed.
    await db.run('SET LOCAL synchronous_commit = on');
    await db.run(
      `INSERT INTO number (e164, reversed, pool_id, state)
      SELECT '+1' || (2000000000 + i * 7), lpad(((i * 7919) % 1000003)::text, 10, '0') || '1+',
        1 + i % 4, CASE WHEN i % 3 = 0 THEN 0 ELSE 2 END
      FROM generate_series(0, CAST(? AS BIGINT)) AS line (i)`,
      NUMBERS - 1,
    );
  });
  // As autovacuum does it. It cannot be done in a transaction.
  await store.read((db) => db.all('VACUUM ANALYZE number'));
}
