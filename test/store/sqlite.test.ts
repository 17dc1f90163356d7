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
