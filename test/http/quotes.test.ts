import assert from 'node:assert/strict';

import type { LimitChanges } from '../../src/app/change-limits.ts';
import type { Reader } from '../../src/store/store.ts';
import { type StartServer, testOnEachEngine } from '../support/engines.ts';
import {
  limit,
  listRentLimits,
  listSteps,
  quoteOrder,
  quoteRent,
  sumCharges,
} from '../support/quotes.ts';
import { advanceTo, type Json, NUMBER, numberAt, rent } from '../support/rentals.ts';
import {
  OTHER_PROJECT,
  PROJECT,
  STOCK,
  type TestPool,
  type TestServer,
} from '../support/test-server.ts';

/** Every kind of price: no decimals, three of them, several months at once, no setup. */
const PRICED: readonly TestPool[] = [
  ...STOCK,
  {
    name: 'yen',
    regionCode: 'JP',
    currencyCode: 'JPY',
    setupPriceMinor: 300,
    monthlyPriceMinor: 140,
    paymentIntervalMonths: 3,
    first: '+81312345600',
    size: 20,
  },
  {
    name: 'dinar',
    regionCode: 'KW',
    currencyCode: 'KWD',
    monthlyPriceMinor: 1005,
    paymentIntervalMonths: 12,
    first: '+96522201000',
    size: 20,
  },
];

const SMS = { smsConfiguration: { servicePlanId: 'plan' } };
const CAMPAIGN = { smsConfiguration: { servicePlanId: 'plan', campaignId: 'campaign' } };
const VOICE = { voiceConfiguration: { type: 'EST', trunkId: 'trunk' } };
const BODIES = [{}, SMS, VOICE, { ...CAMPAIGN, ...VOICE }];
/** Of each pool the first but one. */
const NUMBERS = PRICED.map(({ first }) => `+${Number(first.slice(1)) + 1}`);
/** Month ends, and one day before a leap one. */
const INSTANTS = [
  undefined,
  '2026-03-31T23:59:59.999999Z',
  '2026-11-30T00:00:00.000000Z',
  '2028-02-29T12:00:00.000000Z',
];

testOnEachEngine('a rent does what its quote said, or is refused as it said', async (start) => {
  for (const instant of INSTANTS) {
    await using server = await startPriced(start, instant);
    await limit(server, { numbers: '14' });
    await limit(server, { monthlySpend: '2.60', currencyCode: 'USD' });
    await limit(server, { monthlySpend: '2000', currencyCode: 'JPY' });
    let refused = 0;
    let place = 0;
    for (const body of BODIES) {
      place++;
      for (const first of NUMBERS) {
        const number = `+${Number(first.slice(1)) + place}`;
        const quote = await quoteRent(server, number, body);
        const act = await server.call('POST', `/availableNumbers/${number}:rent`, { body });
        const where = `${instant} ${number} ${JSON.stringify(body)}`;
        assert.deepEqual(quote.limits, await listRentLimits(server), where);
        if (act.status !== 200) {
          refused++;
          assert.deepEqual(quote.problems[0], act.json.error, where);
          assert.deepEqual(await sumCharges(server, (each) => each === number), [], where);
          continue;
        }
        assert.deepEqual(quote.problems, [], where);
        await assertRented(server, quote, act.json);
      }
    }
    // Both were seen.
    assert.ok(refused > 5 && refused < 20, String(refused));
  }
});

async function assertRented(server: TestServer, quote: Json, rented: Json): Promise<void> {
  assert.equal(quote.nextChargeDate, rented.nextChargeDate);
  assert.deepEqual(
    await sumCharges(server, (each) => each === quote.phoneNumber),
    [quote.totalDue],
    quote.phoneNumber,
  );
  assert.deepEqual(quote.monthlyPrice, rented.money);
  assert.deepEqual(quote.provisioningSteps, await listSteps(server, quote.phoneNumber));
}

