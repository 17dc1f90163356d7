import assert from 'node:assert/strict';

import { holdInWrite, type HoldTerms } from '../../src/app/hold-numbers.ts';
import { readRentBasis, rentInWrite } from '../../src/app/rent-number.ts';
import type { E164 } from '../../src/domain/phone-number.ts';
import { addMilliseconds, type Timestamp } from '../../src/domain/timestamp.ts';
import { listEvents } from '../../src/store/event.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { AS_OTHER, hold, holdNumber, listHeld, standingOf } from '../support/holds.ts';
import { advanceTo, listEventTypes, NUMBER, numberAt } from '../support/rentals.ts';
import { startServerProcess } from '../support/server-process.ts';
import {
  basicAuth,
  createStockedDatabase,
  OTHER_PROJECT,
  PROJECT,
  TEST_START,
  type TestServer,
} from '../support/test-server.ts';

testOnEachEngine('the worker puts numbers back on sale whose holds are over', async (start) => {
  await using server = await start();
  await hold(server, { phoneNumbers: [numberAt(0), numberAt(1)], ttlSeconds: 60 });
  await hold(server, { phoneNumbers: [numberAt(2)], ttlSeconds: 61 });
  await server.advance(59_999);
  assert.equal((await listHeld(server)).length, 3);
  await server.advance(1);
  for (const place of [0, 1]) {
    assert.deepEqual(await standingOf(server, numberAt(place)), ['AVAILABLE', null]);
  }
  assert.deepEqual(await listHeld(server), [numberAt(2)]);
  const [event] = await server.server.context.store.read((db) => listEvents(db, NUMBER, 1));
  assert.deepEqual(
    [event?.type, event?.actor, event?.projectId, JSON.parse(event?.details ?? '')],
    ['HOLD_EXPIRED', 'worker', PROJECT.id, { from: 'HELD', to: 'AVAILABLE' }],
  );
});

testOnEachEngine('more holds than a batch end together', async (start) => {
  const environment = { NUMBERYARD_PROJECT_HOLDS_MAX: '1000', NUMBERYARD_HOLD_NUMBERS_MAX: '1000' };
  await using server = await start(environment, [{ name: 'many', first: NUMBER, size: 700 }]);
  const held = await hold(server, { regionCode: 'US', type: 'LOCAL', quantity: 700 });
  const { expireTime } = held[0] as { expireTime: string };
  await advanceTo(server, expireTime);
  assert.deepEqual(await listHeld(server), []);
  assert.deepEqual(
    await server.server.context.store.read((db) => db.column('SELECT DISTINCT state FROM number')),
    [0],
  );
});

testOnEachEngine('a hold that cannot be ended holds up no other', async (start) => {
  await using server = await start();
  await hold(server, { phoneNumbers: [0, 1, 2].map(numberAt), ttlSeconds: 60 });
  const setState = (state: number) =>
    server.server.context.store.write((db) =>
      db.run('UPDATE number SET state = ? WHERE e164 = ?', state, numberAt(1)),
    );
  await setState(2);
  await server.advance(60_000);
  for (const place of [0, 2]) {
    assert.deepEqual(await standingOf(server, numberAt(place)), ['AVAILABLE', null]);
  }
  await setState(1);
  await server.advance(600_000);
  assert.deepEqual(await standingOf(server, numberAt(1)), ['AVAILABLE', null]);
});

testOnEachEngine('a hold outlives the process that was killed', async (_start, engine) => {
  await using database = await createStockedDatabase(engine);
  {
    await using victim = await startServerProcess(database.url);
    const answer = await victim.fetch('POST', '/numberHolds', { phoneNumbers: [NUMBER] });
    assert.equal(answer.status, 200, await answer.text());
    assert.equal((await victim.stop('SIGKILL')).signal, 'SIGKILL');
  }
  await using server = await startServerProcess(database.url);
  const found = await server.fetch('GET', `/numberHolds/${NUMBER}`);
  assert.equal(found.status, 200, await found.text());
  const rent = `/availableNumbers/${NUMBER}:rent`;
  const other = await fetch(`${server.url}/v1/projects/${OTHER_PROJECT.id}${rent}`, {
    method: 'POST',
    headers: { authorization: basicAuth(OTHER_PROJECT) },
  });
  assert.equal(other.status, 404, await other.text());
  const rented = await server.fetch('POST', rent);
  assert.equal(rented.status, 200, await rented.text());
});

// --- What an order holds --------------------------------------------------------------------------------

const ORDER = 'order-one';
const CALLER = { projectId: PROJECT.id, actor: PROJECT.keyId, requestId: 'a-request' };
const TWO_DAYS_MS = 2 * 86_400_000;

testOnEachEngine('what an order holds only the order goes on with', async (start) => {
  await using server = await start({ NUMBERYARD_PROJECT_HOLDS_MAX: '0' });
  const numbers = [numberAt(1), numberAt(0)] as E164[];
  const { taken } = await holdForOrder(server, numbers);
  assert.deepEqual(
    taken.map(({ e164 }) => e164),
    numbers.toSorted(),
  );
  assert.deepEqual(await listHeld(server), [], 'and it counts as none of the holds of the project');
  const { limits } = (await server.call('GET', '/limits')).json;
  assert.deepEqual(limits, [
    { kind: 'HOLDS', currencyCode: '', limit: '0', used: '0', resetTime: null },
  ]);
  for (const [method, path] of [
    ['GET', `/availableNumbers/${NUMBER}`],
    ['POST', `/availableNumbers/${NUMBER}:rent`],
    ['GET', `/numberHolds/${NUMBER}`],
    ['POST', `/numberHolds/${NUMBER}:extend`],
    ['POST', `/numberHolds/${NUMBER}:release`],
  ] as const) {
    for (const options of [{}, AS_OTHER]) {
      assert.equal((await server.call(method, path, options)).status, 404, path);
    }
  }
  const body = { phoneNumbers: [NUMBER] };
  assert.equal((await server.call('POST', '/numberHolds', { body })).status, 404);

  assert.equal(await rentForOrder(server, numberAt(0), 'order-two'), undefined);
  assert.equal((await rentForOrder(server, numberAt(0), ORDER))?.e164, numberAt(0));
  assert.deepEqual(await standingOf(server, numberAt(0)), ['ACTIVE', null]);
  await server.advance(TWO_DAYS_MS);
  assert.deepEqual(await standingOf(server, numberAt(1)), ['AVAILABLE', null]);
  assert.deepEqual(await listEventTypes(server.server, numberAt(1)), ['HELD', 'HOLD_EXPIRED']);
});

testOnEachEngine('an order does not take what the project holds itself', async (start) => {
  await using server = await start();
  await holdNumber(server, NUMBER);
  const { refused } = await holdForOrder(server, [NUMBER as E164]);
  assert.deepEqual(refused, [NUMBER]);
  assert.equal(await rentForOrder(server, NUMBER, ORDER), undefined);
  assert.deepEqual(await listHeld(server), [NUMBER]);
});

async function holdForOrder({ server: { context } }: TestServer, numbers: readonly E164[]) {
  const pools = await context.pools.current();
  const expireAt = addMilliseconds(TEST_START as Timestamp, TWO_DAYS_MS);
  const terms: HoldTerms = { expireAt, orderId: ORDER };
  return context.store.write((db) => holdInWrite(context, db, pools, CALLER, numbers, terms));
}

async function rentForOrder({ server: { context } }: TestServer, number: string, order: string) {
  const basis = await readRentBasis(context, PROJECT.id);
  return context.store.write((db) =>
    rentInWrite(context, db, basis, CALLER, number as E164, {}, order),
  );
}
