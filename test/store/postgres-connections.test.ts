import assert from 'node:assert/strict';

import type { PostgresServer } from '../../scripts/postgres-server.ts';
import { openStore, type PostgresOptions, type Store } from '../../src/store/store.ts';
import { testOnEngine } from '../support/engines.ts';
import { runSql, startPostgresServer } from '../support/postgres-cluster.ts';
import { NUMBER } from '../support/rentals.ts';
import { startTcpProxy, type TcpProxy, through } from '../support/tcp-proxy.ts';
import { asSuperuser, createTestDatabase } from '../support/test-database.ts';
import { waitUntil } from '../support/wait-until.ts';

const because = { because: 'SQLite has no connections.' };
const TAKES_TOO_LONG = {
  code: 'UNAVAILABLE',
  message: 'The database took too long; try again.',
};
const IS_AWAY = {
  code: 'UNAVAILABLE',
  message: 'The database cannot be reached; try again.',
};
const IS_UNCLEAR = { code: 'UNAVAILABLE', message: /^The database went away while it committed/ };

testOnEngine(
  'postgres',
  'there are never more connections than configured, and all of them are used',
  because,
  async () => {
    await using setting = await openSetting({ connectionsMax: 3 });
    const { store, proxy } = setting;
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        i % 2 === 0
          ? store.read((db) => db.get('SELECT pg_sleep(0.02)'))
          : store.write((db) => db.run('INSERT INTO thing VALUES (1)')),
      ),
    );
    assert.equal(proxy.mostOpen, 3);
  },
);

testOnEngine(
  'postgres',
  'a statement that takes too long is cut off by the server, and its connection goes on',
  because,
  async () => {
    for (const prepareStatements of [true, false]) {
      await using setting = await openSetting({
        connectionsMax: 1,
        statementTimeoutMs: 1000,
        prepareStatements,
      });
      const { store } = setting;
      const before = await findBackend(store);
      const slow = store.write(async (db) => {
        await db.run('INSERT INTO thing VALUES (1)');
        await db.get('SELECT pg_sleep(600)');
      });
      await assert.rejects(slow, TAKES_TOO_LONG);
      assert.equal(await countThings(store), 0);
      assert.equal(await findBackend(store), before);
      if (prepareStatements) {
        await assert.rejects(
          store.read((db) => db.get('SELECT pg_sleep(600)')),
          TAKES_TOO_LONG,
        );
        assert.equal(await findBackend(store), before);
      }
    }
  },
);

testOnEngine(
  'postgres',
  'a request whose statement takes too long is answered 503 with Retry-After',
  because,
  async (start) => {
    await using server = await start({ NUMBERYARD_DATABASE_STATEMENT_TIMEOUT_SECONDS: '1' });
    const { config } = server.server.context;
    await using other = await openStore(config.databaseUrl);
    await other.write(async (db) => {
      await db.run('LOCK TABLE number IN ACCESS EXCLUSIVE MODE');
      const answer = await server.call('GET', `/availableNumbers/${NUMBER}`);
      assert.equal(answer.status, 503);
      assert.equal(answer.headers.get('retry-after'), '1');
      assert.equal(answer.json.error.message, TAKES_TOO_LONG.message);
    });
    assert.equal((await server.call('GET', `/availableNumbers/${NUMBER}`)).status, 200);
  },
);

testOnEngine(
  'postgres',
  'statements stay prepared, unless that is switched off',
  because,
  async () => {
    for (const prepareStatements of [true, false]) {
      await using setting = await openSetting({ connectionsMax: 1, prepareStatements });
      const { store } = setting;
      await store.write((db) => db.run('INSERT INTO thing VALUES (?)', 1));
      for (let i = 0; i < 3; i++) await countThings(store);
      const names = await store.read((db) =>
        db.column<string>('SELECT name FROM pg_prepared_statements'),
      );
      assert.equal(names.length, prepareStatements ? 3 : 0, names.join());
    }
  },
);

testOnEngine(
  'postgres',
  'a connection that breaks under a transaction ends that alone, and nothing of it stays',
  because,
  async () => {
    await using setting = await openSetting();
    const { store, proxy } = setting;
    const write = store.write(async (db) => {
      await db.run('INSERT INTO thing VALUES (1)');
      // The process is told while nobody waits for an answer.
      proxy.breakAll();
      await waitUntil('the connection is closed', () => proxy.open === 0);
      await new Promise(setImmediate);
      await db.run('INSERT INTO thing VALUES (2)');
    });
    await assert.rejects(write, IS_AWAY);
    assert.equal(await countThings(store), 0);
    await store.write((db) => db.run('INSERT INTO thing VALUES (3)'));
    assert.equal(await countThings(store), 1);
  },
);

testOnEngine(
  'postgres',
  'connections on which nobody answers cost the first user some time and the others none',
  because,
  async () => {
    await using setting = await openSetting({ connectionsMax: 3, statementTimeoutMs: 1000 });
    const { store, proxy } = setting;
    await Promise.all([1, 2, 3].map(() => store.read((db) => db.get('SELECT pg_sleep(0.05)'))));
    assert.equal(proxy.open, 3);
    proxy.freezeAll();
    await assert.rejects(
      store.write((db) => db.run('INSERT INTO thing VALUES (1)')),
      IS_AWAY,
    );
    assert.equal(await countThings(store), 0, 'the other two are not tried');
    await store.write((db) => db.run('INSERT INTO thing VALUES (1)'));

    proxy.freezeAll();
    await assert.rejects(
      store.read((db) => db.get('SELECT 1')),
      IS_AWAY,
    );
    assert.equal(await countThings(store), 1);
  },
);

