import assert from 'node:assert/strict';

import { changeLimits } from '../../src/app/change-limits.ts';
import { checkHistory } from '../../src/app/check-history.ts';
import { LimitCatalog } from '../../src/app/limit-catalog.ts';
import { testOnEachEngine } from '../support/engines.ts';
import {
  createOrder,
  fillOrder,
  GERMAN_NUMBER,
  GERMAN_STOCK,
  getState,
  submit,
  submitForPerson,
  upload,
} from '../support/number-orders.ts';
import { type Json, listDeliveryRecords } from '../support/rentals.ts';
import { basicAuth, PROJECT, type TestServer } from '../support/test-server.ts';

const OPERATOR_TOKEN = 'operator-token-0123456789';
const WITH_TOKEN = { NUMBERYARD_OPERATOR_TOKEN: OPERATOR_TOKEN };
const OPERATOR = `Bearer ${OPERATOR_TOKEN}`;
const ORDERS = '/admin/v1/numberOrders';
const NO_ORDER = '01jtcx4n2e8g5y0d1m4q9t7h3z';

testOnEachEngine('only the operator reviews', async (start) => {
  await using server = await start(WITH_TOKEN, GERMAN_STOCK);
  const id = await submitForPerson(server);
  for (const authorization of [null, 'Bearer another-token', basicAuth(PROJECT)]) {
    for (const path of ['', `/${id}`, `/${id}/attachments/proof-of-address`]) {
      const answer = await ask(server, 'GET', ORDERS + path, undefined, authorization);
      assert.equal(answer.status, 401);
      assert.ok(!answer.text.includes('PDF'));
    }
    for (const verb of ['approve', 'reject', 'block']) {
      const path = `${ORDERS}/${id}:${verb}`;
      const answer = await ask(server, 'POST', path, { reason: 'x' }, authorization);
      assert.equal(answer.status, 401);
    }
  }
  assert.equal(await getState(server, id), 'IN_REVIEW');
});

testOnEachEngine('an operator reads an order with its documents and approves it', async (start) => {
  await using server = await start(WITH_TOKEN, GERMAN_STOCK);
  const id = await submitForPerson(server);
  const { json: list } = await ask(server, 'GET', ORDERS);
  assert.deepEqual(
    list.numberOrders.map(({ idNumberOrder, projectId }: Json) => [idNumberOrder, projectId]),
    [[id, PROJECT.id]],
  );
  const { json: shown } = await ask(server, 'GET', `${ORDERS}/${id}`);
  assert.equal(shown.orderNumbers[0].phoneNumber, GERMAN_NUMBER);
  assert.equal(shown.registration.requestDetails.data[0].name, 'IN_REVIEW');
  const path = `${ORDERS}/${id}/attachments/proof-of-address`;
  const document = await ask(server, 'GET', path);
  assert.deepEqual([document.status, document.text], [200, '%PDF-1.7']);
  assert.equal(document.headers.get('content-type'), 'application/octet-stream');
  assert.match(document.headers.get('content-disposition') ?? '', /^attachment; .*bill\.pdf$/);
  assert.equal(document.headers.get('x-content-type-options'), 'nosniff');
  const none = await ask(server, 'GET', `${ORDERS}/${id}/attachments/other`);
  assert.equal(none.status, 404);

  const approved = await review(server, id, 'approve');
  assert.deepEqual([approved.status, approved.json.state], [200, 'COMPLETED']);
  assert.equal((await server.call('GET', `/activeNumbers/${GERMAN_NUMBER}`)).status, 200);
  assert.deepEqual((await ask(server, 'GET', ORDERS)).json.numberOrders, []);
  const { json: completed } = await ask(server, 'GET', `${ORDERS}?state=COMPLETED`);
  assert.equal(completed.numberOrders.length, 1);
  const { json: events } = await server.call('GET', `/numberEvents/${GERMAN_NUMBER}`);
  const rented = events.numberEvents.find(({ eventType }: Json) => eventType === 'RENTED');
  assert.equal(rented.actor, 'operator');
});

testOnEachEngine('a rejection frees the numbers and says why', async (start) => {
  await using server = await start(WITH_TOKEN, GERMAN_STOCK);
  const id = await submitForPerson(server, { callbackUrl: 'http://127.0.0.1:9/' });
  for (const reason of ['', ' ', 'x'.repeat(2001)]) {
    const refused = await review(server, id, 'reject', reason);
    assert.equal(refused.status, 400);
    assert.equal(refused.json.error.details[0].fieldViolations[0].field, 'reason');
  }
  assert.equal((await review(server, id, 'reject', 'No such company.')).json.state, 'REJECTED');
  const { json } = await server.call('GET', `/numberOrders/${id}/registration`);
  assert.deepEqual(
    json.logs.map(({ message }: Json) => message),
    ['No such company.'],
  );
  assert.equal((await server.call('GET', `/availableNumbers/${GERMAN_NUMBER}`)).status, 200);
  for (const verb of ['approve', 'reject', 'block']) {
    const late = await review(server, id, verb, 'x');
    assert.equal(late.json.error.details[0].violations[0].type, 'ORDER_STATE');
  }
  assert.equal((await submit(server, id)).status, 400);
  assert.deepEqual(await listStatuses(server), ['IN_REVIEW', 'REJECTED']);
});

