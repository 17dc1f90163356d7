import assert from 'node:assert/strict';
import { statSync } from 'node:fs';

import { openStore } from '../../src/store/store.ts';
import { testOnEngine } from '../support/engines.ts';
import { createTestDatabase, pathOf } from '../support/test-database.ts';

testOnEngine(
  'sqlite',
  'writes that wait together share a commit, and writes one after the other do not',
  { because: 'PostgreSQL has connections for writes that come together, and its own group commit' },
  async (_start, engine) => {
    await using database = await createTestDatabase(engine);
    await using store = await openStore(database.url);
    await store.write((db) => db.run('CREATE TABLE counter (value INTEGER NOT NULL) STRICT'));
    const count = () => store.write((db) => db.run('INSERT INTO counter VALUES (1)'));
    const log = `${pathOf(database)}-wal`;
    const grownBy = async (work: () => Promise<unknown>) => {
      const before = statSync(log).size;
      await work();
      return statSync(log).size - before;
    };

    const together = await grownBy(() => Promise.all(Array.from({ length: 50 }, count)));
    const alone = await grownBy(async () => {
      for (let i = 0; i < 50; i++) await count();
    });
    // Each commit appends the changed page to the log.
    assert.ok(together < 5 * 4200, `${together} bytes for 50 writes at once`);
    assert.ok(alone > 50 * 4096, `${alone} bytes for 50 writes one by one`);
  },
);

testOnEngine(
  'sqlite',
  'a new database is for its owner only, with the files beside it',
  { because: 'rights of files; PostgreSQL has its own' },
  async (_start, engine) => {
    await using database = await createTestDatabase(engine);
    await using store = await openStore(database.url);
    await store.write((db) => db.run('CREATE TABLE secret (value TEXT NOT NULL) STRICT'));
    for (const suffix of ['', '-wal', '-shm']) {
      assert.equal(statSync(pathOf(database) + suffix).mode & 0o777, 0o600, suffix);
    }
  },
);

testOnEngine(
  'sqlite',
  'a write that fails takes none of those with it that share its commit, again and again',
  { because: 'only here writes share a commit' },
  async (_start, engine) => {
    await using database = await createTestDatabase(engine);
    await using store = await openStore(database.url);
    await store.write((db) => db.run('CREATE TABLE counter (value INTEGER NOT NULL) STRICT'));
    // A failure makes the next commits careful; the last of these comes when that is long over.
    const failures = [0, 1, 10, 150];
    for (let round = 0; round < 200; round++) {
      const failing = failures.includes(round) ? 2 : -1;
      const outcomes = await Promise.allSettled(
        [0, 1, 2, 3].map((i) =>
          store.write(async (db) => {
            await db.run('INSERT INTO counter VALUES (?)', 4 * round + i);
            if (i === failing) throw new Error(`write ${i} failed`);
            return i;
          }),
        ),
      );
      assert.deepEqual(
        outcomes.map((outcome) =>
          outcome.status === 'fulfilled' ? outcome.value : String(outcome.reason),
        ),
        [0, 1, 2, 3].map((i) => (i === failing ? 'Error: write 2 failed' : i)),
      );
    }
    const values = await store.read((db) => db.column<number>('SELECT value FROM counter'));
    const expected = Array.from({ length: 800 }, (_, i) => i).filter(
      (i) => i % 4 !== 2 || !failures.includes(Math.floor(i / 4)),
    );
    assert.deepEqual(values, expected, 'each of the others once, in their order');
  },
);

testOnEngine(
  'sqlite',
  'a write that fails alone is run once and leaves nothing',
  { because: 'only here writes share a commit' },
  async (_start, engine) => {
    await using database = await createTestDatabase(engine);
    await using store = await openStore(database.url);
    await store.write((db) => db.run('CREATE TABLE counter (value INTEGER NOT NULL) STRICT'));
    let runs = 0;
    const failing = store.write(async (db) => {
      runs++;
      await db.run('INSERT INTO counter VALUES (1)');
      throw new Error('it failed');
    });
    await assert.rejects(failing, /^Error: it failed$/);
    assert.equal(runs, 1);
    assert.deepEqual(await store.read((db) => db.column('SELECT value FROM counter')), []);
  },
);
