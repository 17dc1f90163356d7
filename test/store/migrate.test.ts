import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';

import { systemClock } from '../../src/clock.ts';
import { DomainError } from '../../src/errors.ts';
import { listMigrations, migrate, SCHEMA_VERSION } from '../../src/store/schema.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { testOnEachEngine, testOnEngine } from '../support/engines.ts';
import { createTestDatabase, pathOf } from '../support/test-database.ts';

/** How often a test looks whether somebody who must wait does. */
const LOOKS = 50;

for (const end of ['commits', 'fails'] as const) {
  testOnEachEngine(
    `whoever finds another process migrating waits, and migrates only where that one ${end}`,
    async (_start, engine) => {
      await using database = await createTestDatabase(engine);
      await using one = await openStore(database.url);
      await using two = await openStore(database.url);
      const { promise: mayEnd, resolve: letEnd } = Promise.withResolvers<void>();
      const { promise: hasMade, resolve: made } = Promise.withResolvers<void>();
      const first = migrate(
        withEnd(one, async () => {
          made();
          await mayEnd;
          if (end === 'fails') throw new Error('pulled the plug');
        }),
        systemClock,
      );
      await hasMade;
      let isWaiting = true;
      const second = migrate(two, systemClock).finally(() => (isWaiting = false));
      for (let i = 0; i < LOOKS; i++) {
        await one.read((db) => db.get('SELECT 1 AS one'));
        await setImmediate();
        assert.ok(isWaiting, 'it does not go on without the tables');
      }
      letEnd();
      const applied = await Promise.allSettled([first, second]);
      assert.deepEqual(
        applied.map((result) => (result.status === 'fulfilled' ? result.value : 'failed')),
        end === 'commits' ? [SCHEMA_VERSION, 0] : ['failed', SCHEMA_VERSION],
      );
      const migrations = await one.read(listMigrations);
      assert.equal(migrations.length, SCHEMA_VERSION);
      for (const { appliedAt } of migrations) assert.match(appliedAt ?? '', /Z$/);
    },
  );
}

testOnEngine(
  'sqlite',
  'a migration may take longer than a write waits for the file',
  { because: 'elsewhere whoever waits is let go by the one before' },
  async () => {
    await using database = await createTestDatabase('sqlite');
    await using store = await openStore(database.url);
    const busy = lockedError(pathOf(database));
    let refusals = 0;
    const waiting: Store = {
      ...store,
      write(fn, options) {
        refusals += 1;
        if (refusals <= 3) {
          const message = 'The database is busy; try again.';
          return Promise.reject(new DomainError('UNAVAILABLE', message, { cause: busy }));
        }
        return store.write(fn, options);
      },
    };
    assert.equal(await migrate(waiting, systemClock), SCHEMA_VERSION);
    assert.equal(refusals, 4);

    // What does not pass by itself is not waited for.
    await using other = await createTestDatabase('sqlite');
    await using another = await openStore(other.url);
    const failure = new DomainError('UNAVAILABLE', 'gone', { cause: new Error('for good') });
    const failing = { ...another, write: () => Promise.reject(failure) };
    await assert.rejects(migrate(failing, systemClock), (error) => error === failure);
  },
);

testOnEngine(
  'postgres',
  'a statement of a migration is not cut off, and one of a request is',
  { because: 'SQLite has no time-out for statements' },
  async () => {
    await using database = await createTestDatabase('postgres');
    const options = { connectionsMax: 2, statementTimeoutMs: 100, prepareStatements: true };
    const slow = "SELECT pg_sleep(0.5), 'done' AS answer";
    for (const prepareStatements of [true, false]) {
      await using store = await openStore(database.url, { ...options, prepareStatements });
      const ask = (mayTakeLong: boolean) =>
        store.write((db) => db.get<{ answer: string }>(slow), { mayTakeLong });
      await assert.rejects(ask(false), /took too long|cannot be reached/);
      assert.equal((await ask(true))?.answer, 'done');
      const read = await store.readSnapshot((db) => db.get<{ answer: string }>(slow));
      assert.equal(read?.answer, 'done');
      await assert.rejects(ask(false), /took too long|cannot be reached/, 'the next one is again');
    }
  },
);

testOnEachEngine(
  'all that a snapshot reads is of one moment, and it holds nobody up',
  async (_start, engine) => {
    await using database = await createTestDatabase(engine);
    await using store = await openStore(database.url);
    await migrate(store, systemClock);
    const count = 'SELECT count(*) FROM setting';
    const insert = (name: string) =>
      store.write((db) => db.run("INSERT INTO setting (name, value) VALUES (?, '')", name));
    await insert('before');
    const counts = await store.readSnapshot(async (db) => {
      const [first] = await db.column<number>(count);
      await insert('meanwhile');
      const [elsewhere] = await store.read((other) => other.column<number>(count));
      const [second] = await db.column<number>(count);
      return { first, elsewhere, second };
    });
    assert.deepEqual(counts, { first: 1, elsewhere: 2, second: 1 });
  },
);

/** A store whose writes do something more before they commit. */
function withEnd(store: Store, beforeCommit: () => Promise<void>): Store {
  return {
    ...store,
    write: (fn, options) =>
      store.write(async (db) => {
        const value = await fn(db);
        await beforeCommit();
        return value;
      }, options),
  };
}

/** What SQLite says when another connection is writing. */
function lockedError(path: string): unknown {
  using one = new DatabaseSync(path);
  using two = new DatabaseSync(path, { timeout: 0 });
  one.exec('BEGIN IMMEDIATE');
  try {
    two.exec('BEGIN IMMEDIATE');
  } catch (error) {
    return error;
  }
  throw new Error('The file was not locked.');
}
