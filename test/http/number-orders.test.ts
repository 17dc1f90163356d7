import assert from 'node:assert/strict';

import { endHold } from '../../src/app/end-hold.ts';
import type { E164 } from '../../src/domain/phone-number.ts';
import { listHoldsOfOrder } from '../../src/store/hold.ts';
import { testOnEachEngine } from '../support/engines.ts';
import {
  createOrder,
  DE_LOCAL,
  fillOrder,
  GERMAN_NUMBER,
  GERMAN_STOCK,
  getState,
  submit,
  submitForPerson,
  toRequestDetails,
  upload,
} from '../support/number-orders.ts';
import { type Json, listDeliveryRecords } from '../support/rentals.ts';
import { OTHER_PROJECT, PROJECT, type TestServer } from '../support/test-server.ts';

const HOUR_MS = 3_600_000;
const CALLBACK = { callbackUrl: 'http://127.0.0.1:9/orders' };

testOnEachEngine('what an order requires is looked up by region and type', async (start) => {
  await using server = await start();
  const found = await lookup(server, DE_LOCAL);
  assert.equal(found.status, 200, found.text);
  assert.equal(found.json.fields.rules.length, 2);
  assert.equal(found.json.fields.rules[1].template.postalCode.pattern, String.raw`\d{5}`);
  assert.deepEqual(
    found.json.attachments.map(({ id }: Json) => id),
    ['proof-of-identity', 'proof-of-address'],
  );
  const none = await lookup(server, { regionCode: 'US', numberType: 'LOCAL' });
  assert.equal(none.status, 404);
  assert.equal(none.json.error.message, 'Number requirements not found');
});

testOnEachEngine('an order goes from its documents to a rented number', async (start) => {
  await using server = await start({}, GERMAN_STOCK);
  const voiceConfiguration = { appId: 'app' };
  const order = await createOrder(server, { voiceConfiguration, ...CALLBACK });
  assert.partialDeepStrictEqual(order, {
    projectId: PROJECT.id,
    state: 'CREATED',
    regionCode: 'DE',
    numberType: 'LOCAL',
    orderNumbers: [
      {
        phoneNumber: GERMAN_NUMBER,
        numberPrice: { setupPrice: { currencyCode: 'EUR', amount: '1.00' } },
        capabilities: ['VOICE'],
      },
    ],
    createTime: '2026-01-31T10:20:30.123456Z',
    expireTime: '2026-02-02T10:20:30.123456Z',
  });
  const id = order.idNumberOrder;
  await assertReserved(server);
  await fillOrder(server, id);
  const { json: registration } = await server.call('GET', `/numberOrders/${id}/registration`);
  assert.deepEqual(registration.requestDetails, toRequestDetails());
  assert.partialDeepStrictEqual(registration.attachments[0], {
    attachmentId: 'proof-of-address',
    fileName: 'bill.pdf',
    mimeType: 'application/pdf',
    uploadStatus: 'COMPLETED',
    documentType: 'UTILITY_BILL',
  });
  const submitted = await submit(server, id);
  assert.deepEqual(
    [submitted.status, submitted.json.state, submitted.json.expireTime],
    [200, 'IN_REVIEW', null],
  );
  await server.drain();
  assert.equal(await getState(server, id), 'COMPLETED');
  const { json: number } = await server.call('GET', `/activeNumbers/${GERMAN_NUMBER}`);
  assert.equal(number.voiceConfiguration.appId, 'app');
  assert.equal(number.callbackUrl, CALLBACK.callbackUrl);
  assert.deepEqual(await listOrderCallbacks(server, id), ['IN_REVIEW', 'COMPLETED']);
});

