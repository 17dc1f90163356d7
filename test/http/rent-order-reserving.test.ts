import assert from 'node:assert/strict';

import { AccountCatalog } from '../../src/app/account-catalog.ts';
import { changeLimits } from '../../src/app/change-limits.ts';
import { checkHistory } from '../../src/app/check-history.ts';
import { LimitCatalog } from '../../src/app/limit-catalog.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { AS_OTHER, holdNumber, listHeld, standingOf } from '../support/holds.ts';
import { createOrder, GERMAN_STOCK } from '../support/number-orders.ts';
import { accounts, assertBalanced, credit } from '../support/prepaid.ts';
import { holdLongCommit, takeOrderTurn } from '../support/rent-orders.ts';
import {
  advanceTo,
  type Json,
  listEventTypes,
  NUMBER,
  numberAt,
  release,
  rent,
} from '../support/rentals.ts';
import {
  type CallOptions,
  PROJECT,
  type TestPool,
  type TestServer,
} from '../support/test-server.ts';

const LOCAL: TestPool = { name: 'local', first: NUMBER, size: 400, quarantineDays: 30 };
const MOBILE: TestPool = { name: 'mobile', type: 'MOBILE', first: '+13055550100', size: 50 };
const STOCK = [LOCAL, MOBILE];
/** More than one write sets aside, and not a multiple of that. */
const SIZE = 250;
const NUMBERS = Array.from({ length: SIZE }, (_, i) => numberAt(i));
const US_LOCAL = { regionCode: 'US', type: 'LOCAL' };
const HOUR_MS = 3_600_000;

testOnEachEngine(
  'what an order has set aside is its own, and everybody else is told so at once',
  async (start) => {
    await using server = await start({}, STOCK);
    const id = await order(server, { phoneNumbers: NUMBERS });
    await takeOrderTurn(server);
    assert.partialDeepStrictEqual(await get(server, id), {
      state: 'IN_PROGRESS',
      rentedQuantity: 0,
      reservedQuantity: 100,
    });
    assert.deepEqual(await countStates(server, id), { RESERVED: 100, PENDING: 150 });
    for (const options of [{}, AS_OTHER]) await assertNotToBeHad(server, NUMBERS[50]!, options);
    const search = await server.call('GET', '/availableNumbers?regionCode=US&type=LOCAL&size=400');
    const found = search.json.availableNumbers.map((each: Json) => each.phoneNumber);
    assert.deepEqual(found.toSorted(), numbersFrom(100, LOCAL.size));
    assert.deepEqual(await listHeld(server), []);
    const limits = (await server.call('GET', '/limits')).json.limits as Json[];
    assert.equal(limits.find(({ limitType }) => limitType === 'HOLDS')?.used ?? '0', '0');
    await server.drain();
    assert.partialDeepStrictEqual(await get(server, id), {
      state: 'COMPLETED',
      rentedQuantity: SIZE,
      reservedQuantity: 0,
    });
    assert.deepEqual(await countStates(server, id), { RENTED: SIZE });
    assert.deepEqual(await listEventTypes(server.server, NUMBER), ['HELD', 'RENTED']);
    await assertConsistent(server);
  },
);

