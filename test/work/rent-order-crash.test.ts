import assert from 'node:assert/strict';

import { assertAccountedFor } from '../support/accounts.ts';
import { checkHistory } from '../../src/app/check-history.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { testOnEachEngine } from '../support/engines.ts';
import type { Json } from '../support/rentals.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { createStockedDatabase } from '../support/test-server.ts';

const SIZE = 1000;
const NUMBERS = Array.from({ length: SIZE }, (_, i) => `+1${2025550000 + i}`);
const POOL = { name: 'pool', first: NUMBERS[0]!, size: SIZE };

/** When the server is killed, by what is seen of the order. */
const MOMENTS: Record<string, (order: Json) => boolean> = {
  'it sets numbers aside': ({ reservedQuantity }) => reservedQuantity > 0,
  'it rents them': ({ reservedQuantity, state }) =>
    reservedQuantity === SIZE || state !== 'IN_PROGRESS',
};

for (const [moment, isReached] of Object.entries(MOMENTS)) {
  testOnEachEngine(
    `an order is carried out once when the server is killed while ${moment}`,
    async (_start, engine) => {
      await using database = await createStockedDatabase(engine, [POOL]);
      const id = await orderAndKill(database.url, isReached);
      await using server = await startServerProcess(database.url);
      await passLeases(server);
      const order = await get(server, id);
      assert.deepEqual([order.state, order.rentedQuantity], ['COMPLETED', SIZE]);
      const now = await server.readClock();
      await server.stop('SIGTERM');
      await using store = await openStore(database.url);
      await assertAccountedFor(store, now);
      assert.equal(await count(store, 'rental'), SIZE);
      await assertConsistent(store);
    },
  );
}

testOnEachEngine(
  'nothing stays set aside when the server is killed while it frees numbers',
  async (_start, engine) => {
    await using database = await createStockedDatabase(engine, [POOL]);
    const id = await orderAndKill(
      database.url,
      ({ reservedQuantity }) => reservedQuantity > 200,
      async (server, order) => {
        const answer = await server.fetch('POST', `/rentOrders/${order}:cancel`);
        assert.equal(answer.status, 200, await answer.text());
      },
    );
    await using server = await startServerProcess(database.url);
    await passLeases(server);
    assert.equal((await get(server, id)).state, 'CANCELLED');
    await server.stop('SIGTERM');
    await using store = await openStore(database.url);
    for (const what of ['hold', 'rental', 'charge', 'job', 'number WHERE state <> 0']) {
      assert.equal(await count(store, what), 0, what);
    }
    await assertConsistent(store);
  },
);

/** @returns the id of an order for everything, whose server was killed when it had come so far. */
async function orderAndKill(
  databaseUrl: string,
  isReached: (order: Json) => boolean,
  beforeKill: (server: ServerProcess, id: string) => Promise<void> = async () => {},
): Promise<string> {
  await using victim = await startServerProcess(databaseUrl);
  const body = { phoneNumbers: NUMBERS, allOrNothing: true };
  const created = (await (await victim.fetch('POST', '/rentOrders', body)).json()) as Json;
  while (!isReached(await get(victim, created.rentOrderId)));
  await beforeKill(victim, created.rentOrderId);
  assert.equal((await victim.stop('SIGKILL')).signal, 'SIGKILL');
  return created.rentOrderId;
}

async function passLeases(server: ServerProcess): Promise<void> {
  for (let i = 0; i < 3; i++) await server.advance('PT5M');
}

async function get(server: ServerProcess, id: string): Promise<Json> {
  const answer = await server.fetch('GET', `/rentOrders/${id}`);
  assert.equal(answer.status, 200);
  return answer.json();
}

async function count(store: Store, what: string): Promise<number> {
  const [rows] = await store.read((db) => db.column<number>(`SELECT count(*) FROM ${what}`));
  return Number(rows);
}

async function assertConsistent(store: Store): Promise<void> {
  const differences: string[] = [];
  await checkHistory({ store }, ({ e164, description }) =>
    differences.push(`${e164}: ${description}`),
  );
  assert.deepEqual(differences, []);
}