testOnEachEngine('so many as match are ordered, in a block, and all are rented', async (start) => {
  await using server = await start({}, GERMAN_STOCK);
  const { idNumberOrder: id, orderNumbers } = await createOrder(server, {
    numberOrderOption: undefined,
    quantityOrderOption: {
      requestedQuantity: 10,
      sequential: true,
      numberPattern: { pattern: '+4930', searchPattern: 'START' },
      capabilities: ['VOICE'],
    },
  });
  const numbers: string[] = orderNumbers.map(({ phoneNumber }: Json) => phoneNumber);
  for (const [i, number] of numbers.entries()) {
    assert.equal(number, `+${BigInt(numbers[0]!.slice(1)) + BigInt(i)}`);
  }
  await fillOrder(server, id);
  await submit(server, id);
  await server.drain();
  assert.equal(await getState(server, id), 'COMPLETED');
  const { json } = await server.call('GET', '/activeNumbers?pageSize=100');
  assert.deepEqual(
    json.activeNumbers.map(({ phoneNumber }: Json) => phoneNumber),
    numbers,
  );
  const more = await create(server, {
    ...DE_LOCAL,
    quantityOrderOption: { requestedQuantity: 11 },
  });
  assert.equal(more.status, 404, more.text);
  assert.match(more.json.error.message, /Only 10 available numbers/);
});

testOnEachEngine('an order that is not submitted expires and frees its numbers', async (start) => {
  await using server = await start({}, GERMAN_STOCK);
  const { idNumberOrder: id } = await createOrder(server, CALLBACK);
  await server.advance(48 * HOUR_MS - 1);
  await assertReserved(server);
  assert.equal(await getState(server, id), 'CREATED');
  await server.advance(1);
  assert.equal(await getState(server, id), 'EXPIRED');
  assert.deepEqual(await listOrderCallbacks(server, id), ['EXPIRED']);
  assert.equal((await server.call('GET', `/availableNumbers/${GERMAN_NUMBER}`)).status, 200);
  assert.equal((await submit(server, id)).json.error.details[0].violations[0].type, 'ORDER_STATE');
});

testOnEachEngine(
  'what has been submitted does not expire, however long it takes',
  async (start) => {
    await using server = await start({}, GERMAN_STOCK);
    const { idNumberOrder: id } = await createOrder(server);
    await fillOrder(server, id, 'IN_REVIEW');
    await submit(server, id);
    await server.advance(1000 * HOUR_MS);
    assert.equal(await getState(server, id), 'IN_REVIEW');
    await assertReserved(server);
  },
);

testOnEachEngine('the sandbox rejects and blocks what says so', async (start) => {
  await using server = await start({}, GERMAN_STOCK);
  const rejected = await createOrder(server, CALLBACK);
  await fillOrder(server, rejected.idNumberOrder, 'REJECTED');
  await submit(server, rejected.idNumberOrder);
  await server.drain();
  assert.equal(await getState(server, rejected.idNumberOrder), 'REJECTED');
  assert.deepEqual(await listOrderCallbacks(server, rejected.idNumberOrder), [
    'IN_REVIEW',
    'REJECTED',
  ]);

  const { idNumberOrder: id } = await createOrder(server, CALLBACK);
  await fillOrder(server, id, 'BLOCKED');
  await submit(server, id);
  await server.drain();
  const { json: blocked } = await server.call('GET', `/numberOrders/${id}`);
  assert.deepEqual([blocked.state, blocked.expireTime], ['BLOCKED', '2026-02-02T10:20:30.123456Z']);
  const { json } = await server.call('GET', `/numberOrders/${id}/registration`);
  assert.deepEqual(
    json.logs.map(({ message }: Json) => message),
    ['The registration says BLOCKED.'],
  );
  await assertReserved(server);
  await fillOrder(server, id);
  await submit(server, id);
  await server.drain();
  assert.equal(await getState(server, id), 'COMPLETED');
  assert.deepEqual(await listOrderCallbacks(server, id), [
    'IN_REVIEW',
    'BLOCKED',
    'IN_REVIEW',
    'COMPLETED',
  ]);
});

