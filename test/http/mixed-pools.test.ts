import assert from 'node:assert/strict';

import { testOnEachEngine } from '../support/engines.ts';
import { createOrder, DE_LOCAL } from '../support/number-orders.ts';
import { credit } from '../support/prepaid.ts';
import { limit, quoteOrder } from '../support/quotes.ts';
import type { Json } from '../support/rentals.ts';
import type { TestPool, TestServer } from '../support/test-server.ts';

/** As many numbers of each kind: a search that does not look at the kind begins with a wrong one half of the time. */
const SIZE = 40;
const SE_LOCAL = { regionCode: 'SE', type: 'LOCAL' } as const;
const SMS = { smsConfiguration: { servicePlanId: 'plan' } };
const VOICE = { voiceConfiguration: { appId: 'app' } };
const CAMPAIGN = { smsConfiguration: { servicePlanId: 'plan', campaignId: 'campaign' } };

/** Pools of one region and type, in the order of their numbers. */
function pools(...differences: Partial<TestPool>[]): TestPool[] {
  return differences.map((difference, i) => ({
    name: `pool-${i}`,
    ...SE_LOCAL,
    currencyCode: 'USD',
    setupPriceMinor: 0,
    monthlyPriceMinor: 100,
    first: `+4681234${i}000`,
    size: SIZE,
    ...difference,
  }));
}

const MIXED_CAPABILITIES = pools(
  { capabilities: ['SMS'] },
  { capabilities: ['VOICE'] },
  { capabilities: ['SMS', 'VOICE'] },
);
const TWO_CURRENCIES = pools({ currencyCode: 'USD' }, { currencyCode: 'EUR' });

testOnEachEngine('what is connected has the capability, whatever else there is', async (start) => {
  await using server = await start({}, MIXED_CAPABILITIES);
  const both = { ...SMS, ...VOICE };
  // All there are of each kind, by the three ways to say that they are to be all or as many as there are.
  for (const [body, quantity] of [
    [{ ...both, allOrNothing: true }, 30],
    [{ ...both, sequential: true }, 5],
    [both, 5],
    [SMS, SIZE],
    [VOICE, SIZE],
  ] as const) {
    const asked = { ...SE_LOCAL, quantity, ...body };
    const quote = await quoteOrder(server, asked);
    assert.deepEqual([quote.state, quote.rentableQuantity], ['COMPLETED', quantity], quote);
    const order = await orderNumbers(server, asked);
    assert.deepEqual([order.state, order.error], ['COMPLETED', null], JSON.stringify(order));
  }
  const none = await orderNumbers(server, { ...SE_LOCAL, quantity: 1, ...SMS });
  assert.deepEqual([none.state, none.error.status], ['FAILED', 'NOT_FOUND']);
});

testOnEachEngine('rentAny connects any number that can be connected', async (start) => {
  await using server = await start({}, MIXED_CAPABILITIES);
  for (let i = 0; i < 2 * SIZE; i++) {
    const { status, text } = await rentAny(server, { ...SE_LOCAL, ...SMS });
    assert.equal(status, 200, text);
  }
  assert.equal((await rentAny(server, { ...SE_LOCAL, ...SMS })).status, 404);
  assert.equal((await rentAny(server, { ...SE_LOCAL, ...VOICE })).status, 200);
});

testOnEachEngine('a configuration that no number has a use for is told', async (start) => {
  await using server = await start({}, MIXED_CAPABILITIES);
  for (const [more, field] of [
    [{ capabilities: ['VOICE'], capabilityMatch: 'EXACT', ...SMS }, 'smsConfiguration'],
    [CAMPAIGN, 'smsConfiguration.campaignId'],
  ] as const) {
    const any = await rentAny(server, { ...SE_LOCAL, ...more });
    assert.equal(any.status, 400, any.text);
    assert.equal(any.json.error.details[0].fieldViolations[0].field, field);
    const { state, error } = await orderNumbers(server, { ...SE_LOCAL, quantity: 3, ...more });
    assert.deepEqual([state, error.code], ['FAILED', 400]);
    assert.equal(error.details[0].fieldViolations[0].field, field);
  }
});

