import assert from 'node:assert/strict';

import { assertRefused } from '../support/assert-refused.ts';
import { testOnEachEngine } from '../support/engines.ts';
import type { TestPool, TestServer } from '../support/test-server.ts';

/** One number each, so that a search tells which pools it took. */
const POOLS = [
  { name: 'both', first: '+12125550100', setupPriceMinor: 50, monthlyPriceMinor: 100 },
  { name: 'free', first: '+12125550101', setupPriceMinor: 0, monthlyPriceMinor: 250 },
  { name: 'sms', first: '+12125550102', capabilities: ['SMS'], monthlyPriceMinor: 99 },
  { name: 'voice', first: '+12125550103', capabilities: ['VOICE'], monthlyPriceMinor: 101 },
  { name: 'euro', first: '+12125550104', currencyCode: 'EUR', monthlyPriceMinor: 80 },
  {
    name: 'yen',
    first: '+12125550105',
    currencyCode: 'JPY',
    setupPriceMinor: 50,
    monthlyPriceMinor: 1,
  },
  { name: 'papers', first: '+12125550106', documentationRequired: true, monthlyPriceMinor: 5000 },
] as const;
const STOCK: TestPool[] = POOLS.map((pool) => ({
  size: 1,
  setupPriceMinor: 50,
  ...pool,
  capabilities: [...('capabilities' in pool ? pool.capabilities : (['SMS', 'VOICE'] as const))],
}));

const ALL = POOLS.map(({ name }) => name);
const FILTERS: [query: string, pools: string[]][] = [
  ['', ALL],
  ['capabilities=SMS', ['both', 'free', 'sms', 'euro', 'yen', 'papers']],
  ['capabilities=SMS&capabilityMatch=SUPERSET', ['both', 'free', 'sms', 'euro', 'yen', 'papers']],
  ['capabilities=SMS&capabilityMatch=EXACT', ['sms']],
  ['capabilities=VOICE,SMS&capabilityMatch=EXACT', ['both', 'free', 'euro', 'yen', 'papers']],
  ['capabilityMatch=EXACT', []],
  ['currencyCode=EUR', ['euro']],
  ['currencyCode=GBP', []],
  ['maxMonthlyPrice=1', ['both', 'sms', 'euro', 'yen']],
  ['maxMonthlyPrice=1.00', ['both', 'sms', 'euro', 'yen']],
  ['maxMonthlyPrice=1.009', ['both', 'sms', 'euro', 'yen']],
  ['maxMonthlyPrice=0.995', ['sms', 'euro']],
  ['maxMonthlyPrice=0.985', ['euro']],
  ['maxMonthlyPrice=1&currencyCode=USD', ['both', 'sms']],
  ['maxMonthlyPrice=0', []],
  ['maxSetupPrice=0', ['free']],
  ['maxSetupPrice=0.5', ['both', 'free', 'sms', 'voice', 'euro', 'papers']],
  ['maxSetupPrice=50', ALL],
  ['maxSetupPrice=0.49&maxMonthlyPrice=2.5', ['free']],
  ['documentationRequired=true', ['papers']],
  ['documentationRequired=false', ALL.filter((name) => name !== 'papers')],
];

async function search(server: TestServer, query: string): Promise<string[]> {
  const path = `/availableNumbers?regionCode=US&type=LOCAL&${query}`;
  const answer = await server.call('GET', path);
  assert.equal(answer.status, 200, answer.text);
  const numbers = answer.json.availableNumbers.map((n: { phoneNumber: string }) => n.phoneNumber);
  return POOLS.filter(({ first }) => numbers.includes(first)).map(({ name }) => name);
}

testOnEachEngine('prices, currency, documents and exact capabilities pick pools', async (start) => {
  await using server = await start({}, STOCK);
  for (const [query, pools] of FILTERS) {
    assert.deepEqual(await search(server, query), pools, query);
  }
});

testOnEachEngine('a rent of any number takes the same filters', async (start) => {
  await using server = await start({}, STOCK);
  for (const [body, rented] of [
    [{ capabilities: ['SMS'], capabilityMatch: 'EXACT' }, 'sms'],
    [{ currency_code: 'EUR' }, 'euro'],
    [{ max_setup_price: '0' }, 'free'],
    [{ maxMonthlyPrice: '1.00', currencyCode: 'USD' }, 'both'],
    [{ documentationRequired: true }, 'papers'],
  ] as const) {
    const answer = await server.call('POST', '/availableNumbers:rentAny', {
      body: { regionCode: 'US', type: 'LOCAL', ...body },
    });
    assert.equal(answer.status, 200, answer.text);
    const pool = POOLS.find(({ first }) => first === answer.json.phoneNumber);
    assert.equal(pool?.name, rented, JSON.stringify(body));
  }
  const none = await server.call('POST', '/availableNumbers:rentAny', {
    body: { regionCode: 'US', type: 'LOCAL', maxMonthlyPrice: '0' },
  });
  assert.equal(none.status, 404);
});

testOnEachEngine('a filter that cannot be understood is refused by its name', async (start) => {
  await using server = await start({}, STOCK);
  for (const [name, values] of [
    ['capabilityMatch', ['exact', 'ALL']],
    ['currencyCode', ['usd', 'US', 'XYZ', 'EURO']],
    ['maxSetupPrice', ['-1', '1,5', 'x', '1e3', '.5', '5.', '1'.repeat(16), '0x1', '1.0.0']],
    ['maxMonthlyPrice', ['-0.01', '+1', 'NaN', '٣']],
    ['documentationRequired', ['yes', '1', 'TRUE']],
    ['showPlace', ['yes']],
    ['explain', ['yes', '0']],
  ] as const) {
    for (const value of values) {
      const query = `regionCode=US&type=LOCAL&${name}=${encodeURIComponent(value)}`;
      assertRefused(await server.call('GET', `/availableNumbers?${query}`), name, value);
    }
  }
  for (const [body, field] of [
    [{ capabilityMatch: 'SOME' }, 'capabilityMatch'],
    [{ currency_code: 'XYZ' }, 'currency_code'],
    [{ maxMonthlyPrice: 1 }, 'maxMonthlyPrice'],
    [{ max_setup_price: '-1' }, 'max_setup_price'],
    [{ documentationRequired: 'true' }, 'documentationRequired'],
  ] as const) {
    const answer = await server.call('POST', '/availableNumbers:rentAny', {
      body: { regionCode: 'US', type: 'LOCAL', ...body },
    });
    assertRefused(answer, field, body);
  }
});
