import assert from 'node:assert/strict';

import type { Timestamp } from '../../src/domain/timestamp.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { assertAccountedFor } from '../support/accounts.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { startRecordingListener } from '../support/recording-listener.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { createStockedDatabase } from '../support/test-server.ts';

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
    const now = await finishWork(database.url);
    await using store = await openStore(database.url);
    await assertAccountedFor(store, now);
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

/** By another server. @returns its time at the end. */
async function finishWork(databaseUrl: string): Promise<Timestamp> {
  await using server = await startServerProcess(databaseUrl, SETTINGS);
  // Past every lease and every wait.
  for (let i = 0; i < 6; i++) await server.advance('PT5M');
  const now = await server.readClock();
  assert.equal((await server.stop('SIGTERM')).code, 0);
  return now;
}

async function assertNothingLost(store: Store, answered: ReadonlySet<string>): Promise<void> {
  const ask = (sql: string) => store.read((db) => db.column<string>(sql));
  if (store.dialect.engine === 'sqlite') {
    assert.deepEqual(await ask('PRAGMA integrity_check'), ['ok']);
    assert.deepEqual(await ask('PRAGMA foreign_key_check'), []);
  }

  const rented = await ask('SELECT e164 FROM rental');
  assert.deepEqual(
    [...answered].filter((number) => !rented.includes(number)),
    [],
  );
  // A rent may have been written without its answer reaching anybody: one for each caller and kill.
  assert.ok(rented.length - answered.size <= 2 * CALLERS);
  assert.deepEqual(await ask('SELECT id FROM rental WHERE ended_at IS NOT NULL'), []);

  assert.deepEqual(await ask('SELECT DISTINCT status FROM provisioning'), ['DONE']);
  assert.deepEqual(await ask('SELECT DISTINCT status FROM delivery'), ['DELIVERED']);
  const eachCalledBack = [`${CALLBACKS_EACH * rented.length} of ${rented.length}`];
  for (const what of [
    "event WHERE type LIKE 'PROVISIONING%'",
    'delivery JOIN event ON event.id = event_id',
  ]) {
    const counted = `SELECT count(*) || ' of ' || count(DISTINCT e164) FROM ${what}`;
    assert.deepEqual(await ask(counted), eachCalledBack, what);
  }
}
