import assert from 'node:assert/strict';

import { openStore, type Store } from '../../src/store/store.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { startRecordingListener } from '../support/recording-listener.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { basicAuth, createStockedDatabase, PROJECT } from '../support/test-server.ts';

const NUMBERS = Array.from({ length: 300 }, (_, i) => `+1${2025550000 + i}`);
const POOL = { name: 'pool', first: NUMBERS[0]!, size: NUMBERS.length };
const SETTINGS = {
  NUMBERYARD_SANDBOX_DELAY_MS: '20',
  NUMBERYARD_CALLBACK_RETRY_SECONDS: '1,1,1,1',
};
const CALLBACKS_EACH = 3;
/** Callers at the same time; each two of them want the same numbers. */
const CALLERS = 8;
const RENTS_BEFORE_KILL = 40;

testOnEachEngine(
  'nothing is lost or done twice when the server is killed under load',
  async (_start, engine) => {
    await using database = await createStockedDatabase(engine, [POOL]);
    await using receiver = await startRecordingListener();
    const rented = new Set<string>();
    for (let kill = 0; kill < 2; kill++) {
      await using victim = await startServerProcess(database.url, SETTINGS);
      await rentUntilKilled(victim, receiver.url, rented);
    }
    assert.ok(rented.size >= 2 * RENTS_BEFORE_KILL);
    {
      await using server = await startServerProcess(database.url, SETTINGS);
      // Past every lease and every wait; it answers when everything is done.
      for (let i = 0; i < 6; i++) await advance(server, 'PT5M');
      assert.equal((await server.stop('SIGTERM')).code, 0);
    }
    await using store = await openStore(database.url);
    await assertNothingLost(store, rented);

    const bodies = new Map<string, Set<string>>();
    for (const { body } of receiver.requests) {
      const { eventId } = JSON.parse(body) as { eventId: string };
      bodies.set(eventId, (bodies.get(eventId) ?? new Set()).add(body));
    }
    const eventIds = await store.read((db) =>
      db.column<string>("SELECT id FROM event WHERE type LIKE 'PROVISIONING%'"),
    );
    assert.deepEqual(new Set(bodies.keys()), new Set(eventIds));
    for (const [eventId, texts] of bodies) assert.equal(texts.size, 1, eventId);
  },
);

/** Rents with everything until the server dies, and notes which rents were answered with 200. */
async function rentUntilKilled(
  server: ServerProcess,
  callbackUrl: string,
  rented: Set<string>,
): Promise<void> {
  const before = rented.size;
  await Promise.all(
    Array.from({ length: CALLERS }, async (_, caller) => {
      for (let i = caller >> 1; i < NUMBERS.length; i += CALLERS >> 1) {
        const number = NUMBERS[i]!;
        const body = {
          smsConfiguration: { servicePlanId: 'plan', campaignId: `campaign-${i % 10}` },
          voiceConfiguration: { appId: 'app' },
          callbackUrl,
        };
        const status = await server
          .fetch('POST', `/availableNumbers/${number}:rent`, body)
          .then((response) => response.status)
          .catch(() => undefined);
        if (status === undefined) return;
        assert.ok(status === 200 || status === 404, `${status}`);
        if (status === 200) {
          assert.ok(!rented.has(number), `${number} was rented twice`);
          rented.add(number);
        }
        if (rented.size - before === RENTS_BEFORE_KILL) server.child.kill('SIGKILL');
      }
    }),
  );
  assert.equal((await server.stop('SIGKILL')).signal, 'SIGKILL');
}

/** A request for all that has become due, which is answered when it is done. */
async function advance(server: ServerProcess, by: string): Promise<void> {
  const response = await fetch(`${server.url}/sandbox/clock:advance`, {
    method: 'POST',
    headers: { authorization: basicAuth(PROJECT) },
    body: JSON.stringify({ by }),
  });
  assert.equal(response.status, 200, await response.text());
}

async function assertNothingLost(store: Store, answered: ReadonlySet<string>): Promise<void> {
  const ask = (sql: string) => store.read((db) => db.column<string>(sql));
  if (store.dialect.engine === 'sqlite') {
    assert.deepEqual(await ask('PRAGMA integrity_check'), ['ok']);
    assert.deepEqual(await ask('PRAGMA foreign_key_check'), []);
  }

  const rentals = await ask('SELECT e164 FROM rental WHERE ended_at IS NULL');
  assert.equal(new Set(rentals).size, rentals.length, 'one current rental a number');
  assert.deepEqual(
    [...answered].filter((number) => !rentals.includes(number)),
    [],
  );
  // A rent may have been written without its answer reaching anybody: one for each caller and kill.
  assert.ok(rentals.length - answered.size <= 2 * CALLERS);
  assert.deepEqual(
    new Set(await ask('SELECT e164 FROM number WHERE state <> 0')),
    new Set(rentals),
  );

  const counted = (sql: string) =>
    ask(`SELECT count(*) || ' of ' || count(DISTINCT e164) FROM ${sql}`);
  const each = (times: number) => [`${times * rentals.length} of ${rentals.length}`];
  assert.deepEqual(await counted("charge WHERE kind = 'SETUP'"), each(1));
  assert.deepEqual(await counted("charge WHERE kind = 'PERIOD' AND period = 0"), each(1));
  assert.deepEqual(await counted('charge'), each(2));
  assert.deepEqual(await counted("event WHERE type = 'RENTED'"), each(1));
  assert.deepEqual(await counted("event WHERE type LIKE 'PROVISIONING%'"), each(CALLBACKS_EACH));

  assert.deepEqual(await ask('SELECT DISTINCT status FROM provisioning'), ['DONE']);
  assert.deepEqual(await ask('SELECT DISTINCT status FROM delivery'), ['DELIVERED']);
  assert.deepEqual(await ask('SELECT count(*) FROM delivery'), [CALLBACKS_EACH * rentals.length]);
  assert.deepEqual(await ask('SELECT id FROM job'), []);
}