testOnEachEngine('others go on while an order rents all of its numbers', async (start, engine) => {
  await using server = await start({}, STOCK);
  const id = await order(server, { phoneNumbers: NUMBERS });
  for (let turn = 0; turn < 3; turn++) await takeOrderTurn(server);
  assert.equal((await get(server, id)).reservedQuantity, SIZE);
  const held = holdLongCommit(server);
  const renting = takeOrderTurn(server);
  await held.arrived;

  // None of these is answered later than the transaction, which has not ended.
  for (const options of [{}, AS_OTHER]) {
    const search = await server.call('GET', '/availableNumbers?regionCode=US&type=MOBILE', options);
    assert.equal(search.status, 200);
  }
  assert.equal((await fetch(`${server.url}/healthz`)).status, 200);
  assert.equal((await get(server, id)).state, 'IN_PROGRESS');
  const tooLate = await server.call('POST', `/rentOrders/${id}:cancel`);
  assert.equal(tooLate.status, 400);
  assert.equal(tooLate.json.error.details[0].violations[0].type, 'TOO_LATE_TO_CANCEL');
  // SQLite has one writer: there they wait, until the numbers are the first project's, and nobody else does.
  const writes = (async () => {
    for (const [i, options] of [{}, AS_OTHER].entries()) {
      // More than the process has connections.
      const wanted = engine === 'sqlite' && i === 0 ? [] : NUMBERS.slice(0, 30);
      await Promise.all(wanted.map((number) => assertNotToBeHad(server, number, options)));
      const rented = await server.call('POST', `/availableNumbers/+1305555010${i}:rent`, {
        ...options,
        body: {},
      });
      assert.equal(rented.status, 200, rented.text);
      const body = { phoneNumbers: [NUMBERS[7], numberAt(SIZE + i)] };
      const small = await server.call('POST', '/rentOrders', { ...options, body });
      assert.deepEqual([small.json.state, small.json.rentedQuantity], ['PARTIAL', 1]);
    }
  })();
  if (engine === 'postgres') await writes;
  held.commit();
  await Promise.all([renting, writes]);
  await server.drain();
  assert.equal((await get(server, id)).state, 'COMPLETED');
  await assertConsistent(server);
});

testOnEachEngine('a hopeless order takes nothing from anybody', async (start) => {
  await using server = await start({}, STOCK);
  for (const number of [NUMBERS[3]!, NUMBERS[249]!]) await rentAsOther(server, number);
  const named = await order(server, { phoneNumbers: NUMBERS });
  await takeOrderTurn(server);
  const ended = await get(server, named);
  assert.deepEqual([ended.state, ended.failedQuantity, ended.error], ['FAILED', 2, null]);
  assert.deepEqual(await countStates(server, named), { FAILED: 2, CANCELLED: 248 });
  const many = await order(server, { quantity: LOCAL.size, ...US_LOCAL });
  await server.drain();
  const short = await get(server, many);
  assert.deepEqual([short.state, short.failedQuantity], ['FAILED', LOCAL.size]);
  assert.match(short.error.message, /not enough available numbers/);
  assert.deepEqual(await listEventTypes(server.server, NUMBER), []);
  await assertNothingTaken(server);
});

testOnEachEngine('when a number goes in between, everything is on sale again', async (start) => {
  await using server = await start({}, STOCK);
  const id = await order(server, { phoneNumbers: NUMBERS });
  await takeOrderTurn(server);
  await rentAsOther(server, NUMBERS[120]!);
  await takeOrderTurn(server);
  const ended = await get(server, id);
  assert.deepEqual([ended.state, ended.failedQuantity, ended.reservedQuantity], ['FAILED', 1, 0]);
  assert.deepEqual(await countHeld(server), 199);
  await takeOrderTurn(server);
  assert.deepEqual(await countHeld(server), 99);
  await server.drain();
  await assertNothingTaken(server);
  assert.deepEqual(await listEventTypes(server.server, NUMBER), ['HELD', 'HOLD_RELEASED']);
});

testOnEachEngine(
  'a search that finds no more ends the order, and frees what it had',
  async (start) => {
    await using server = await start({}, STOCK);
    const id = await order(server, { quantity: 350, ...US_LOCAL });
    await takeOrderTurn(server);
    const body = { quantity: 100, ...US_LOCAL };
    const other = await server.call('POST', '/rentOrders', { ...AS_OTHER, body });
    assert.equal(other.json.state, 'COMPLETED');
    await server.drain();
    const ended = await get(server, id);
    assert.deepEqual([ended.state, ended.rentedQuantity, ended.failedQuantity], ['FAILED', 0, 350]);
    assert.match(ended.error.message, /not enough available numbers/);
    await assertNothingTaken(server);
    const whole = await order(server, { quantity: 300, ...US_LOCAL });
    await server.drain();
    assert.equal((await get(server, whole)).state, 'COMPLETED');
    assert.deepEqual(await countStates(server, whole), { RENTED: 300 });
    await assertConsistent(server);
  },
);

