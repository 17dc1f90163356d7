import assert from 'node:assert/strict';

import { testOnEachEngine } from '../support/engines.ts';
import { type Json, listDeliveryRecords, NUMBER, numberAt, rent } from '../support/rentals.ts';
import { OTHER_PROJECT, type TestServer } from '../support/test-server.ts';

const LARGE = { name: 'large', first: NUMBER, size: 1500 };
const US_LOCAL = { regionCode: 'US', type: 'LOCAL' };

testOnEachEngine('each number of a small order has its outcome at once', async (start) => {
  await using server = await start();
  await rentAsOther(server, numberAt(1));
  await rent(server, {}, numberAt(2));
  const phoneNumbers = [0, 1, 2, 3].map(numberAt);
  const voiceConfiguration = { appId: 'app' };
  const order = await create(server, { phoneNumbers, voiceConfiguration });
  assert.partialDeepStrictEqual(order, {
    state: 'PARTIAL',
    requestedQuantity: 4,
    rentedQuantity: 2,
    failedQuantity: 2,
    error: null,
  });
  assert.deepEqual(outcomes(order), [
    [numberAt(0), 'RENTED', undefined],
    [numberAt(1), 'FAILED', 'NOT_FOUND'],
    [numberAt(2), 'FAILED', 'NOT_FOUND'],
    [numberAt(3), 'RENTED', undefined],
  ]);
  await server.drain();
  assert.deepEqual(await get(server, order.rentOrderId), order);
  assert.deepEqual(await listActive(server), [numberAt(0), numberAt(2), numberAt(3)]);
  const { json } = await server.call('GET', `/activeNumbers/${numberAt(3)}`);
  assert.equal(json.voiceConfiguration.appId, 'app');
});

testOnEachEngine('all or nothing rents and charges nothing when one is gone', async (start) => {
  await using server = await start();
  await rentAsOther(server, numberAt(1));
  const phoneNumbers = [0, 1, 2].map(numberAt);
  const order = await create(server, { phoneNumbers, allOrNothing: true });
  assert.deepEqual([order.state, order.rentedQuantity, order.failedQuantity], ['FAILED', 0, 1]);
  assert.deepEqual(
    outcomes(order).map(([, state]) => state),
    ['CANCELLED', 'FAILED', 'CANCELLED'],
  );
  assert.deepEqual(await listActive(server), []);
  assert.equal(await countCharges(server, 'project-one'), 0);

  const whole = await create(server, { phoneNumbers: [0, 2].map(numberAt), allOrNothing: true });
  assert.equal(whole.state, 'COMPLETED');
  assert.deepEqual(await listActive(server), [numberAt(0), numberAt(2)]);
});

testOnEachEngine('a refusal of one number is no refusal of the others', async (start) => {
  await using server = await start();
  const phoneNumbers = [NUMBER, '+448081570000', '+46701740605'];
  const smsConfiguration = { servicePlanId: 'plan' };
  const order = await create(server, { phoneNumbers, smsConfiguration });
  const byNumber = Object.fromEntries(outcomes(order).map(([number, ...rest]) => [number, rest]));
  assert.deepEqual(byNumber[NUMBER], ['RENTED', undefined]);
  assert.deepEqual(byNumber['+46701740605'], ['RENTED', undefined]);
  // Toll-free numbers of this stock have no SMS.
  assert.deepEqual(byNumber['+448081570000'], ['FAILED', 'INVALID_ARGUMENT']);
  const available = await server.call('GET', '/availableNumbers/+448081570000');
  assert.equal(available.status, 200, 'it was not taken');
});

testOnEachEngine('so many as match are rented, and a shortage is said', async (start) => {
  await using server = await start();
  const order = await create(server, { quantity: 7, ...US_LOCAL });
  assert.deepEqual([order.state, order.rentedQuantity], ['COMPLETED', 7]);
  assert.equal(new Set(order.orderNumbers.map((each: Json) => each.phoneNumber)).size, 7);

  const tollFree = { regionCode: 'GB', type: 'TOLL_FREE' };
  const strict = await create(server, { quantity: 21, ...tollFree, allOrNothing: true });
  assert.deepEqual([strict.state, strict.rentedQuantity, strict.failedQuantity], ['FAILED', 0, 21]);
  assert.equal(strict.error.status, 'NOT_FOUND');
  const short = await create(server, { quantity: 21, ...tollFree });
  assert.deepEqual([short.state, short.rentedQuantity, short.failedQuantity], ['PARTIAL', 20, 1]);
  assert.match(short.error.message, /not enough available numbers/);
  const none = await create(server, { quantity: 1, ...tollFree });
  assert.deepEqual([none.state, none.orderNumbers], ['FAILED', []]);
});

