import assert from 'node:assert/strict';

import type { Environment } from '../../src/config.ts';
import { loadConfig } from '../../src/config.ts';
import { createLog } from '../../src/log.ts';
import { type RunningServer, startServer } from '../../src/server.ts';
import { openStore, type Reader, type StandbyOptions, type Store } from '../../src/store/store.ts';
import { testOnEngine } from '../support/engines.ts';
import { type PostgresCluster, runSql, startPostgresCluster } from '../support/postgres-cluster.ts';
import { numberAt } from '../support/rentals.ts';
import { startServerProcess } from '../support/server-process.ts';
import { startTcpProxy, through } from '../support/tcp-proxy.ts';
import { basicAuth, fillDatabase, PROJECT } from '../support/test-server.ts';
import { waitUntil } from '../support/wait-until.ts';

const because = { because: 'SQLite has no standby.' };
const POOL = { name: 'us-local', first: numberAt(0), size: 100 };
const SEARCH = '/availableNumbers?regionCode=US&type=LOCAL';
/** Checks come only when a test asks for them. */
const NEVER_MS = 2 ** 31 - 1;
const AN_HOUR_MS = 3_600_000;

testOnEngine(
  'postgres',
  'searches and lists read the standby; rents, checks and single numbers read the primary',
  because,
  async () => {
    await using cluster = await startStockedCluster();
    await using server = await startReadingServer(cluster, {
      NUMBERYARD_READ_DATABASE_LAG_SECONDS_MAX: '3600',
    });
    assert.equal(server.context.store.standby?.isInUse, true);
    const number = numberAt(7);
    const search = `${SEARCH}&numberPattern.pattern=${number.replace('+', '%2B')}`;
    const find = async () => {
      const { json } = await call(server, 'GET', search);
      return json.availableNumbers.length;
    };
    const count = async () => (await call(server, 'GET', '/activeNumbers')).json.totalSize;
    assert.deepEqual([await find(), await count()], [1, 0]);

    await runSql(cluster.standby.url, 'SELECT pg_wal_replay_pause()');
    assert.equal((await call(server, 'POST', `/availableNumbers/${number}:rent`, {})).status, 200);
    assert.deepEqual([await find(), await count()], [1, 0], 'what the standby still shows');
    assert.equal((await call(server, 'GET', `/activeNumbers/${number}`)).status, 200);
    assert.equal((await call(server, 'GET', `/availableNumbers/${number}`)).status, 404);
    const rentAny = { regionCode: 'US', type: 'LOCAL', numberPattern: { pattern: number } };
    assert.equal((await call(server, 'POST', '/availableNumbers:rentAny', rentAny)).status, 404);

    await runSql(cluster.standby.url, 'SELECT pg_wal_replay_resume()');
    await cluster.untilReplayed();
    assert.deepEqual([await find(), await count()], [0, 1]);
  },
);

testOnEngine(
  'postgres',
  'a standby that is too far behind or down is left out, without a failed request, and comes back',
  because,
  async () => {
    await using cluster = await startStockedCluster();
    await using server = await startServerProcess(cluster.primary.url, {
      READ_DATABASE_URL: cluster.standby.url,
      NUMBERYARD_READ_DATABASE_LAG_SECONDS_MAX: '2',
    });
    let rented = 0;
    /** Something is written, and lists go on until it is so. */
    const untilInUse = async (wanted: 0 | 1) => {
      const rent = await server.fetch('POST', `/availableNumbers/${numberAt(rented++)}:rent`, {});
      assert.equal(rent.status, 200, await rent.text());
      await waitUntil(`the standby is ${wanted === 1 ? 'in use' : 'left out'}`, async () => {
        for (const path of [SEARCH, '/activeNumbers']) {
          const answer = await server.fetch('GET', path);
          assert.equal(answer.status, 200, await answer.text());
        }
        const metrics = await (await fetch(`${server.url}/metrics`)).text();
        return metrics.includes(`\nnumberyard_standby_in_use ${wanted}\n`);
      });
    };

    await untilInUse(1);
    await runSql(cluster.standby.url, 'SELECT pg_wal_replay_pause()');
    await untilInUse(0);
    const list = await server.fetch('GET', '/activeNumbers');
    assert.equal(((await list.json()) as { totalSize: number }).totalSize, rented);
    await runSql(cluster.standby.url, 'SELECT pg_wal_replay_resume()');
    await untilInUse(1);

    await cluster.standby.stop('SIGQUIT');
    await untilInUse(0);
    await cluster.restartStandby();
    await untilInUse(1);

    const listSaid = () =>
      server.lines
        .map((line) => /"msg":"the standby is (in use|left out)"/.exec(line)?.[1])
        .filter((word) => word !== undefined);
    // Lines go out together, a moment later.
    await waitUntil('all changes are told', () => listSaid().length >= 5);
    const said = listSaid();
    assert.ok(
      said.every((word, i) => word !== said[i - 1]),
      'each time is told once',
    );
    assert.ok(server.lines.some((line) => /"reason":"it is more than 2 s behind"/.test(line)));
  },
);

