import assert from 'node:assert/strict';

import { testOnEachEngine } from '../support/engines.ts';
import { AS_OTHER } from '../support/holds.ts';
import { accounts, assertBalanced, credit } from '../support/prepaid.ts';
import { limit, quoteOrder } from '../support/quotes.ts';
import { takeOrderTurn } from '../support/rent-orders.ts';
import type { Json } from '../support/rentals.ts';
import { PROJECT, type TestPool, type TestServer } from '../support/test-server.ts';

const SE_LOCAL = { regionCode: 'SE', type: 'LOCAL' } as const;
/** What is to come out in the same way each time: a search begins at random. */
const RUNS = 4;

function pool(i: number, size: number, currencyCode: string, monthlyPriceMinor = 100): TestPool {
  return {
    name: `pool-${i}`,
    ...SE_LOCAL,
    currencyCode,
    setupPriceMinor: 0,
    monthlyPriceMinor,
    first: `+4681234${i}000`,
    size,
  };
}

const TWO_CURRENCIES = [pool(0, 800, 'USD'), pool(1, 800, 'EUR')];

testOnEachEngine('an order is had in the currency that covers all of it', async (start) => {
  for (const paid of ['USD', 'EUR']) {
    await using server = await start({}, TWO_CURRENCIES);
    const other = paid === 'USD' ? 'EUR' : 'USD';
    await credit(server, '5.00', PROJECT, other);
    await credit(server, '604.00', PROJECT, paid);
    for (let run = 0; run < RUNS; run++) {
      await assertTotals(server, 151, { [paid]: '151.00' });
    }
    const refused = await assertRefused(server, 151);
    assert.equal(refused.error.details[0].violations[0].type, 'INSUFFICIENT_BALANCE');
    await assertBalanced(server, 2);
  }
});

testOnEachEngine('a limit in one currency leaves an order to the other', async (start) => {
  await using server = await start({}, TWO_CURRENCIES);
  // The first one that would be asked.
  await limit(server, { monthlySpend: '150.00', currencyCode: 'EUR' });
  for (let run = 0; run < RUNS; run++) await assertTotals(server, 151, { USD: '151.00' });
  await assertTotals(server, 150, { EUR: '150.00' });
  await assertTotals(server, 151, { USD: '151.00' });
});

testOnEachEngine('where no currency covers all of an order, several do', async (start) => {
  for (let run = 0; run < RUNS; run++) {
    await using server = await start({}, TWO_CURRENCIES);
    await credit(server, '120.00');
    await limit(server, { monthlySpend: '130.00', currencyCode: 'EUR' });
    await credit(server, '500.00', PROJECT, 'EUR');
    await assertRefused(server, 251);
    await assertTotals(server, 250, { EUR: '130.00', USD: '120.00' });
  }
});

testOnEachEngine('as many are had as the cheapest numbers make possible', async (start) => {
  const stock = [pool(0, 300, 'USD', 300), pool(1, 150, 'USD', 100), pool(2, 300, 'USD', 200)];
  for (let run = 0; run < RUNS; run++) {
    await using server = await start({}, stock);
    await credit(server, '351.00');
    await assertRefused(server, 251);
    await assertTotals(server, 250, { USD: '350.00' });
    assert.equal((await accounts(server))[0].balance, '1.00');
  }
});

testOnEachEngine('when others take what was meant for an order, it has others', async (start) => {
  const stock = [pool(0, 200, 'USD', 100), pool(1, 200, 'USD', 200), pool(2, 200, 'EUR', 100)];
  for (const [balance, state] of [
    ['180.00', 'COMPLETED'],
    ['179.00', 'FAILED'],
  ] as const) {
    await using server = await start({}, stock);
    await credit(server, balance);
    const id = await order(server, 150);
    await takeOrderTurn(server);
    // Of the cheap ones 20 are left.
    const body = { ...SE_LOCAL, quantity: 80, currencyCode: 'USD', maxMonthlyPrice: '1.00' };
    const taken = await server.call('POST', '/rentOrders', { ...AS_OTHER, body });
    assert.equal(taken.json.state, 'COMPLETED', taken.text);
    await takeOrderTurn(server);
    assert.equal((await get(server, id)).reservedQuantity, 120);
    await server.drain();
    const ended = await get(server, id);
    assert.equal(ended.state, state, JSON.stringify(ended));
    const left = state === 'COMPLETED' ? '0.00' : balance;
    assert.equal((await accounts(server))[0].balance, left);
    if (state === 'FAILED') {
      assert.equal(ended.error.details[0].violations[0].type, 'INSUFFICIENT_BALANCE');
    }
    const [held] = await server.server.context.store.read((db) =>
      db.column<number>('SELECT count(*) FROM hold'),
    );
    assert.equal(Number(held), 0);
  }
});

/** A quote promises that an order is filled, and at what price, and so it is. */
async function assertTotals(
  server: TestServer,
  quantity: number,
  totals: Record<string, string>,
): Promise<void> {
  const quote = await quoteOrder(server, { ...SE_LOCAL, quantity, allOrNothing: true });
  assert.deepEqual([quote.state, quote.error], ['COMPLETED', null], JSON.stringify(quote));
  const quoted = quote.totals.map(({ totalDue }: Json) => [totalDue.currencyCode, totalDue.amount]);
  assert.deepEqual(Object.fromEntries(quoted), totals);
  const before = await charged(server);
  const id = await order(server, quantity);
  await server.drain();
  const ended = await get(server, id);
  assert.deepEqual([ended.state, ended.error], ['COMPLETED', null], JSON.stringify(ended));
  const after = await charged(server);
  for (const [currencyCode, amount] of Object.entries(totals)) {
    assert.equal(
      (after[currencyCode] ?? 0) - (before[currencyCode] ?? 0),
      Number(amount),
      currencyCode,
    );
  }
}

/** A quote says that an order cannot be filled, and so it is. @returns the order. */
async function assertRefused(server: TestServer, quantity: number): Promise<Json> {
  const quote = await quoteOrder(server, { ...SE_LOCAL, quantity, allOrNothing: true });
  assert.equal(quote.state, 'FAILED');
  const id = await order(server, quantity);
  await server.drain();
  const ended = await get(server, id);
  assert.deepEqual([ended.state, ended.error], [quote.state, quote.error]);
  return ended;
}

/** What the project has been charged by now, by currency. */
async function charged(server: TestServer): Promise<Record<string, number>> {
  const { json } = await server.call('GET', '/charges?pageSize=1');
  return Object.fromEntries(
    json.totals.map(({ currencyCode, amount }: Json) => [currencyCode, Number(amount)]),
  );
}

async function order(server: TestServer, quantity: number): Promise<string> {
  const body = { ...SE_LOCAL, quantity, allOrNothing: true };
  const { json, text } = await server.call('POST', '/rentOrders', { body });
  assert.equal(json.state, 'IN_PROGRESS', text);
  return json.rentOrderId;
}

async function get(server: TestServer, id: string): Promise<Json> {
  return (await server.call('GET', `/rentOrders/${id}`)).json;
}