testOnEachEngine('a blocked order that nobody mends expires', async (start) => {
  await using server = await start({}, GERMAN_STOCK);
  const { idNumberOrder: id } = await createOrder(server);
  await fillOrder(server, id, 'BLOCKED');
  await submit(server, id);
  await server.drain();
  await server.advance(48 * HOUR_MS);
  assert.equal(await getState(server, id), 'EXPIRED');
  assert.equal((await server.call('GET', `/availableNumbers/${GERMAN_NUMBER}`)).status, 200);
});

testOnEachEngine('everything that is missing is named, and each wrong field', async (start) => {
  await using server = await start({}, GERMAN_STOCK);
  const { idNumberOrder: id } = await createOrder(server);
  const early = await submit(server, id);
  assert.equal(early.status, 400);
  assert.deepEqual(
    early.json.error.details[0].violations.map(({ subject }: Json) => subject),
    ['requestDetails.data', 'proof-of-identity', 'proof-of-address'],
  );
  const register = async (data: unknown) => {
    const body = { requestDetails: { data } };
    const answer = await server.call('PUT', `/numberOrders/${id}/registration`, { body });
    assert.equal(answer.status, 400, answer.text);
    return answer.json.error.details[0].fieldViolations.map(({ field }: Json) => field);
  };
  const [first, second] = toRequestDetails().data;
  assert.deepEqual(await register('x'), ['requestDetails.data']);
  assert.deepEqual(await register([first]), ['requestDetails.data']);
  assert.deepEqual(await register([first, null]), ['requestDetails.data[1]']);
  assert.deepEqual(
    await register([
      { ...first, endUserType: 'ALIEN', name: 7, colour: 'red' },
      { ...second, postalCode: '101', city: 'x'.repeat(201), street: ' \t ', countryCode: '\0' },
    ]),
    [
      'requestDetails.data[0].endUserType',
      'requestDetails.data[0].name',
      'requestDetails.data[0].colour',
      'requestDetails.data[1].street',
      'requestDetails.data[1].city',
      'requestDetails.data[1].postalCode',
      'requestDetails.data[1].countryCode',
    ],
  );
  const { json } = await server.call('GET', `/numberOrders/${id}/registration`);
  assert.deepEqual(json, { requestDetails: { data: [] }, attachments: [], logs: [] });
});

testOnEachEngine('what is wrong with an order is named', async (start) => {
  await using server = await start({}, GERMAN_STOCK);
  const named = { numberOrderOption: { phoneNumbers: [GERMAN_NUMBER] } };
  for (const [body, field] of [
    [{ ...DE_LOCAL }, 'numberOrderOption'],
    [{ ...DE_LOCAL, ...named, quantityOrderOption: { requestedQuantity: 1 } }, 'numberOrderOption'],
    [
      { ...DE_LOCAL, numberOrderOption: { phoneNumbers: ['030'] } },
      'numberOrderOption.phoneNumbers',
    ],
    [
      { ...DE_LOCAL, quantityOrderOption: { requestedQuantity: 101 } },
      'quantityOrderOption.requestedQuantity',
    ],
    [
      {
        ...DE_LOCAL,
        quantityOrderOption: { requestedQuantity: 1, numberPattern: { pattern: '#' } },
      },
      'quantityOrderOption.numberPattern.pattern',
    ],
    [{ ...DE_LOCAL, ...named, numberType: 'MOBILE' }, 'numberOrderOption.phoneNumbers'],
    [{ ...DE_LOCAL, ...named, smsConfiguration: { servicePlanId: 'p' } }, 'smsConfiguration'],
    [{ ...DE_LOCAL, ...named, callbackUrl: 'here' }, 'callbackUrl'],
  ] as const) {
    const answer = await create(server, body);
    assert.equal(answer.status, 400, answer.text);
    const [violation] = answer.json.error.details[0].fieldViolations;
    assert.equal(violation.field, field, answer.text);
  }
  assert.equal((await server.call('GET', `/availableNumbers/${GERMAN_NUMBER}`)).status, 200);
});

