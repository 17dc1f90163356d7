import assert from 'node:assert/strict';

import { recallNumber } from '../../src/app/recall-number.ts';
import type { E164 } from '../../src/domain/phone-number.ts';
import { testOnEachEngine } from '../support/engines.ts';
import {
  createOrder,
  fillOrder,
  GERMAN_NUMBER,
  GERMAN_STOCK,
  getState,
  submit,
} from '../support/number-orders.ts';
import { quoteOrder, quoteRent } from '../support/quotes.ts';
import { advanceTo, type Json, NUMBER, release } from '../support/rentals.ts';
import type { TestPool, TestServer } from '../support/test-server.ts';

const REQUIRED = { NUMBERYARD_REQUIRE_NUMBER_ORDERS: 'on' };
const DE_LOCAL = { regionCode: 'DE', type: 'LOCAL' };
/** As many numbers that can be rented without more ado. */
const FREE: TestPool = {
  name: 'de-free',
  ...DE_LOCAL,
  type: 'LOCAL',
  currencyCode: 'EUR',
  first: '+493023126000',
  size: 20,
};

testOnEachEngine('unless it is required, a rent asks for no order', async (start) => {
  await using server = await start({}, GERMAN_STOCK);
  assert.equal((await rent(server, GERMAN_NUMBER)).status, 200);
});

testOnEachEngine('where orders are required, nothing else rents such a number', async (start) => {
  await using server = await start(REQUIRED, GERMAN_STOCK);
  const refused = await rent(server, GERMAN_NUMBER);
  assert.equal(refused.status, 400, refused.text);
  assert.equal(typeOf(refused.json.error), `NUMBER_ORDER_REQUIRED ${GERMAN_NUMBER}`);
  assert.equal((await server.call('GET', `/availableNumbers/${GERMAN_NUMBER}`)).status, 200);
  const quote = await quoteRent(server, GERMAN_NUMBER, {});
  assert.deepEqual(quote.problems, [refused.json.error]);

  const any = await server.call('POST', '/availableNumbers:rentAny', { body: DE_LOCAL });
  assert.match(typeOf(any.json.error), /^NUMBER_ORDER_REQUIRED \+4930/);

  const asked = { phoneNumbers: [NUMBER, GERMAN_NUMBER] };
  const quoted = await quoteOrder(server, asked);
  const order = await orderNumbers(server, asked);
  assert.deepEqual([quoted.state, order.state], ['PARTIAL', 'PARTIAL']);
  const { error } = order.orderNumbers.find((each: Json) => each.phoneNumber === GERMAN_NUMBER);
  assert.deepEqual(error, refused.json.error);
  assert.deepEqual(quoted.orderNumbers[0].problems, [error]);

  // What the project holds it may not rent without an order either.
  const body = { phoneNumbers: [GERMAN_NUMBER] };
  assert.equal((await server.call('POST', '/numberHolds', { body })).status, 200);
  assert.equal(typeOf((await rent(server, GERMAN_NUMBER)).json.error), typeOf(error));
});

testOnEachEngine('an approval rents it, and an operator gives it back', async (start) => {
  await using server = await start(REQUIRED, GERMAN_STOCK);
  const { idNumberOrder: id } = await createOrder(server);
  await fillOrder(server, id);
  await submit(server, id);
  await server.drain();
  assert.equal(await getState(server, id), 'COMPLETED');

  const { expireAt } = await release(server, GERMAN_NUMBER);
  await advanceTo(server, expireAt);
  assert.equal((await server.call('GET', `/activeNumbers/${GERMAN_NUMBER}`)).status, 404);
  await recallNumber(server.server.context, GERMAN_NUMBER as E164);
  assert.equal((await server.call('GET', `/activeNumbers/${GERMAN_NUMBER}`)).status, 200);
});

testOnEachEngine('a search takes what requires no order', async (start) => {
  await using server = await start(REQUIRED, [...GERMAN_STOCK, FREE]);
  for (let i = 0; i < 10; i++) {
    const { json } = await server.call('POST', '/availableNumbers:rentAny', { body: DE_LOCAL });
    assert.match(json.phoneNumber, /^\+493023126/);
  }
  const asked = { ...DE_LOCAL, quantity: 12 };
  assert.equal((await quoteOrder(server, asked)).rentableQuantity, 10);
  const order = await orderNumbers(server, asked);
  assert.deepEqual([order.state, order.rentedQuantity], ['PARTIAL', 10]);
  const none = await orderNumbers(server, { ...asked, documentationRequired: true });
  assert.match(typeOf(none.error), /^NUMBER_ORDER_REQUIRED /);
});

function rent(server: TestServer, number: string) {
  return server.call('POST', `/availableNumbers/${number}:rent`, { body: {} });
}

/** An order as it is when it is over. */
async function orderNumbers(server: TestServer, body: object): Promise<Json> {
  const answer = await server.call('POST', '/rentOrders', { body });
  assert.equal(answer.status, 200, answer.text);
  await server.drain();
  return (await server.call('GET', `/rentOrders/${answer.json.rentOrderId}`)).json;
}

function typeOf({ details }: Json): string {
  const { type, subject } = details[0].violations[0];
  return `${type} ${subject}`;
}
