import assert from 'node:assert/strict';

import {
  type ImportProblem,
  importNumbers,
  type ImportOptions,
  type ImportRow,
} from '../../src/app/import-numbers.ts';
import type { Pool } from '../../src/domain/pool.ts';
import type { Context } from '../../src/context.ts';
import { testOnEachEngine } from '../support/engines.ts';
import type { TestPool } from '../support/test-server.ts';

/** More than the batches are long, so that most duplicates are in another batch than their first. */
const NUMBERS = 20_000;
const FIRST = 12122000000;
const STOCK: TestPool[] = [
  { name: 'empty', first: '+12125550100', size: 0 },
  { name: 'other', first: `+${FIRST + NUMBERS - 10}`, size: 20 },
];

testOnEachEngine(
  'a file of many batches is imported once, whatever is in it twice',
  async (start) => {
    await using server = await start({}, STOCK);
    const { context } = server.server;
    const pool = await getPool(context, 'empty');

    const dry = await runImport(context, pool, listTwice(), { dryRun: true });
    assert.deepEqual(await countStock(context, pool), 0);
    const real = await runImport(context, pool, listTwice(), { dryRun: false });
    assert.deepEqual(real, dry, 'a dry run foretells everything');
    const counts = { read: 2 * NUMBERS, added: NUMBERS - 10, duplicate: NUMBERS + 10, bad: 0 };
    assert.deepEqual(real.counts, counts);
    assert.equal(await countStock(context, pool), NUMBERS - 10);

    const inOther = real.problems.filter(({ kind }) => kind === 'IN_OTHER_POOL');
    assert.deepEqual(
      inOther.map(({ line }) => line),
      Array.from({ length: 10 }, (_, i) => NUMBERS - 9 + i),
    );
    const twice = real.problems.filter(({ kind }) => kind === 'TWICE_IN_FILE');
    assert.equal(twice.length, NUMBERS);
    for (const { line, reason } of twice) {
      assert.equal(reason, `is in the file already, on line ${line - NUMBERS}`);
    }

    const again = await runImport(context, pool, listTwice(), { dryRun: false });
    assert.equal(again.counts.added, 0);
    assert.equal(await countStock(context, pool), NUMBERS - 10);
  },
);

testOnEachEngine(
  'of a file that breaks off, what was read in whole batches is in stock',
  async (start) => {
    await using server = await start({}, STOCK);
    const { context } = server.server;
    const pool = await getPool(context, 'empty');
    const failure = new Error('the disk was pulled out');
    async function* breaksOff() {
      for await (const rows of listTwice()) {
        if (rows[0]?.line === 12_345) throw failure;
        yield rows;
      }
    }
    await assert.rejects(
      runImport(context, pool, breaksOff(), { dryRun: false }),
      (error) => error === failure,
    );
    assert.equal(await countStock(context, pool), 10_000);
  },
);

testOnEachEngine('an import reads no further ahead than it has written', async (start) => {
  await using server = await start({}, STOCK);
  const { context } = server.server;
  const pool = await getPool(context, 'empty');
  let produced = 0;
  let batches = 0;
  async function* counted() {
    for await (const rows of listTwice()) {
      produced += rows.length;
      yield rows;
    }
  }
  await importNumbers(context, pool, counted(), {
    dryRun: false,
    onProblem: () => undefined,
    onProgress({ read }) {
      batches++;
      assert.equal(read, produced);
    },
  });
  assert.ok(batches > 5, `${batches} batches`);
});

/** The numbers, and then all of them again, in lists of one. */
async function* listTwice(): AsyncGenerator<ImportRow[]> {
  for (let i = 0; i < 2 * NUMBERS; i++) {
    yield [{ line: i + 1, phoneNumber: `+${FIRST + (i % NUMBERS)}`, locality: '' }];
  }
}

async function runImport(
  context: Context,
  pool: Pool,
  rows: AsyncIterable<ImportRow[]>,
  options: Pick<ImportOptions, 'dryRun'>,
) {
  const problems: ImportProblem[] = [];
  const onProblem = (problem: ImportProblem) => void problems.push(problem);
  const counts = await importNumbers(context, pool, rows, { ...options, onProblem });
  return { counts, problems };
}

async function getPool(context: Context, name: string): Promise<Pool> {
  const pool = (await context.pools.current()).all.find((candidate) => candidate.name === name);
  assert.ok(pool !== undefined);
  return pool;
}

async function countStock(context: Context, pool: Pool): Promise<number | undefined> {
  const row = await context.store.read((db) =>
    db.get<{ count: number }>('SELECT count(*) AS count FROM number WHERE pool_id = ?', pool.id),
  );
  return row?.count;
}