testOnEachEngine(
  "a project's own hold goes over to its order, another's does not",
  async (start) => {
    await using server = await start({}, GERMAN_STOCK);
    const hold = { body: { phoneNumbers: [GERMAN_NUMBER] } };
    await server.call('POST', '/numberHolds', { ...hold, project: OTHER_PROJECT });
    const named = { ...DE_LOCAL, numberOrderOption: { phoneNumbers: [GERMAN_NUMBER] } };
    assert.equal((await create(server, named)).status, 404);
    await server.call('POST', `/numberHolds/${GERMAN_NUMBER}:release`, { project: OTHER_PROJECT });
    assert.equal((await server.call('POST', '/numberHolds', hold)).status, 200);
    await createOrder(server);
    assert.deepEqual((await server.call('GET', '/numberHolds')).json.numberHolds, []);
  },
);

testOnEachEngine('orders of a project have no more numbers than they may', async (start) => {
  const limit = { NUMBERYARD_PROJECT_ORDER_NUMBERS_MAX: '12' };
  await using server = await start(limit, GERMAN_STOCK);
  const ask = { ...DE_LOCAL, quantityOrderOption: { requestedQuantity: 6 } };
  const answers = await Promise.all([1, 2, 3].map(() => create(server, ask)));
  assert.equal(answers.filter(({ status }) => status === 200).length, 2);
  const refused = answers.find(({ status }) => status === 400)!;
  assert.partialDeepStrictEqual(refused.json.error.details[0].violations[0], {
    type: 'ORDERS_LIMIT',
    limit: '12',
    used: '12',
    // The first order ends, unless it is submitted.
    resetTime: '2026-02-02T10:20:30.123456Z',
  });
  const theirs = await server.call('POST', '/numberOrders:createNumberOrder', {
    body: ask,
    project: OTHER_PROJECT,
  });
  assert.equal(theirs.status, 200, 'the limit is of one project, and nothing was taken');
});

testOnEachEngine('what reviewers have does not end by itself', async (start) => {
  const limit = { NUMBERYARD_PROJECT_ORDER_NUMBERS_MAX: '2' };
  await using server = await start(limit, GERMAN_STOCK);
  await submitForPerson(server);
  const ask = { ...DE_LOCAL, quantityOrderOption: { requestedQuantity: 2 } };
  const refuse = async () => (await create(server, ask)).json.error.details[0].violations[0];
  assert.partialDeepStrictEqual(await refuse(), { limit: '2', used: '1', resetTime: null });
  const one = { ...DE_LOCAL, quantityOrderOption: { requestedQuantity: 1 } };
  const { expireTime } = (await create(server, one)).json;
  assert.partialDeepStrictEqual(await refuse(), { limit: '2', used: '2', resetTime: expireTime });
});

testOnEachEngine('an order that has lost a number cannot be submitted', async (start) => {
  await using server = await start({}, GERMAN_STOCK);
  const { idNumberOrder: id, orderNumbers } = await createOrder(server, {
    numberOrderOption: undefined,
    quantityOrderOption: { requestedQuantity: 3 },
  });
  await fillOrder(server, id);
  const lost = orderNumbers[1].phoneNumber as E164;
  const { context } = server.server;
  await context.store.write(async (db) => {
    const [, hold] = await listHoldsOfOrder(db, PROJECT.id, id, 3);
    assert.equal(hold?.e164, lost);
    await endHold(context, db, hold, 'HOLD_EXPIRED', 'worker', context.clock.now());
  });
  const refused = await submit(server, id);
  assert.equal(refused.status, 400, refused.text);
  assert.partialDeepStrictEqual(refused.json.error.details[0].violations[0], {
    type: 'ORDER_STATE',
    description: 'The order has expired.',
  });
  assert.equal(await getState(server, id), 'CREATED');
});