testOnEngine(
  'postgres',
  'a read that the standby fails is run again on the primary',
  because,
  async () => {
    await using cluster = await startPostgresCluster({
      standby: { max_standby_streaming_delay: '0' },
    });
    await using proxy = await startTcpProxy(cluster.standby.port);
    await runSql(cluster.primary.url, 'CREATE TABLE thing (id INTEGER)');
    await cluster.untilReplayed();
    await using store = await openWithStandby(cluster, {
      url: through(proxy, cluster.standby.url),
    });
    const standby = store.standby!;
    assert.equal(standby.isInUse, true);

    // The primary wants a lock that a statement on the standby has: replay cancels it.
    const cancelled = readHanging(store, 'cancelled');
    await cancelled.begun(cluster);
    await runSql(cluster.primary.url, 'TRUNCATE thing');
    assert.equal(await cancelled.end, 'primary');
    assert.equal(standby.isInUse, true, 'that is no reason to leave it out');

    // A connection that breaks under a statement.
    const broken = readHanging(store, 'broken');
    await broken.begun(cluster);
    proxy.breakAll();
    assert.equal(await broken.end, 'primary');
    assert.equal(standby.isInUse, false);
    assert.equal(await store.readRecent(whereAmI), 'primary');
    for (let checks = 0; checks < 3; checks++) {
      assert.equal(standby.isInUse, false, `after ${checks} checks`);
      await standby.check();
    }
    assert.equal(await store.readRecent(whereAmI), 'standby');

    // Nobody answers, and nothing tells so.
    const silent = readHanging(store, 'silent');
    await silent.begun(cluster);
    proxy.isFrozen = true;
    proxy.freezeAll();
    await standby.check();
    assert.match(standby.reason ?? '', /does not answer/);
    assert.equal(await silent.end, 'primary');

    // What is wrong with the statement or with its caller is told as it is.
    proxy.isFrozen = false;
    for (let checks = 0; checks < 3; checks++) await standby.check();
    assert.equal(await store.readRecent(whereAmI), 'standby');
    await assert.rejects(
      store.readRecent((db) => db.get('SELECT 1 FROM nowhere')),
      /relation "nowhere" does not exist/,
    );
    let runs = 0;
    const failure = new Error('of the caller');
    const failing = store.readRecent(() => Promise.reject(++runs && failure));
    await assert.rejects(failing, (error) => error === failure);
    assert.equal(runs, 1);
    assert.equal(standby.isInUse, true);
  },
);

testOnEngine(
  'postgres',
  'a server that is no standby is not read from, and another database is refused',
  because,
  async () => {
    await using cluster = await startPostgresCluster();
    const { primary, standby } = cluster;
    {
      await using store = await openWithStandby(cluster, { url: primary.url });
      assert.equal(store.standby?.reason, 'it is not a standby');
      assert.equal(await store.readRecent(whereAmI), 'primary');
    }
    {
      await using store = await openWithStandby(cluster, { lagMsMax: undefined, url: primary.url });
      assert.equal(store.standby?.isInUse, true, 'off: whatever answers');
    }
    await runSql(primary.url, 'CREATE DATABASE other TEMPLATE template0');
    const other = new URL(primary.url);
    other.pathname = '/other';
    await assert.rejects(openWithStandby(cluster, { url: other.href }), {
      message:
        'READ_DATABASE_URL leads to another database than DATABASE_URL, and not to a standby of it: check both.',
    });
    other.pathname = '/nowhere';
    await assert.rejects(openWithStandby(cluster, { url: other.href }), {
      message: `The database server at 127.0.0.1:${primary.port} has no database "nowhere": make it with CREATE DATABASE, or check the name in READ_DATABASE_URL.`,
    });

    // One who may not ask the primary how far it is.
    await runSql(
      primary.url,
      'CREATE ROLE app LOGIN; REVOKE EXECUTE ON FUNCTION pg_current_wal_lsn() FROM PUBLIC',
    );
    await cluster.untilReplayed();
    {
      const as = (url: string) => url.replace('postgres@', 'app@');
      const options = toOptions({ url: as(standby.url) });
      await using store = await openStore(as(primary.url), options);
      assert.match(
        store.standby?.reason ?? '',
        /^the primary does not tell how far it is: permission denied/,
      );
    }
    await using store = await openWithStandby(cluster);
    assert.equal(await store.readRecent(whereAmI), 'standby');
    await runSql(standby.url, 'SELECT pg_promote(true, 60)');
    await store.standby?.check();
    assert.equal(store.standby?.reason, 'it is not a standby');
  },
);