testOnEachEngine('a blocked order is mended and submitted again', async (start) => {
  await using server = await start(WITH_TOKEN, GERMAN_STOCK);
  const id = await submitForPerson(server);
  await server.advance(3_600_000);
  await review(server, id, 'block', 'The bill is too old.');
  assert.equal(await getState(server, id), 'BLOCKED');
  await server.advance(3_600_000);
  assert.equal((await upload(server, id, 'proof-of-address', { content: 'new' })).status, 200);
  assert.equal((await submit(server, id)).json.state, 'IN_REVIEW');
  const again = await submit(server, id);
  assert.deepEqual([again.status, again.json.state], [200, 'IN_REVIEW']);
  await review(server, id, 'block', 'The name is missing.');
  await submit(server, id);
  assert.equal((await review(server, id, 'approve', 'Thank you.')).json.state, 'COMPLETED');
  const { json } = await server.call('GET', `/numberOrders/${id}/registration`);
  assert.deepEqual(
    json.logs.map(({ message }: Json) => message),
    ['The bill is too old.', 'The name is missing.', 'Thank you.'],
  );
  const differences: unknown[] = [];
  await checkHistory(server.server.context, (difference) => differences.push(difference));
  assert.deepEqual(differences, []);
});

testOnEachEngine('of reviewers at once one decides', async (start) => {
  await using server = await start(WITH_TOKEN, GERMAN_STOCK);
  const quantity = { numberOrderOption: undefined, quantityOrderOption: { requestedQuantity: 5 } };
  const id = await submitForPerson(server, quantity);
  const answers = await Promise.all(
    ['approve', 'reject', 'block', 'approve'].map((verb) => review(server, id, verb, 'x')),
  );
  const done = answers.filter(({ status }) => status === 200);
  assert.equal(done.length, 1);
  for (const { status, json } of answers) {
    if (status === 200) continue;
    assert.equal(status, 400);
    assert.equal(json.error.details[0].violations[0].type, 'ORDER_STATE');
  }
  const state = await getState(server, id);
  assert.equal(state, done[0]!.json.state);
  const { json } = await server.call('GET', '/activeNumbers');
  assert.equal(json.totalSize, state === 'COMPLETED' ? 5 : 0);
});

testOnEachEngine(
  'what cannot be rented is said to the operator, and changes nothing',
  async (start) => {
    await using server = await start(WITH_TOKEN, GERMAN_STOCK);
    const id = await submitForPerson(server, {
      numberOrderOption: undefined,
      quantityOrderOption: { requestedQuantity: 3 },
    });
    await setNumbersLimit(server, 2);
    const refused = await review(server, id, 'approve');
    assert.equal(refused.status, 400);
    assert.equal(refused.json.error.details[0].violations[0].type, 'NUMBERS_LIMIT');
    assert.equal(await getState(server, id), 'IN_REVIEW');
    assert.equal((await server.call('GET', '/activeNumbers')).json.totalSize, 0);
    const charges = await server.server.context.store.read((db) =>
      db.column<string>('SELECT id FROM charge'),
    );
    assert.deepEqual(charges, []);
    await setNumbersLimit(server, 3);
    assert.equal((await review(server, id, 'approve')).json.state, 'COMPLETED');
  },
);

testOnEachEngine(
  'an order that was not submitted, or that there is not, is not reviewed',
  async (start) => {
    await using server = await start(WITH_TOKEN, GERMAN_STOCK);
    const { idNumberOrder: id } = await createOrder(server);
    await fillOrder(server, id);
    const early = await review(server, id, 'approve');
    assert.equal(early.json.error.details[0].violations[0].type, 'ORDER_STATE');
    assert.equal((await review(server, NO_ORDER, 'approve')).status, 404);
    assert.equal((await ask(server, 'GET', `${ORDERS}/${NO_ORDER}`)).status, 404);
  },
);

function review(server: TestServer, id: string, verb: string, reason?: string) {
  return ask(server, 'POST', `${ORDERS}/${id}:${verb}`, reason === undefined ? {} : { reason });
}

async function ask(
  server: TestServer,
  method: string,
  path: string,
  body?: object,
  authorization: string | null = OPERATOR,
) {
  const response = await fetch(server.url + path, {
    method,
    headers: authorization === null ? {} : { authorization },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json');
  const json: Json = isJson ? JSON.parse(text) : undefined;
  return { status: response.status, headers: response.headers, text, json };
}

async function setNumbersLimit({ server }: TestServer, value: number): Promise<void> {
  await changeLimits(server.context, PROJECT.id, { numbers: String(value) });
  server.context.limits = new LimitCatalog(server.context.store);
}

async function listStatuses({ server }: TestServer): Promise<string[]> {
  return (await listDeliveryRecords(server))
    .map(({ delivery }) => JSON.parse(delivery.body))
    .toSorted((a, b) => (a.eventId < b.eventId ? -1 : 1))
    .map(({ status }) => status);
}
