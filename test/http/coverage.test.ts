import assert from 'node:assert/strict';
import { test } from 'node:test';

import { AREAS_AGE_SECONDS_MAX, type AreaCount, StockCounter } from '../../src/app/count-stock.ts';
import { loadGazetteer } from '../../src/domain/gazetteer.ts';
import type { E164 } from '../../src/domain/phone-number.ts';
import { describePlace } from '../../src/domain/place.ts';
import { HEAD_LENGTH } from '../../src/store/stock-count.ts';
import type { Store } from '../../src/store/store.ts';
import { testOnEachEngine } from '../support/engines.ts';
import {
  OTHER_PROJECT,
  PROJECT,
  type TestPool,
  type TestProject,
  type TestServer,
  TEST_START,
} from '../support/test-server.ts';

interface Group {
  regionCode: string;
  type: string;
  areaCode: string;
  locality: string;
  administrativeArea: string;
  capability: string[];
  availableCount: number;
  lowestSetupPrice: { currencyCode: string; amount: string };
  lowestMonthlyPrice: { currencyCode: string; amount: string };
}

async function ask(
  server: TestServer,
  query = '',
  project: TestProject = PROJECT,
): Promise<{ coverage: Group[]; nextPageToken: string; asOf: string; maxAgeSeconds: number }> {
  const answer = await server.call('GET', `/availableNumbers:coverage${query}`, { project });
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}

/** "US LOCAL 202 100" of each group: what, where, how many. */
function inShort(groups: readonly Group[]): string[] {
  return groups.map((group) =>
    [
      group.regionCode,
      group.type,
      group.areaCode,
      group.locality,
      group.administrativeArea,
      group.availableCount,
    ]
      .filter((part) => part !== '')
      .join(' '),
  );
}

testOnEachEngine('numbers are counted by area code, with the lowest prices', async (start) => {
  await using server = await start();
  const answer = await ask(server);
  assert.deepEqual(inShort(answer.coverage), [
    'CA LOCAL 416 10',
    'GB TOLL_FREE 20',
    'SE MOBILE 10',
    'US LOCAL 202 100',
    'US MOBILE 305 50',
  ]);
  assert.deepEqual(Object.keys(answer), ['coverage', 'asOf', 'maxAgeSeconds', 'nextPageToken']);
  assert.deepEqual(answer.coverage.at(-1), {
    regionCode: 'US',
    type: 'MOBILE',
    areaCode: '305',
    locality: '',
    administrativeArea: '',
    capability: ['SMS', 'VOICE'],
    availableCount: 50,
    lowestSetupPrice: { currencyCode: 'USD', amount: '0.00' },
    lowestMonthlyPrice: { currencyCode: 'USD', amount: '0.75' },
  });
  assert.equal(answer.asOf, TEST_START);
  assert.equal(answer.maxAgeSeconds, AREAS_AGE_SECONDS_MAX);
  assert.equal(answer.nextPageToken, '');
});

testOnEachEngine('numbers are counted by town or by region, and filtered', async (start) => {
  await using server = await start();
  assert.deepEqual(inShort((await ask(server, '?groupBy=locality&regionCode=US')).coverage), [
    'US LOCAL Washington District of Columbia 100',
    'US MOBILE Miami Florida 50',
  ]);
  assert.deepEqual(inShort((await ask(server, '?groupBy=region&type=MOBILE')).coverage), [
    'SE MOBILE 10',
    'US MOBILE 50',
  ]);
  assert.deepEqual((await ask(server, '?regionCode=FR')).coverage, []);
});

testOnEachEngine('a project sees the pools that it may see, and no others', async (start) => {
  await using server = await start();
  assert.ok(inShort((await ask(server)).coverage).includes('CA LOCAL 416 10'));
  const theirs = await ask(server, '', OTHER_PROJECT);
  assert.ok(!theirs.coverage.some(({ regionCode }) => regionCode === 'CA'));
  assert.equal(theirs.coverage.length, 4);
});

testOnEachEngine('pools that differ only in price are one group, others are not', async (start) => {
  const pools: TestPool[] = [
    { name: 'dear', first: '+12125550100', size: 20, monthlyPriceMinor: 500 },
    { name: 'cheap', first: '+12125550120', size: 5, monthlyPriceMinor: 200, setupPriceMinor: 900 },
    { name: 'voice', first: '+12125550140', size: 3, capabilities: ['VOICE'] },
    { name: 'euros', first: '+12125550160', size: 2, currencyCode: 'EUR' },
  ];
  await using server = await start({}, pools);
  const { coverage } = await ask(server);
  assert.deepEqual(
    coverage.map(({ capability, availableCount, lowestSetupPrice, lowestMonthlyPrice }) => [
      capability.join('+'),
      availableCount,
      lowestSetupPrice.currencyCode,
      lowestSetupPrice.amount,
      lowestMonthlyPrice.amount,
    ]),
    [
      ['SMS+VOICE', 2, 'EUR', '0.50', '0.75'],
      ['SMS+VOICE', 25, 'USD', '0.50', '2.00'],
      ['VOICE', 3, 'USD', '0.50', '0.75'],
    ],
  );
});

