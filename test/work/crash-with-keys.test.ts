import assert from 'node:assert/strict';
import { connect } from 'node:net';

import { openStore, type Store } from '../../src/store/store.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { callWithKey, isReplay } from '../support/keyed.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { basicAuth, createStockedDatabase, PROJECT } from '../support/test-server.ts';
import { waitUntil } from '../support/wait-until.ts';

const KEYS = Array.from({ length: 120 }, (_, i) => `key-${i}`);
/** Whose answers nobody reads before the server is killed. */
const LOST_KEYS = Array.from({ length: 10 }, (_, i) => `lost-${i}`);
const ALL_KEYS = [...KEYS, ...LOST_KEYS];
const FIRST = '+12025550000';
/** More than there are keys: a rent that is done twice gets another number, and is seen. */
const POOL = { name: 'pool', first: FIRST, size: 3 * ALL_KEYS.length };
/** Clients at the same time; each two of them send the same requests. */
const CLIENTS = 8;
const ANSWERS_BEFORE_KILL = 40;
const KILLS = 2;
const RENT_ANY = '/availableNumbers:rentAny';
const BODY = { regionCode: 'US', type: 'LOCAL', smsConfiguration: { servicePlanId: 'plan' } };

testOnEachEngine(
  'rents with a key happen once, also when the server is killed before it answers',
  async (_start, engine) => {
    await using database = await createStockedDatabase(engine, [POOL]);
    await using store = await openStore(database.url);
    /** What each key was answered first. */
    const answered = new Map<string, string>();
    for (let kill = 0; kill < KILLS; kill++) {
      await using victim = await startServerProcess(database.url);
      if (kill === 0) await sendUnread(victim, store);
      await sendUntilKilled(victim, answered);
    }
    assert.ok((await listRentals(store)).length >= answered.size + LOST_KEYS.length);

    await using server = await startServerProcess(database.url);
    // Claims of the dead are taken over when their leases have ended.
    await advance(server, 'PT5M');
    const replayed = new Set<string>();
    for (let round = 0; round < 2; round++) {
      const sendAll = ALL_KEYS.map(async (key) => {
        const answer = await callWithKey(server, 'POST', RENT_ANY, key, BODY);
        assert.equal(answer.status, 200, `${key} ${answer.text}`);
        if (isReplay(answer)) replayed.add(key);
        else assert.ok(round === 0 && !answered.has(key), key);
        assert.equal(answer.text, answered.get(key) ?? answer.text, key);
        answered.set(key, answer.text);
      });
      await Promise.all(sendAll);
      assert.deepEqual(
        LOST_KEYS.filter((key) => !replayed.has(key)),
        [],
      );
    }
    const rented = [...answered.values()].map(
      (text) => (JSON.parse(text) as { phoneNumber: string }).phoneNumber,
    );
    assert.deepEqual((await listRentals(store)).toSorted(), rented.toSorted());
    assert.equal(new Set(rented).size, ALL_KEYS.length);
    const [charges] = await store.read((db) =>
      db.column<number>("SELECT count(*) FROM charge WHERE kind = 'PERIOD'"),
    );
    assert.equal(Number(charges), ALL_KEYS.length);
  },
);

/** Sends requests and never reads an answer. @returns when they are carried out. */
async function sendUnread(server: ServerProcess, store: Store): Promise<void> {
  const { hostname, port, host } = new URL(server.url);
  const body = JSON.stringify(BODY);
  for (const key of LOST_KEYS) {
    const socket = connect(Number(port), hostname);
    socket.pause();
    // The server is killed, and the connection with it.
    socket.on('error', () => {});
    const lines = [
      `POST /v1/projects/${PROJECT.id}${RENT_ANY} HTTP/1.1`,
      `host: ${host}`,
      `authorization: ${basicAuth(PROJECT)}`,
      `idempotency-key: ${key}`,
      `content-length: ${Buffer.byteLength(body)}`,
    ];
    socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`);
    server.child.once('exit', () => socket.destroy());
  }
  await waitUntil('they are all carried out', async () => {
    return (await listRentals(store)).length === LOST_KEYS.length;
  });
}

/** Sends every request again and again until the server dies, and notes what was answered. */
async function sendUntilKilled(
  server: ServerProcess,
  answered: Map<string, string>,
): Promise<void> {
  const before = answered.size;
  await Promise.all(
    Array.from({ length: CLIENTS }, async (_, client) => {
      for (let i = client >> 1; i < KEYS.length; i += CLIENTS >> 1) {
        const key = KEYS[i]!;
        const answer = await callWithKey(server, 'POST', RENT_ANY, key, BODY).catch(
          () => undefined,
        );
        if (answer === undefined) return;
        // The other client is at it, or a process that was killed was.
        if (answer.status === 409) continue;
        assert.equal(answer.status, 200, answer.text);
        assert.equal(answer.text, answered.get(key) ?? answer.text, key);
        answered.set(key, answer.text);
        if (answered.size - before === ANSWERS_BEFORE_KILL) server.child.kill('SIGKILL');
      }
    }),
  );
  assert.equal((await server.stop('SIGKILL')).signal, 'SIGKILL');
}

async function advance(server: ServerProcess, by: string): Promise<void> {
  const response = await fetch(`${server.url}/sandbox/clock:advance`, {
    method: 'POST',
    headers: { authorization: basicAuth(PROJECT) },
    body: JSON.stringify({ by }),
  });
  assert.equal(response.status, 200, await response.text());
}

function listRentals(store: Store): Promise<string[]> {
  return store.read((db) => db.column<string>('SELECT e164 FROM rental'));
}