testOnEachEngine('a rent quote tells all that is wrong at once', async (start) => {
  await using server = await start();
  await limit(server, { numbers: '1' });
  await limit(server, { monthlySpend: '0.10', currencyCode: 'GBP' });
  await rent(server, {});
  const body = { ...CAMPAIGN, voiceConfiguration: { appId: 'app' } };
  const quote = await quoteRent(server, '+448081570000', body);
  const reasons = quote.problems.map(
    ({ status, details: [{ violations, fieldViolations }] }: Json) =>
      `${status} ${violations?.[0].type ?? fieldViolations[0].field}`,
  );
  assert.deepEqual(reasons, [
    'FAILED_PRECONDITION NUMBERS_LIMIT',
    'FAILED_PRECONDITION SPEND_LIMIT',
    'INVALID_ARGUMENT smsConfiguration',
    'INVALID_ARGUMENT smsConfiguration.campaignId',
  ]);
  const documents = await quoteRent(server, '+46701740605', {});
  assert.equal(documents.supportingDocumentationRequired, true);
});

testOnEachEngine('a number is quoted to whom it would be rented', async (start) => {
  await using server = await start();
  const ask = (number: string, project = PROJECT) =>
    server.call('POST', `/availableNumbers/${number}:quote`, { project });
  const hold = await server.call('POST', '/numberHolds', { body: { phoneNumbers: [NUMBER] } });
  assert.equal((await ask(NUMBER)).status, 200);
  assert.equal((await ask(NUMBER, OTHER_PROJECT)).status, 404);
  // Over, though the worker has not been there.
  await advanceTo(server, hold.json.numberHolds[0].expireTime, 0, { drain: false });
  assert.equal((await ask(NUMBER, OTHER_PROJECT)).status, 200);
  await rent(server, {}, numberAt(1));
  const own = await ask(numberAt(1));
  const rentAgain = await server.call('POST', `/availableNumbers/${numberAt(1)}:rent`);
  assert.deepEqual([own.status, own.json], [404, rentAgain.json]);
  assert.equal(own.json.error.details[0].owner, PROJECT.id);
});

testOnEachEngine('an order comes to what its quote said', async (start) => {
  const phoneNumbers = [...NUMBERS, NUMBER, numberAt(2), '+12025559999'];
  const gb = { regionCode: 'GB', type: 'TOLL_FREE' };
  const jp = { regionCode: 'JP', type: 'LOCAL' };
  const orders = [
    { phoneNumbers },
    { phoneNumbers, ...SMS },
    { phoneNumbers, ...CAMPAIGN, ...VOICE },
    { phoneNumbers, allOrNothing: true },
    { phoneNumbers: NUMBERS.toReversed(), allOrNothing: true },
    { ...gb, quantity: 6 },
    { ...gb, quantity: 30 },
    { ...gb, quantity: 30, allOrNothing: true },
    { ...gb, quantity: 3, ...SMS },
    { ...jp, quantity: 5, sequential: true },
    { ...jp, quantity: 30, sequential: true },
  ];
  const limits: LimitChanges[] = [
    {},
    { numbers: '4' },
    { numbers: '5' },
    { monthlySpend: '1400', currencyCode: 'JPY' },
  ];
  const states = new Set<string>();
  for (const limitChange of limits) {
    for (const body of orders) {
      await using server = await startPriced(start, '2026-08-31T10:00:00.000000Z');
      await limit(server, limitChange);
      await rent(server, {}, NUMBER);
      const quote = await quoteOrder(server, body);
      const act = await server.call('POST', '/rentOrders', { body });
      const where = JSON.stringify([limitChange, body, quote, act.json]);
      assertOrdered(quote, act.json, where);
      assert.equal(quote.nextChargeDate, await findNextCharge(server), where);
      const charged = quote.totals.map((total: Json) => total.totalDue);
      assert.deepEqual(charged, await sumCharges(server, (each) => each !== NUMBER), where);
      assert.deepEqual(quote.limits, await listRentLimits(server), where);
      states.add(act.json.state);
    }
  }
  assert.deepEqual([...states].toSorted(), ['COMPLETED', 'FAILED', 'PARTIAL']);
});