testOnEachEngine('what no number can do ends the order, and takes none', async (start) => {
  await using server = await start();
  const smsConfiguration = { servicePlanId: 'plan' };
  const order = await create(server, {
    quantity: 3,
    regionCode: 'GB',
    type: 'TOLL_FREE',
    smsConfiguration,
  });
  assert.deepEqual([order.state, order.error.status], ['FAILED', 'INVALID_ARGUMENT']);
  assert.deepEqual(await listActive(server), []);
});

testOnEachEngine('a block is rented as a whole, or not at all', async (start) => {
  await using server = await start();
  for (let place = 0; place < 100; place += 6) await rentAsOther(server, numberAt(place));
  const tooLong = await create(server, { quantity: 6, sequential: true, ...US_LOCAL });
  assert.deepEqual([tooLong.state, tooLong.rentedQuantity], ['FAILED', 0]);
  const block = await create(server, { quantity: 5, sequential: true, ...US_LOCAL });
  assert.equal(block.state, 'COMPLETED');
  const numbers = block.orderNumbers.map((each: Json) => Number(each.phoneNumber.slice(1)));
  for (const [i, number] of numbers.entries()) assert.equal(number, numbers[0] + i);
});

testOnEachEngine('a large order goes on by itself, and its end is told', async (start) => {
  await using server = await start({}, [LARGE]);
  const callbackUrl = 'http://127.0.0.1:9/orders';
  const begun = await create(server, { quantity: 1200, ...US_LOCAL, callbackUrl });
  assert.deepEqual([begun.state, begun.orderNumbers, begun.endTime], ['IN_PROGRESS', [], null]);
  await server.drain();
  const order = await get(server, begun.rentOrderId);
  assert.deepEqual([order.state, order.rentedQuantity], ['COMPLETED', 1200]);
  assert.equal((await listActive(server)).length, 1200);
  const numbers = await listOrderNumbers(server, begun.rentOrderId);
  assert.deepEqual(
    numbers.map((each: Json) => each.phoneNumber),
    await listActive(server),
  );
  const bodies = (await listDeliveryRecords(server.server))
    .map(({ delivery }) => JSON.parse(delivery.body))
    .filter(({ resourceType }) => resourceType === 'RENT_ORDER');
  assert.equal(bodies.length, 1);
  assert.partialDeepStrictEqual(bodies[0], {
    resourceId: begun.rentOrderId,
    eventType: 'RENT_ORDER_PROCESSING',
    status: 'COMPLETED',
  });
});

testOnEachEngine('a large list, all or nothing, is one act', async (start) => {
  await using server = await start({}, [LARGE]);
  const phoneNumbers = Array.from({ length: 300 }, (_, i) => `+${12025550100 + i}`);
  await rentAsOther(server, phoneNumbers[299]!);
  const begun = await create(server, { phoneNumbers, allOrNothing: true });
  await server.drain();
  const order = await get(server, begun.rentOrderId);
  assert.deepEqual([order.state, order.failedQuantity], ['FAILED', 1]);
  assert.deepEqual(await listActive(server), []);
  const states = Map.groupBy(
    await listOrderNumbers(server, begun.rentOrderId),
    ({ state }: Json) => state,
  );
  assert.deepEqual([states.get('CANCELLED')?.length, states.get('FAILED')?.length], [299, 1]);

  const again = await create(server, {
    phoneNumbers: phoneNumbers.slice(0, 299),
    allOrNothing: true,
  });
  await server.drain();
  assert.equal((await get(server, again.rentOrderId)).state, 'COMPLETED');
});

testOnEachEngine('an order is cancelled before the worker comes, and not after', async (start) => {
  await using server = await start({}, [LARGE]);
  const begun = await create(server, { quantity: 500, ...US_LOCAL });
  const cancelled = await cancel(server, begun.rentOrderId);
  assert.deepEqual([cancelled.status, cancelled.json.state], [200, 'CANCELLED']);
  await server.drain();
  assert.deepEqual((await cancel(server, begun.rentOrderId)).json, cancelled.json);
  assert.deepEqual(await listActive(server), []);

  const done = await create(server, { quantity: 1, ...US_LOCAL });
  const refused = await cancel(server, done.rentOrderId);
  assert.equal(refused.status, 400);
  assert.equal(refused.json.error.details[0].violations[0].type, 'ORDER_ENDED');
});