testOnEngine(
  'postgres',
  'a connection that turns out to be read-only is given up, and so are the others',
  because,
  async () => {
    await using setting = await openSetting({ connectionsMax: 2 });
    const { store, database } = setting;
    const insert = () => store.write((db) => db.run('INSERT INTO thing VALUES (1)'));
    const demote = `SELECT set_config('default_transaction_read_only', 'on', false), pg_sleep(0.05)`;
    await Promise.all([1, 2].map(() => store.read((db) => db.get(demote))));
    await assert.rejects(insert(), {
      code: 'UNAVAILABLE',
      message: 'The database takes no changes at the moment; try again.',
    });
    await Promise.all([insert(), insert()]);

    // New connections to such a server are not used at all, not even to read.
    const name = new URL(database.url).pathname.slice(1);
    const set = (value: string) =>
      asSuperuser((client) =>
        client.query(`ALTER DATABASE ${name} SET default_transaction_read_only = ${value}`),
      );
    await set('on');
    setting.proxy.breakAll();
    await waitUntil('the connections are closed', () => setting.proxy.open === 0);
    await waitUntil('reads are refused', async () => {
      const outcome = await countThings(store).catch((error: Error) => error);
      if (typeof outcome === 'number') return false;
      assert.equal(outcome.message, IS_AWAY.message);
      return outcome.cause instanceof Error && outcome.cause.message === 'The server is read-only.';
    });
    await set('off');
    assert.equal(await countThings(store), 2);
  },
);

testOnEngine(
  'postgres',
  'a write whose statement had failed is not taken for done, even when nobody says so',
  because,
  async () => {
    await using setting = await openSetting();
    const { store } = setting;
    const write = store.write(async (db) => {
      await db.run('INSERT INTO thing VALUES (1)');
      await db.run("INSERT INTO thing VALUES ('x')").catch(() => {});
    });
    await assert.rejects(write, /A write ended with ROLLBACK/);
    assert.equal(await countThings(store), 0);
  },
);

testOnEngine(
  'postgres',
  'a commit that nobody answers is told to be unclear and is never done twice',
  because,
  async () => {
    await using stack = new AsyncDisposableStack();
    // It waits for a synchronous standby that does not exist.
    const server = stack.use(
      await startPostgresServer({
        synchronous_standby_names: 'nobody',
        synchronous_commit: 'local',
      }),
    );
    const proxy = stack.use(await startTcpProxy(server.port));
    const url = through(proxy, server.url);
    await runSql(url, 'CREATE TABLE thing (value INTEGER)');
    let runs = 0;
    const insert = (store: Store) =>
      store.write(async (db) => {
        runs++;
        await db.run("SET LOCAL synchronous_commit = 'on'");
        await db.run('INSERT INTO thing VALUES (1)');
      });

    const store = stack.use(await openStore(url, toOptions()));
    const broken = assert.rejects(insert(store), IS_UNCLEAR);
    await untilCommitting(server, 1);
    proxy.breakAll();
    await broken;
    assert.equal(runs, 1);

    // An administrator ends the wait, and the server's answer looks as if all were well.
    const cancel = `SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'`;
    await runSql(server.url, cancel);
    await untilCommitting(server, 0);
    const cancelled = assert.rejects(insert(store), IS_UNCLEAR);
    await untilCommitting(server, 1);
    await runSql(server.url, cancel);
    await cancelled;
    assert.equal(runs, 2);
    assert.equal(await countThings(store), 2, 'here both were done');

    // Nobody answers at all.
    const hasty = stack.use(await openStore(url, toOptions({ statementTimeoutMs: 300 })));
    await assert.rejects(insert(hasty), IS_UNCLEAR);
    assert.equal(runs, 3);
  },
);

testOnEngine(
  'postgres',
  'while all connections are taken for too long, others are told to try again',
  because,
  async () => {
    await using setting = await openSetting({ connectionsMax: 1 });
    const { store } = setting;
    const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>();
    const long = store.write(() => mayEnd);
    await assert.rejects(countThings(store), {
      code: 'UNAVAILABLE',
      message: 'The database has no connection free; try again.',
    });
    end();
    await long;
    assert.equal(await countThings(store), 0);
  },
);

interface Setting extends AsyncDisposable {
  store: Store;
  proxy: TcpProxy;
  database: { url: string };
}

/** A store that reaches its database by way of a proxy, with an empty table `thing`. */
async function openSetting(options: Partial<PostgresOptions> = {}): Promise<Setting> {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await createTestDatabase('postgres'));
  const { hostname, port } = new URL(database.url);
  const proxy = stack.use(await startTcpProxy(Number(port || 5432), hostname));
  await runSql(database.url, 'CREATE TABLE thing (value INTEGER)');
  const store = stack.use(await openStore(through(proxy, database.url), toOptions(options)));
  const owned = stack.move();
  return { store, proxy, database, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

function toOptions(options: Partial<PostgresOptions> = {}): PostgresOptions {
  return { connectionsMax: 4, statementTimeoutMs: 60_000, prepareStatements: true, ...options };
}

function untilCommitting(server: PostgresServer, commits: number): Promise<void> {
  return waitUntil(`${commits} commits wait for the standby`, async () => {
    const waiting = await runSql(
      server.url,
      "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'",
    );
    return waiting.length === commits;
  });
}

async function countThings(store: Store): Promise<number> {
  const [count] = await store.read((db) => db.column<number>('SELECT count(*) FROM thing'));
  return count ?? -1;
}

/** The process id of the server's end of the only connection. */
async function findBackend(store: Store): Promise<number | undefined> {
  const [pid] = await store.read((db) => db.column<number>('SELECT pg_backend_pid()'));
  return pid;
}