testOnEachEngine('a submission that comes again finds what became of the first', async (start) => {
  await using server = await start({}, GERMAN_STOCK);
  const { idNumberOrder: id } = await createOrder(server);
  await fillOrder(server, id);
  for (const state of ['IN_REVIEW', 'COMPLETED']) {
    for (let i = 0; i < 2; i++) {
      const { status, json } = await submit(server, id);
      assert.deepEqual([status, json.state], [200, state]);
    }
    await server.drain();
  }
});

testOnEachEngine('what cannot be rented at the end is blocked by the sandbox', async (start) => {
  await using server = await start({}, GERMAN_STOCK);
  const { idNumberOrder: id } = await createOrder(server);
  await fillOrder(server, id);
  await submit(server, id);
  await server.server.context.store.write((db) =>
    db.run('DELETE FROM hold WHERE order_id = ?', id),
  );
  await server.drain();
  assert.equal(await getState(server, id), 'BLOCKED');
  const { json } = await server.call('GET', `/numberOrders/${id}/registration`);
  assert.match(json.logs[0].message, /not held for the order/);
});

testOnEachEngine("another project's order looks like one that is not there", async (start) => {
  await using server = await start({}, GERMAN_STOCK);
  const { idNumberOrder: id } = await createOrder(server, {}, OTHER_PROJECT);
  await fillOrder(server, id, 'secret-name', OTHER_PROJECT);
  const before = await server.call('GET', `/numberOrders/${id}/registration`, {
    project: OTHER_PROJECT,
  });
  assert.match(before.text, /secret-name/);
  const unknown = '01jtcx5b7wq2m8k4s1v9d6n3za';
  for (const [method, path, body] of [
    ['GET', ''],
    ['GET', '/registration'],
    ['PUT', '/registration', { requestDetails: toRequestDetails() }],
    ['POST', '/submit'],
  ] as const) {
    const ask = (order: string) =>
      server.call(method, `/numberOrders/${order}${path}`, { ...(body && { body }) });
    const theirs = await ask(id);
    assert.equal(theirs.status, 404);
    assert.equal(theirs.text.replaceAll(id, unknown), (await ask(unknown)).text);
  }
  const theirs = await upload(server, id, 'proof-of-address');
  const nobodys = await upload(server, unknown, 'proof-of-address');
  assert.equal(theirs.status, 404);
  assert.equal(theirs.text.replaceAll(id, unknown), nobodys.text);
  const after = await server.call('GET', `/numberOrders/${id}/registration`, {
    project: OTHER_PROJECT,
  });
  assert.equal(after.text, before.text);
});

function lookup(server: TestServer, body: object) {
  return server.call('POST', '/numberOrders:lookupNumberRequirements', { body });
}

function create(server: TestServer, body: object) {
  return server.call('POST', '/numberOrders:createNumberOrder', { body });
}

/** Not even for the project itself, but through its order. */
async function assertReserved(server: TestServer): Promise<void> {
  for (const project of [PROJECT, OTHER_PROJECT]) {
    const path = `/availableNumbers/${GERMAN_NUMBER}`;
    assert.equal((await server.call('GET', path, { project })).status, 404);
    assert.equal((await server.call('POST', `${path}:rent`, { project })).status, 404);
  }
}

/** The states that were told of an order, in their order. */
async function listOrderCallbacks({ server }: TestServer, id: string): Promise<string[]> {
  return (await listDeliveryRecords(server))
    .map(({ delivery }) => JSON.parse(delivery.body))
    .filter(
      ({ resourceType, resourceId, eventType }) =>
        resourceType === 'NUMBER_ORDER' &&
        resourceId === id &&
        eventType === 'NUMBER_ORDER_PROCESSING',
    )
    .toSorted((a, b) => (a.eventId < b.eventId ? -1 : 1))
    .map(({ status }) => status);
}
