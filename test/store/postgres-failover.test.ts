import assert from 'node:assert/strict';

import { testOnEngine } from '../support/engines.ts';
import { runSql, STANDBY_NAME, startPostgresCluster } from '../support/postgres-cluster.ts';
import { numberAt } from '../support/rentals.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { startTcpProxy, through } from '../support/tcp-proxy.ts';
import { fillDatabase } from '../support/test-server.ts';
import { waitUntil } from '../support/wait-until.ts';

const FIRST = '+12025550100';
const CLIENTS = 8;
/** Rents that must have succeeded before and after the failover: enough that some are under way at any time. */
const RENTS_BEFORE = 60;
const RENTS_AFTER = 60;

const SMS = { servicePlanId: 'plan' };

const because = { because: 'SQLite has no server that could be replaced.' };

testOnEngine(
  'postgres',
  'a failover under load loses nothing that was answered, and the same process serves again',
  because,
  async () => {
    await using cluster = await startPostgresCluster({
      primary: { synchronous_standby_names: STANDBY_NAME, synchronous_commit: 'on' },
    });
    await using proxy = await startTcpProxy(cluster.primary.port);
    await fillDatabase(cluster.primary.url, [{ name: 'us-local', first: FIRST, size: 2000 }]);
    const databaseUrl = through(proxy, cluster.primary.url);
    await using server = await startServerProcess(databaseUrl, {
      NUMBERYARD_SANDBOX_DELAY_MS: '0',
    });
    const load = new RentLoad(server);

    await load.untilRented(RENTS_BEFORE);
    await cluster.primary.stop('SIGQUIT');
    await load.untilAllRefused();

    // For a while the address leads to a server that only reads.
    proxy.target = cluster.standby.port;
    await load.untilAllRefused();
    assert.equal((await server.fetch('GET', '/activeNumbers')).status, 503);
    assert.equal((await fetch(`${server.url}/readyz`)).status, 503);

    await runSql(cluster.standby.url, 'SELECT pg_promote(true, 60)');
    await load.untilRented(load.rented.length + RENTS_AFTER);
    await load.end();

    const rows = await runSql<{ e164: string }>(
      cluster.standby.url,
      'SELECT e164 FROM rental WHERE ended_at IS NULL',
    );
    const stored = new Set(rows.map(({ e164 }) => e164));
    const lost = load.rented.filter((e164) => !stored.has(e164));
    assert.deepEqual(lost, [], 'every rent that was answered is there');
    // What is there and was never answered 200 was told to be unclear, and found taken when it was tried again.
    const unclear = [...stored].filter((e164) => !load.rented.includes(e164));
    assert.ok(unclear.length <= CLIENTS, `${unclear.length} unclear rents`);
    assert.deepEqual(
      unclear.filter((e164) => !load.taken.includes(e164)),
      [],
    );

    // The worker goes on too: what is ordered now is done.
    const last = numberAt(1990);
    const rent = await server.fetch('POST', `/availableNumbers/${last}:rent`, {
      smsConfiguration: SMS,
    });
    assert.equal(rent.status, 200);
    await waitUntil('the number is provisioned', async () => {
      const response = await server.fetch('GET', `/activeNumbers/${last}`);
      const { smsConfiguration } = (await response.json()) as { smsConfiguration: typeof SMS };
      return smsConfiguration.servicePlanId === SMS.servicePlanId;
    });
    // What heals itself is no error; only whoever asked for readiness is told so.
    const errors = server.lines.filter((line) => line.includes('"level":50'));
    assert.deepEqual(
      errors.filter((line) => !line.includes('the database does not answer')),
      [],
    );
    const said = server.lines
      .map((line) => /"msg":"the worker (does not reach|reaches) the database/.exec(line)?.[1])
      .filter((word) => word !== undefined);
    assert.equal(said.at(-1), 'reaches');
    assert.ok(
      said.every((word, i) => word !== said[i - 1]),
      'each time is told once',
    );
    assert.equal(server.child.exitCode, null);
    assert.deepEqual(server.stderr, []);
  },
);

/** Clients that rent one number after the other, each until it is answered 200 or 404. */
class RentLoad {
  /** Answered 200. */
  readonly rented: string[] = [];
  /** Answered 404, after an answer that left it open. */
  readonly taken: string[] = [];
  readonly #server: ServerProcess;
  readonly #clients: Promise<void[]>;
  #next = 0;
  /** Clients that were refused wait to be woken: they would only keep the machine busy. */
  #refused = 0;
  #wake = Promise.withResolvers<void>();
  #ended = 0;
  #isOver = false;

  constructor(server: ServerProcess) {
    this.#server = server;
    this.#clients = Promise.all(Array.from({ length: CLIENTS }, () => this.#run()));
  }

  untilRented(count: number): Promise<void> {
    return this.#until(`${count} rents`, () => {
      this.#wakeAll();
      return this.rented.length >= count;
    });
  }

  /** Each client asks again, or is at it, and is refused. */
  untilAllRefused(): Promise<void> {
    this.#wakeAll();
    return this.#until('all clients are refused', () => this.#refused === CLIENTS);
  }

  /** Lets each client finish with its number. */
  end(): Promise<void> {
    this.#isOver = true;
    return this.#until('all clients have ended', () => {
      this.#wakeAll();
      return this.#ended === CLIENTS;
    });
  }

  /** Fails as soon as a client does. */
  async #until(what: string, isSo: () => boolean): Promise<void> {
    const waiting = waitUntil(what, isSo);
    await Promise.race([waiting, this.#clients.then(() => waiting)]);
  }

  #wakeAll(): void {
    this.#refused = 0;
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }

  async #run(): Promise<void> {
    while (!this.#isOver) await this.#rent(numberAt(this.#next++));
    this.#ended++;
  }

  async #rent(e164: string): Promise<void> {
    for (let isUnclear = false; ; isUnclear = true) {
      const response = await this.#server.fetch('POST', `/availableNumbers/${e164}:rent`, {});
      const text = await response.text();
      if (response.status === 200) {
        this.rented.push(e164);
        return;
      }
      if (response.status === 404 && isUnclear) {
        this.taken.push(e164);
        return;
      }
      assert.equal(response.status, 503, text);
      assert.equal(response.headers.get('retry-after'), '1');
      this.#refused++;
      await this.#wake.promise;
    }
  }
}
