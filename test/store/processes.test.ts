import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { systemClock } from '../../src/clock.ts';
import { migrate, SCHEMA_VERSION } from '../../src/store/schema.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { createTestDatabase } from '../support/test-database.ts';

const WRITES_EACH = 300;

testOnEachEngine(
  'two processes write to one database at once, and nothing is lost or refused',
  async (_start, engine) => {
    await using database = await createTestDatabase(engine);
    await using store = await openStore(database.url);
    await store.write(async (db) => {
      await db.run('CREATE TABLE counter (value INTEGER NOT NULL)');
      await db.run('INSERT INTO counter VALUES (0)');
    });

    await using one = await startProcess('count', database.url);
    await using two = await startProcess('count', database.url);
    await Promise.all([one.finish(WRITES_EACH), two.finish(WRITES_EACH)]);

    const [total] = await store.read((db) => db.column('SELECT value FROM counter'));
    assert.equal(total, 2 * WRITES_EACH);
  },
);

testOnEachEngine(
  'processes that start at once on a new database make its schema once',
  async (_start, engine) => {
    await using database = await createTestDatabase(engine);
    await using one = await startProcess('migrate', database.url);
    await using two = await startProcess('migrate', database.url);
    await using three = await startProcess('migrate', database.url);
    await Promise.all([one.finish(), two.finish(), three.finish()]);

    await using store = await openStore(database.url);
    assert.deepEqual(
      await listVersions(store),
      Array.from({ length: SCHEMA_VERSION }, (_, i) => i + 1),
    );
  },
);

testOnEachEngine('migrating again changes nothing', async (_start, engine) => {
  await using database = await createTestDatabase(engine);
  await using store = await openStore(database.url);
  await migrate(store, systemClock);
  const before = await readSchema(store);
  assert.ok(before.length > 10, 'the schema is there');
  await migrate(store, systemClock);
  assert.deepEqual(await readSchema(store), before);
});

testOnEachEngine(
  'a program refuses a database that a newer one has changed, and leaves it alone',
  async (_start, engine) => {
    await using database = await createTestDatabase(engine);
    await using store = await openStore(database.url);
    await migrate(store, systemClock);
    await store.write((db) =>
      db.run(
        'INSERT INTO schema_migration (version, name, applied_at) VALUES (?, ?, ?)',
        SCHEMA_VERSION + 1,
        'from-the-future',
        systemClock.now(),
      ),
    );
    const before = await listVersions(store);
    await assert.rejects(migrate(store, systemClock), {
      message: `The database has schema ${SCHEMA_VERSION + 1}, and this program knows only up to ${SCHEMA_VERSION}. Use the newer program.`,
    });
    assert.deepEqual(await listVersions(store), before);
  },
);

testOnEachEngine(
  'what was written is there after the process was killed',
  async (_start, engine) => {
    await using database = await createTestDatabase(engine);
    await using store = await openStore(database.url);
    await migrate(store, systemClock);

    await using victim = await startProcess('write', database.url);
    const confirmed: unknown[] = [];
    victim.child.on('message', (name) => {
      confirmed.push(name);
      if (confirmed.length === 50) victim.child.kill('SIGKILL');
    });
    victim.child.send(0);
    await once(victim.child, 'close');
    assert.equal(victim.child.signalCode, 'SIGKILL');

    const names = await store.read((db) => db.column('SELECT name FROM setting'));
    assert.ok(confirmed.length >= 50);
    assert.deepEqual(
      confirmed.filter((name) => !names.includes(name)),
      [],
    );
  },
);

/** Every table and index with its definition, and which migrations were applied when. */
function readSchema(store: Store): Promise<unknown[]> {
  const definitions = {
    sqlite: 'SELECT name, sql FROM sqlite_schema ORDER BY name',
    postgres: `SELECT table_name AS name, column_name || ' ' || data_type || ' ' || is_nullable AS sql
      FROM information_schema.columns WHERE table_schema = 'public'
      UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
      UNION ALL SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
      WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2`,
  };
  return store.read(async (db) => [
    ...(await db.all(definitions[db.dialect.engine])),
    ...(await db.all('SELECT * FROM schema_migration ORDER BY version')),
  ]);
}

function listVersions(store: Store): Promise<number[]> {
  return store.read((db) => db.column('SELECT version FROM schema_migration ORDER BY version'));
}

interface StoreProcess extends AsyncDisposable {
  child: ChildProcess;
  /** Lets it begin, and waits until it has ended well. */
  finish(message?: number): Promise<void>;
}

/** Starts test/support/store-process.ts and waits until it is ready to begin. */
async function startProcess(command: string, databaseUrl: string): Promise<StoreProcess> {
  const script = join(import.meta.dirname, '../support/store-process.ts');
  const child = fork(script, [command, databaseUrl], {
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  });
  let stderr = '';
  child.stderr?.on('data', (text) => (stderr += String(text)));
  const closed = once(child, 'close');
  await Promise.race([once(child, 'message'), closed]);
  return {
    child,
    async finish(message = 0) {
      child.send(message);
      await closed;
      assert.equal(stderr, '');
      assert.equal(child.exitCode, 0);
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await closed;
    },
  };
}