testOnEachEngine('number orders by quantity set aside what can be connected', async (start) => {
  await using server = await start({}, MIXED_CAPABILITIES);
  const ask = { ...DE_LOCAL, regionCode: 'SE', numberOrderOption: undefined, ...SMS };
  for (const sequential of [false, true]) {
    const quantityOrderOption = { requestedQuantity: 30, sequential };
    const order = await createOrder(server, { ...ask, quantityOrderOption });
    for (const { capabilities } of order.orderNumbers) assert.ok(capabilities.includes('SMS'));
  }
  const quantityOrderOption = { requestedQuantity: 5, capabilities: ['VOICE'] };
  const path = '/numberOrders:createNumberOrder';
  const body = { ...ask, quantityOrderOption, ...CAMPAIGN };
  const refused = await server.call('POST', path, { body });
  assert.equal(refused.status, 400, refused.text);
});

testOnEachEngine('what one currency does not cover is had in the other', async (start) => {
  for (const restrict of [restrictByBalance, restrictByLimit]) {
    await using server = await start({}, TWO_CURRENCIES);
    await restrict(server);
    // Three can be had in one of them, and any number in the other or none.
    for (let i = 0; i < 4; i++) {
      const { status, text } = await rentAny(server, SE_LOCAL);
      assert.equal(status, 200, text);
    }
  }
});

testOnEachEngine('an order goes on with the pools that are left', async (start) => {
  await using server = await start({}, TWO_CURRENCIES);
  await restrictByLimit(server);
  const strict = { ...SE_LOCAL, quantity: 30, allOrNothing: true };
  assert.equal((await quoteOrder(server, strict)).state, 'COMPLETED');
  const whole = await orderNumbers(server, strict);
  assert.equal(whole.state, 'COMPLETED', JSON.stringify(whole));

  const asked = { ...SE_LOCAL, quantity: 20 };
  const quote = await quoteOrder(server, asked);
  const partial = await orderNumbers(server, asked);
  // Ten of one currency and three of the other, less what the first order took of these.
  assert.equal(partial.rentedQuantity, 13, JSON.stringify(partial));
  assert.equal(quote.rentableQuantity, partial.rentedQuantity);
  assert.deepEqual([quote.state, quote.error], [partial.state, partial.error]);
});

testOnEachEngine('a balance that covers nothing more ends an order at once', async (start) => {
  await using server = await start({}, TWO_CURRENCIES);
  await credit(server, '3.00');
  const asked = { ...SE_LOCAL, quantity: 5 };
  const quote = await quoteOrder(server, asked);
  const { json } = await server.call('POST', '/rentOrders', { body: asked });
  assert.deepEqual([json.state, json.rentedQuantity], ['PARTIAL', 3]);
  assert.equal(json.error.details[0].violations[0].type, 'INSUFFICIENT_BALANCE');
  assert.deepEqual([quote.state, quote.rentableQuantity], ['PARTIAL', 3]);
});

/** Four numbers, all of them in dollars. */
async function restrictByBalance(server: TestServer): Promise<void> {
  await credit(server, '4.00');
}

/** Three numbers in dollars, and as many as there are in euros. */
async function restrictByLimit(server: TestServer): Promise<void> {
  await limit(server, { monthlySpend: '3.00', currencyCode: 'USD' });
}

/** An order as it is when it is over. */
async function orderNumbers(server: TestServer, body: object): Promise<Json> {
  const answer = await server.call('POST', '/rentOrders', { body });
  assert.equal(answer.status, 200, answer.text);
  await server.drain();
  return (await server.call('GET', `/rentOrders/${answer.json.rentOrderId}`)).json;
}

function rentAny(server: TestServer, body: object) {
  return server.call('POST', '/availableNumbers:rentAny', { body });
}