testOnEngine(
  'postgres',
  'a standby that is down when the server starts is used when it is there',
  because,
  async () => {
    await using cluster = await startPostgresCluster();
    await cluster.standby.stop();
    await using store = await openWithStandby(cluster);
    assert.match(store.standby?.reason ?? '', /does not answer.*ECONNREFUSED/);
    assert.equal(await store.readRecent(whereAmI), 'primary');
    await cluster.restartStandby();
    for (let checks = 0; checks < 3; checks++) await store.standby?.check();
    assert.equal(await store.readRecent(whereAmI), 'standby');
    // While the primary is away, nobody knows what is missing here.
    await cluster.primary.stop('SIGQUIT');
    assert.equal(await store.readRecent(whereAmI), 'standby');
    await assert.rejects(store.read(whereAmI), { code: 'UNAVAILABLE' });
  },
);

async function startStockedCluster(): Promise<PostgresCluster> {
  await using stack = new AsyncDisposableStack();
  const cluster = stack.use(await startPostgresCluster());
  await fillDatabase(cluster.primary.url, [POOL]);
  await cluster.untilReplayed();
  stack.move();
  return cluster;
}

function startReadingServer(
  cluster: PostgresCluster,
  environment: Environment,
): Promise<RunningServer> {
  const config = loadConfig({
    PORT: '0',
    DATABASE_URL: cluster.primary.url,
    READ_DATABASE_URL: cluster.standby.url,
    ...environment,
  });
  return startServer(config, { log: createLog('silent'), startWorker: false });
}

function openWithStandby(
  cluster: PostgresCluster,
  options: Partial<StandbyOptions> = {},
): Promise<Store> {
  return openStore(cluster.primary.url, toOptions({ url: cluster.standby.url, ...options }));
}

function toOptions(standby: Partial<StandbyOptions> & { url: string }) {
  return {
    connectionsMax: 4,
    statementTimeoutMs: 600_000,
    prepareStatements: true,
    standby: { lagMsMax: AN_HOUR_MS, checkEveryMs: NEVER_MS, ...standby },
  };
}

async function whereAmI(db: Reader): Promise<'primary' | 'standby'> {
  const row = await db.get<{ is_standby: boolean }>('SELECT pg_is_in_recovery() AS is_standby');
  return row?.is_standby === true ? 'standby' : 'primary';
}

/** A read of the table `thing` that never ends on the standby, and ends at once on the primary. */
function readHanging(store: Store, name: string) {
  return {
    end: store.readRecent(async (db) => {
      const where = await whereAmI(db);
      if (where === 'standby') {
        await db.get(`SELECT pg_sleep(600), (SELECT max(id) FROM thing) AS ${name}`);
      }
      return where;
    }),
    begun: (cluster: PostgresCluster) =>
      waitUntil('the statement runs', async () => {
        const rows = await runSql(
          cluster.standby.url,
          `SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND query LIKE '% AS ${name}'`,
        );
        return rows.length === 1;
      }),
  };
}

async function call(server: RunningServer, method: string, path: string, body?: object) {
  const response = await fetch(`${server.url}/v1/projects/${PROJECT.id}${path}`, {
    method,
    headers: { authorization: basicAuth(PROJECT) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  // oxlint-disable-next-line typescript/no-explicit-any -- answers of every shape
  return { status: response.status, json: JSON.parse(text) as any };
}
