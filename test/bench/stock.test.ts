import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';

import { fillPostgres } from '../../bench/postgres-stocks.ts';
import { fillSqlite } from '../../bench/sqlite-stocks.ts';
import { planStretches } from '../../bench/stock-plan.ts';
import { prepareStock } from '../../bench/stocks.ts';
import { parseE164, reverseDigits } from '../../src/domain/phone-number.ts';
import { openStore } from '../../src/store/store.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { createTestDatabase, type Engine } from '../support/test-database.ts';

/** Two blocks in each area code of the pool that has blocks. */
const SIZE = 160_000;
/** Of all rows: what is measured must not depend on the engine, the machine or the day. */
const CHECKSUM = '514aac2ee026cf35f5ba3a70a5e51d8ffa173758cb661724803c7807f103fef1';

interface Row {
  e164: string;
  reversed: string;
  pool: string;
  state: number;
  holder: string | null;
  until: string | null;
}

testOnEachEngine(
  'a stock that is measured has the same numbers on every engine and in every run',
  async (_start, engine) => {
    const rows = await readStock(engine);
    const stretches = planStretches(SIZE);
    assert.equal(
      rows.length,
      stretches.reduce((sum, { count }) => sum + count, 0),
    );
    assert.ok(rows.length > 0.99 * SIZE, `${rows.length} numbers`);
    for (const { e164, reversed, pool, state, holder, until } of rows) {
      const stretch = stretches.find(({ prefix }) => e164.startsWith(prefix));
      const isRight =
        parseE164(e164) === e164 &&
        reverseDigits(e164) === reversed &&
        stretch?.pool.name === pool &&
        (holder === null) === (state === 0) &&
        (until !== null) === (state === 1 || state === 4);
      assert.ok(isRight, JSON.stringify({ e164, reversed, pool, state, holder, until }));
    }
    const available = rows.filter(({ state }) => state === 0).length / rows.length;
    assert.ok(available > 0.8 && available < 0.93, `${available} of them available`);
    const inBlocks = rows
      .filter(({ pool }) => pool === 'us-blocks')
      .map(({ e164 }) => Number(e164));
    const known = new Set(inBlocks);
    const alone = inBlocks.filter((number) => !known.has(number - 1) && !known.has(number + 1));
    assert.deepEqual(alone, []);

    const text = rows.map((row) => Object.values(row).join(' ')).join('\n');
    assert.equal(createHash('sha256').update(text).digest('hex'), CHECKSUM);
  },
);

async function readStock(engine: Engine): Promise<Row[]> {
  await using database = await createTestDatabase(engine);
  const filling = await prepareStock(database.url, SIZE);
  if (engine === 'sqlite') fillSqlite(database.url.replace('sqlite:', ''), filling);
  else await fillPostgres(database.url, filling);
  await using store = await openStore(database.url);
  return await store.read((db) =>
    db.all<Row>(
      `SELECT e164, reversed, pool.name AS pool, state, holder_project_id AS holder,
        state_until AS until FROM number JOIN pool ON pool.id = pool_id ORDER BY e164`,
    ),
  );
}