testOnEachEngine(
  'two projects order the same last numbers, and each is rented once',
  async (start) => {
    await using server = await start({}, [{ name: 'few', first: NUMBER, size: 60 }]);
    const ask = { quantity: 40, ...US_LOCAL };
    const orders = await Promise.all(
      [undefined, OTHER_PROJECT, undefined, OTHER_PROJECT].map((project) =>
        server.call('POST', '/rentOrders', { body: ask, ...(project && { project }) }),
      ),
    );
    await server.drain();
    let rented = 0;
    for (const [i, { json }] of orders.entries()) {
      const project = i % 2 === 0 ? {} : { project: OTHER_PROJECT };
      const order = (await server.call('GET', `/rentOrders/${json.rentOrderId}`, project)).json;
      assert.notEqual(order.state, 'IN_PROGRESS');
      assert.equal(order.rentedQuantity + order.failedQuantity, 40);
      rented += order.rentedQuantity;
    }
    assert.equal(rented, 60);
  },
);

testOnEachEngine('orders are listed in pages, the newest first', async (start) => {
  await using server = await start();
  const ids: string[] = [];
  for (let i = 0; i < 5; i++)
    ids.unshift((await create(server, { phoneNumbers: [numberAt(i)] })).rentOrderId);
  const seen: string[] = [];
  let token = '';
  do {
    const query = `?pageSize=2${token && `&pageToken=${token}`}`;
    const { json } = await server.call('GET', `/rentOrders${query}`);
    assert.equal(json.totalSize, 5);
    seen.push(...json.rentOrders.map((order: Json) => order.rentOrderId));
    token = json.nextPageToken;
  } while (token !== '');
  assert.deepEqual(seen, ids);
});

testOnEachEngine('what is wrong with an order is named', async (start) => {
  await using server = await start();
  for (const [body, fields] of [
    [{}, ['phoneNumbers']],
    [{ quantity: 10_001, ...US_LOCAL }, ['quantity']],
    [{ phoneNumbers: [] }, ['phoneNumbers']],
    [{ phoneNumbers: [NUMBER, NUMBER] }, ['phoneNumbers']],
    [{ phoneNumbers: [NUMBER], quantity: 1, areaCode: '202' }, ['quantity', 'areaCode']],
    [{ quantity: 1, regionCode: 'US' }, ['type']],
    [{ quantity: 101, sequential: true, ...US_LOCAL }, ['quantity']],
    [{ quantity: 1, ...US_LOCAL, callbackUrl: 'here' }, ['callbackUrl']],
  ] as const) {
    const answer = await server.call('POST', '/rentOrders', { body });
    assert.equal(answer.status, 400, answer.text);
    const violations = answer.json.error.details[0].fieldViolations;
    assert.deepEqual(
      violations.map(({ field }: Json) => field),
      fields,
      answer.text,
    );
  }
  const empty = await server.call('POST', '/rentOrders', { body: { phoneNumbers: [] } });
  assert.equal(empty.json.error.message, 'phoneNumbers: must not be empty.');
  const most = Array.from({ length: 10_000 }, (_, i) => `+${460000000000000 + i}`);
  const answer = await server.call('POST', '/rentOrders', { body: { phoneNumbers: most } });
  assert.equal(answer.status, 200, answer.text);
});

async function create(server: TestServer, body: object): Promise<Json> {
  const answer = await server.call('POST', '/rentOrders', { body });
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}

async function get(server: TestServer, id: string): Promise<Json> {
  const answer = await server.call('GET', `/rentOrders/${id}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}

function cancel(server: TestServer, id: string) {
  return server.call('POST', `/rentOrders/${id}:cancel`);
}

async function listOrderNumbers(server: TestServer, id: string): Promise<Json[]> {
  const numbers: Json[] = [];
  let token = '';
  do {
    const query = `?pageSize=1000${token && `&pageToken=${token}`}`;
    const { json } = await server.call('GET', `/rentOrders/${id}/orderNumbers${query}`);
    numbers.push(...json.orderNumbers);
    token = json.nextPageToken;
  } while (token !== '');
  return numbers;
}

function outcomes(order: Json): [string, string, string | undefined][] {
  return order.orderNumbers.map(({ phoneNumber, state, error }: Json) => [
    phoneNumber,
    state,
    error?.status,
  ]);
}

function listActive({ server }: TestServer): Promise<string[]> {
  return server.context.store.read((db) =>
    db.column<string>(
      "SELECT e164 FROM rental WHERE project_id = 'project-one' AND ended_at IS NULL ORDER BY e164",
    ),
  );
}

async function countCharges({ server }: TestServer, projectId: string): Promise<number> {
  const [count] = await server.context.store.read((db) =>
    db.column<number>('SELECT count(*) FROM charge WHERE project_id = ?', projectId),
  );
  return Number(count);
}

async function rentAsOther(server: TestServer, number: string): Promise<void> {
  const path = `/availableNumbers/${number}:rent`;
  const answer = await server.call('POST', path, { project: OTHER_PROJECT, body: {} });
  assert.equal(answer.status, 200, answer.text);
}