testOnEachEngine('an order is cancelled while it sets numbers aside', async (start) => {
  await using server = await start({}, STOCK);
  const id = await order(server, { phoneNumbers: NUMBERS });
  await takeOrderTurn(server);
  const cancelled = await server.call('POST', `/rentOrders/${id}:cancel`);
  assert.deepEqual([cancelled.status, cancelled.json.state], [200, 'CANCELLED']);
  assert.deepEqual(await countStates(server, id), { CANCELLED: SIZE });
  const again = await server.call('POST', `/rentOrders/${id}:cancel`);
  assert.deepEqual(again.json, cancelled.json);
  // It does not come before the numbers are free.
  const next = await order(server, { phoneNumbers: NUMBERS });
  await server.drain();
  assert.equal((await get(server, next)).state, 'COMPLETED');
  assert.equal((await get(server, id)).state, 'CANCELLED');
  await assertConsistent(server);
});

testOnEachEngine('what the project has kept for itself it rents, or has again', async (start) => {
  await using server = await start({}, STOCK);
  const [kept, short, resting] = [NUMBERS[1]!, NUMBERS[2]!, NUMBERS[249]!];
  await rent(server, {}, resting);
  await advanceTo(server, (await release(server, resting)).expireAt);
  assert.equal((await standingOf(server, resting))[0], 'QUARANTINED');
  const [hold] = await holdNumber(server, kept, 900);
  await holdNumber(server, short, 60);
  const id = await order(server, { phoneNumbers: NUMBERS });
  for (let turn = 0; turn < 3; turn++) await takeOrderTurn(server);
  assert.equal((await get(server, id)).reservedQuantity, SIZE);
  assert.deepEqual(await listHeld(server), []);
  assert.equal((await server.call('POST', `/numberHolds/${kept}:release`)).status, 404);
  // The quarantined number goes to a rent of its own, so that the order cannot be filled.
  await rent(server, {}, resting);
  await server.advance(61_000);
  const failed = await get(server, id);
  assert.deepEqual([failed.state, failed.error.status], ['FAILED', 'NOT_FOUND']);
  assert.deepEqual(await countStates(server, id), { CANCELLED: SIZE });
  assert.deepEqual(await listHeld(server), [kept]);
  assert.deepEqual(await standingOf(server, kept), ['HELD', hold!.expireTime]);
  assert.equal((await standingOf(server, short))[0], 'AVAILABLE');

  const whole = await order(server, { phoneNumbers: NUMBERS.slice(0, 200) });
  await server.drain();
  assert.equal((await get(server, whole)).state, 'COMPLETED');
  await server.advance(HOUR_MS);
  assert.equal((await standingOf(server, kept))[0], 'ACTIVE');
  await assertConsistent(server);
});

testOnEachEngine(
  'a number in quarantine after the project becomes its rental again',
  async (start) => {
    await using server = await start({}, STOCK);
    await rent(server, {}, NUMBERS[5]!);
    await advanceTo(server, (await release(server, NUMBERS[5]!)).expireAt);
    const id = await order(server, { phoneNumbers: NUMBERS });
    await server.drain();
    assert.equal((await get(server, id)).state, 'COMPLETED');
    await assertConsistent(server);
  },
);