function assertOrdered(quote: Json, order: Json, where: string): void {
  assert.equal(quote.state, order.state, where);
  const rented = quote.totals.reduce((sum: number, { quantity }: Json) => sum + quantity, 0);
  assert.equal(rented, order.rentedQuantity, where);
  assert.deepEqual(quote.error, order.error, where);
  const refused = quote.orderNumbers.map(({ phoneNumber, problems }: Json) => [
    phoneNumber,
    problems[0],
  ]);
  const failed = order.orderNumbers
    .filter(({ state }: Json) => state === 'FAILED')
    .map(({ phoneNumber, error }: Json) => [phoneNumber, error]);
  assert.deepEqual(refused, failed, where);
}

/** Of the numbers that were ordered. */
async function findNextCharge(server: TestServer): Promise<string | null> {
  const { activeNumbers } = (await server.call('GET', '/activeNumbers?pageSize=100')).json;
  const dates = activeNumbers
    .filter(({ phoneNumber }: Json) => phoneNumber !== NUMBER)
    .map(({ nextChargeDate }: Json) => nextChargeDate);
  return dates.toSorted()[0] ?? null;
}

testOnEachEngine('an order that the worker carries out comes to its quote too', async (start) => {
  await using server = await start({}, [{ name: 'large', first: NUMBER, size: 400 }]);
  await limit(server, { numbers: '260' });
  const phoneNumbers = Array.from({ length: 130 }, (_, i) => `+${12025550500 - i}`);
  for (const body of [{ phoneNumbers }, { regionCode: 'US', type: 'LOCAL', quantity: 150 }]) {
    const before = await sumCharges(server, () => true);
    const quote = await quoteOrder(server, body);
    const { rentOrderId } = (await server.call('POST', '/rentOrders', { body })).json;
    await server.drain();
    const order = (await server.call('GET', `/rentOrders/${rentOrderId}`)).json;
    assert.deepEqual([quote.state, quote.error], [order.state, order.error]);
    assert.equal(quote.rentableQuantity, order.rentedQuantity);
    const [after] = await sumCharges(server, () => true);
    const charged = Number(after?.amount) - Number(before[0]?.amount ?? 0);
    assert.equal(charged.toFixed(2), quote.totals[0].totalDue.amount);
    assert.deepEqual(quote.limits, await listRentLimits(server));
  }
});

testOnEachEngine('ten thousand numbers are quoted in a few statements', async (start) => {
  await using server = await start({}, [{ name: 'large', first: NUMBER, size: 9000 }]);
  const phoneNumbers = Array.from({ length: 10_000 }, (_, i) => `+${12025550100 + i}`);
  const counted = countStatements(server);
  const answer = await server.call('POST', '/rentOrders:quote', { body: { phoneNumbers } });
  const quote = answer.json;
  assert.ok(counted() < 30, String(counted()));
  assert.deepEqual([quote.state, quote.rentableQuantity], ['PARTIAL', 9000]);
  assert.deepEqual(quote.totals[0].totalDue, { currencyCode: 'USD', amount: '11250.00' });
  assert.equal(quote.orderNumbers.length, 100);

  const found = await quoteOrder(server, { regionCode: 'US', type: 'LOCAL', quantity: 10_000 });
  assert.deepEqual([found.state, found.rentableQuantity], ['PARTIAL', 9000]);
  assert.match(found.error.message, /not enough available numbers/);
});

async function startPriced(start: StartServer, instant: string | undefined): Promise<TestServer> {
  const server = await start({}, PRICED);
  if (instant !== undefined) await advanceTo(server, instant);
  return server;
}

/** @returns how many statements the server has made since. */
function countStatements({ server: { context } }: TestServer): () => number {
  const { store } = context;
  let count = 0;
  const counting = (db: Reader): Reader => ({
    dialect: db.dialect,
    all: (...args) => (count++, db.all(...args)),
    get: (...args) => (count++, db.get(...args)),
    column: (...args) => (count++, db.column(...args)),
  });
  context.store = { ...store, read: (fn) => store.read((db) => fn(counting(db))) };
  return () => count;
}