testOnEachEngine('the pages together are the whole list, each group once', async (start) => {
  await using server = await start();
  const whole = (await ask(server)).coverage;
  const seen: Group[] = [];
  let token = '';
  do {
    const page = await ask(server, `?pageSize=2${token === '' ? '' : `&pageToken=${token}`}`);
    assert.ok(page.coverage.length > 0 && page.coverage.length <= 2);
    seen.push(...page.coverage);
    token = page.nextPageToken;
  } while (token !== '' && seen.length < 100);
  assert.deepEqual(seen, whole);

  const { nextPageToken } = await ask(server, '?pageSize=2');
  for (const [query, project] of [
    [`?groupBy=region&pageToken=${nextPageToken}`, PROJECT],
    [`?pageToken=${nextPageToken}`, OTHER_PROJECT],
    [`?pageToken=${nextPageToken}x`, PROJECT],
    ['?pageSize=5001', PROJECT],
    ['?groupBy=city', PROJECT],
    ['?regionCode=usa', PROJECT],
  ] as const) {
    const refused = await server.call('GET', `/availableNumbers:coverage${query}`, { project });
    assert.equal(refused.status, 400, query);
  }
});

test('what is counted together is of one place, however long the beginnings of its numbers are', async () => {
  const gazetteer = await loadGazetteer();
  for (const region of ['US', 'GB', 'DE', 'IE', 'BR', 'AU', 'IN', 'KZ', 'CL', 'JP']) {
    const { callingCode, places } = gazetteer.region(region)!;
    for (const digits of places.flatMap((place) => place.digits)) {
      assert.ok(1 + callingCode.length + digits.length <= HEAD_LENGTH, `${region} ${digits}`);
    }
  }
});

/** More than one slice, blocks that cross the borders of towns, and numbers of no known area. */
const MIXED: TestPool[] = [
  { name: 'us', first: '+16174919000', size: 6500 },
  { name: 'de', regionCode: 'DE', first: '+493023125000', size: 1000 },
  { name: 'de-village', regionCode: 'DE', first: '+493320099900', size: 200 },
  { name: 'gb', regionCode: 'GB', first: '+442079460000', size: 300 },
  { name: 'gb-mobile', regionCode: 'GB', type: 'MOBILE', first: '+447700900000', size: 40 },
  { name: 'dk', regionCode: 'DK', first: '+4533111000', size: 30 },
];

testOnEachEngine(
  'the counts by town are those of looking at every available number',
  async (start) => {
    await using server = await start({}, MIXED);
    const { context } = server.server;
    for (const number of ['+493023125010', '+442079460017', '+16174919001']) {
      const rented = await server.call('POST', `/availableNumbers/${number}:rent`);
      assert.equal(rented.status, 200);
    }
    const gazetteer = await loadGazetteer();
    const pools = await context.pools.current();
    const rows = await context.store.read((db) =>
      db.all<{ e164: E164; poolId: number }>(
        'SELECT e164, pool_id AS "poolId" FROM number WHERE state = 0',
      ),
    );
    const expected = new Map<string, number>();
    for (const { e164, poolId } of rows) {
      const pool = pools.byId(poolId as never)!;
      const place = describePlace(gazetteer, e164, pool.type);
      const where = [pool.regionCode, pool.type, place?.locality, place?.administrativeArea];
      const key = where.filter((part) => part !== undefined && part !== '').join(' ');
      expected.set(key, (expected.get(key) ?? 0) + 1);
    }
    const { coverage } = await ask(server, '?groupBy=locality');
    assert.deepEqual(
      inShort(coverage).toSorted(),
      [...expected].map(([key, count]) => `${key} ${count}`).toSorted(),
    );
    assert.ok(expected.size > 6, [...expected.keys()].join(', '));
  },
);

function totalOf(counted: { areas: readonly AreaCount[] } | undefined): number {
  return (counted?.areas ?? []).reduce((sum, { count }) => sum + count, 0);
}

testOnEachEngine('a count is used for a while, and never when it is too old', async (start) => {
  await using server = await start();
  let nowMs = 0;
  const counter = new StockCounter(server.server.context, { nowMs: () => nowMs, waitMs: 60_000 });
  assert.equal(totalOf(await counter.areas()), 190);
  await server.call('POST', '/availableNumbers/+12025550134:rent');
  assert.equal(totalOf(await counter.areas()), 190);
  nowMs += AREAS_AGE_SECONDS_MAX * 1000;
  // Just young enough: it is shown once more, while a new count begins.
  assert.equal(totalOf(await counter.areas()), 190);
  nowMs += AREAS_AGE_SECONDS_MAX * 1000 + 1;
  assert.equal(totalOf(await counter.areas()), 189);
});

testOnEachEngine(
  'while there is no count that is recent enough the answer is to try again',
  async (start) => {
    await using server = await start();
    const { context } = server.server;
    const { stock } = context;
    const held = Promise.withResolvers<void>();
    const store: Store = {
      ...context.store,
      readRecent: async (fn) => {
        await held.promise;
        return context.store.readRecent(fn);
      },
    };
    context.stock = new StockCounter({ ...context, store }, { waitMs: 2 });
    const early = await server.call('GET', '/availableNumbers:coverage');
    assert.equal(early.status, 503);
    assert.equal(early.headers.get('retry-after'), '1');
    assert.match(early.text, /are being counted; try again/);
    held.resolve();
    // The count goes on meanwhile; the metrics of the same pass are there when it is done.
    for (let tries = 0; (await context.stock.areas()) === undefined; tries++) {
      assert.ok(tries < 100_000);
    }
    assert.equal((await ask(server)).coverage.length, 5);
    const states = await context.stock.states();
    assert.equal(
      states.reduce((sum, { count }) => sum + count, 0),
      190,
    );
    context.stock = stock;
  },
);

testOnEachEngine('metrics alone do not count areas, and one pass serves both', async (start) => {
  await using server = await start();
  const counter = new StockCounter(server.server.context, { nowMs: () => 0, waitMs: 60_000 });
  const states = await counter.states();
  assert.equal(states.length, 5);
  assert.equal(totalOf(await counter.areas()), 190);
  assert.deepEqual(await counter.states(), states);
});