testOnEachEngine('an order is paid from the account as a whole, or not at all', async (start) => {
  await using server = await start({}, STOCK);
  // 250 numbers at 1.25 each.
  await credit(server, '312.49');
  const poor = await order(server, { phoneNumbers: NUMBERS });
  await server.drain();
  const refused = await get(server, poor);
  assert.equal(refused.state, 'FAILED');
  await assertNothingTaken(server);

  await credit(server, '0.01');
  const late = await order(server, { phoneNumbers: NUMBERS });
  for (let turn = 0; turn < 3; turn++) await takeOrderTurn(server);
  await rent(server, {}, numberAt(300));
  await server.drain();
  const uncovered = await get(server, late);
  assert.equal(uncovered.state, 'FAILED');
  const [violation] = uncovered.error.details[0].violations;
  assert.equal(violation.type, 'INSUFFICIENT_BALANCE');
  assert.match(violation.description, /these 250 numbers cost 312.50 at first/);
  assert.equal((await accounts(server))[0].balance, '311.25');
  assert.equal(await countHeld(server), 0);

  await credit(server, '1.25');
  const covered = await order(server, { phoneNumbers: NUMBERS });
  await server.drain();
  assert.equal((await get(server, covered)).state, 'COMPLETED');
  assert.equal((await accounts(server))[0].balance, '0.00');
  await assertBalanced(server, 1);
  await assertConsistent(server);
});

testOnEachEngine('a limit that is reached in between undoes the whole order', async (start) => {
  await using server = await start({}, STOCK);
  await limit(server, { numbers: String(SIZE) });
  const id = await order(server, { phoneNumbers: NUMBERS });
  for (let turn = 0; turn < 3; turn++) await takeOrderTurn(server);
  await rent(server, {}, numberAt(300));
  await server.drain();
  const ended = await get(server, id);
  assert.equal(ended.state, 'FAILED');
  assert.partialDeepStrictEqual(ended.error.details[0].violations[0], {
    type: 'NUMBERS_LIMIT',
    used: '1',
    limit: '250',
  });
  assert.equal(await countHeld(server), 0);
  await limit(server, { numbers: String(SIZE + 1) });
  const fits = await order(server, { phoneNumbers: NUMBERS });
  await server.drain();
  assert.equal((await get(server, fits)).state, 'COMPLETED');
});

testOnEachEngine('what is undone before its commit is done again', async (start) => {
  await using server = await start({}, STOCK);
  const id = await order(server, { phoneNumbers: NUMBERS });
  for (let turn = 0; turn < 3; turn++) await takeOrderTurn(server);
  const held = holdLongCommit(server);
  const renting = takeOrderTurn(server);
  await held.arrived;
  held.fail();
  await assert.rejects(renting, /The connection is gone/);
  assert.partialDeepStrictEqual(await get(server, id), {
    state: 'IN_PROGRESS',
    rentedQuantity: 0,
    reservedQuantity: SIZE,
  });
  assert.equal(await countHeld(server), SIZE);
  await server.advance(HOUR_MS);
  assert.equal((await get(server, id)).state, 'COMPLETED');
  await assertConsistent(server);
});

testOnEachEngine('the rent of many numbers lets others run', async (start) => {
  await using server = await start({}, STOCK);
  const id = await order(server, { phoneNumbers: NUMBERS });
  for (let turn = 0; turn < 3; turn++) await takeOrderTurn(server);
  const { context } = server.server;
  const { store } = context;
  let turns = 0;
  context.store = {
    ...store,
    write: (fn, options) =>
      store.write(async (db) => {
        let isOver = false;
        const count = () => {
          turns++;
          if (!isOver) setImmediate(count);
        };
        if (options?.mayTakeLong === true) setImmediate(count);
        const value = await fn(db);
        isOver = true;
        return value;
      }, options),
  };
  await takeOrderTurn(server);
  context.store = store;
  assert.equal((await get(server, id)).state, 'COMPLETED');
  assert.ok(turns >= SIZE / 100, `${turns}`);
});

testOnEachEngine('a quote of many numbers lets others run', async (start) => {
  await using server = await start({}, STOCK);
  let turns = 0;
  let isOver = false;
  const count = () => {
    turns++;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  const phoneNumbers = numbersFrom(0, LOCAL.size);
  const many = [...phoneNumbers, ...numbersFrom(2000, 6600)];
  const quote = await server.call('POST', '/rentOrders:quote', { body: { phoneNumbers: many } });
  isOver = true;
  assert.equal(quote.json.rentableQuantity, LOCAL.size, quote.text);
  assert.ok(turns > many.length / 100, `${turns}`);
});

testOnEachEngine(
  'what is set aside counts against no limit of holds or number orders',
  async (start) => {
    const environment = {
      NUMBERYARD_PROJECT_HOLDS_MAX: '1',
      NUMBERYARD_PROJECT_ORDER_NUMBERS_MAX: '1',
    };
    await using server = await start(environment, [LOCAL, GERMAN_STOCK.at(-1)!]);
    await order(server, { phoneNumbers: NUMBERS });
    await takeOrderTurn(server);
    await holdNumber(server, numberAt(300));
    const body = { phoneNumbers: [numberAt(301)] };
    assert.equal((await server.call('POST', '/numberHolds', { body })).status, 400);
    await createOrder(server);
  },
);

/** @returns the id of an order that is all or nothing. */
async function order(server: TestServer, body: object): Promise<string> {
  const answer = await server.call('POST', '/rentOrders', {
    body: { ...body, allOrNothing: true },
  });
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.json.state, 'IN_PROGRESS');
  return answer.json.rentOrderId;
}

async function get(server: TestServer, id: string): Promise<Json> {
  const answer = await server.call('GET', `/rentOrders/${id}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}

async function countStates(server: TestServer, id: string): Promise<Record<string, number>> {
  const { json } = await server.call('GET', `/rentOrders/${id}/orderNumbers?pageSize=1000`);
  const byState = Map.groupBy(json.orderNumbers as Json[], ({ state }) => state as string);
  return Object.fromEntries([...byState].map(([state, numbers]) => [state, numbers.length]));
}

async function assertNotToBeHad(
  server: TestServer,
  number: string,
  options: CallOptions,
): Promise<void> {
  const answers = [
    await server.call('POST', `/availableNumbers/${number}:rent`, { ...options, body: {} }),
    await server.call('POST', '/numberHolds', { ...options, body: { phoneNumbers: [number] } }),
    await server.call('GET', `/availableNumbers/${number}`, options),
    await server.call('POST', `/numberHolds/${number}:release`, options),
    await server.call('POST', `/activeNumbers/${number}:release`, options),
  ];
  for (const { status, text } of answers) assert.equal(status, 404, text);
}

function numbersFrom(from: number, below: number): string[] {
  return Array.from({ length: below - from }, (_, i) => numberAt(from + i));
}

async function rentAsOther(server: TestServer, number: string): Promise<void> {
  const answer = await server.call('POST', `/availableNumbers/${number}:rent`, {
    ...AS_OTHER,
    body: {},
  });
  assert.equal(answer.status, 200, answer.text);
}

async function countHeld({ server: { context } }: TestServer): Promise<number> {
  const [count] = await context.store.read((db) => db.column<number>('SELECT count(*) FROM hold'));
  return Number(count);
}

/** Nothing is set aside, and the first project has rented and paid nothing. */
async function assertNothingTaken(server: TestServer): Promise<void> {
  assert.equal(await countHeld(server), 0);
  for (const what of ['rental', 'charge']) {
    const [count] = await server.server.context.store.read((db) =>
      db.column<number>(`SELECT count(*) FROM ${what} WHERE project_id = ?`, PROJECT.id),
    );
    assert.equal(Number(count), 0, what);
  }
  await assertConsistent(server);
}

async function assertConsistent({ server: { context } }: TestServer): Promise<void> {
  const differences: string[] = [];
  await checkHistory(context, ({ e164, description }) =>
    differences.push(`${e164}: ${description}`),
  );
  assert.deepEqual(differences, []);
}

async function limit(
  { server: { context } }: TestServer,
  changes: { numbers: string },
): Promise<void> {
  await changeLimits(context, PROJECT.id, changes);
  context.limits = new LimitCatalog(context.store);
  context.accounts = new AccountCatalog(context.store);
}
