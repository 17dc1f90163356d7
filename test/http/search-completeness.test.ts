import assert from 'node:assert/strict';

import fc from 'fast-check';

import type { E164 } from '../../src/domain/phone-number.ts';
import { reverseDigits } from '../../src/domain/phone-number.ts';
import { matchesPattern, parseSearchPattern } from '../../src/domain/search-pattern.ts';
import { insertNumbers } from '../../src/store/number.ts';
import { insertPool, widenPoolDigits } from '../../src/store/pool.ts';
import { testOnEachEngine, testOnEngine } from '../support/engines.ts';
import { OTHER_PROJECT, PROJECT, TEST_START, type TestServer } from '../support/test-server.ts';

/** A fixed seed: a test that fails fails again. */
const RUNS = { numRuns: 250, seed: 20_260_131 };
const SIZE_MAX = 1000;

const digit = fc.constantFrom(...'0123456789');
const digits = (minLength: number, maxLength: number) =>
  fc.array(digit, { minLength, maxLength }).map((all) => all.join(''));

/** German numbers, where lengths differ most: 9 to 11 digits behind +49, and a few of 4 and of 13. */
const germanNumber = fc
  .oneof(
    { weight: 6, arbitrary: digits(8, 10).map((rest) => `3${rest}`) },
    { weight: 1, arbitrary: digits(3, 3).map((rest) => `7${rest}`) },
    { weight: 1, arbitrary: digits(12, 12).map((rest) => `9${rest}`) },
  )
  .map((national) => `+49${national}` as E164);
/** Blocks of neighbours beside numbers from anywhere, as in real stock. */
const germanStock = fc.sample(germanNumber, { numRuns: 400, seed: 1 }).concat(
  Array.from({ length: 300 }, (_, i) => `+4930123${String(4000 + i)}` as E164),
  Array.from({ length: 100 }, (_, i) => `+4940987654${String(i).padStart(2, '0')}` as E164),
);

interface Stock {
  server: TestServer;
  /** Everything the project may see of the region and type. */
  visible: E164[];
}

/** Three pools of one region and type, one of them private, and one of another type with the same digits. */
async function addGermanStock(server: TestServer): Promise<Stock> {
  const all = [...new Set(germanStock)];
  const pools = [
    { name: 'de-both', numbers: all.filter((_, i) => i % 4 === 0) },
    { name: 'de-sms', numbers: all.filter((_, i) => i % 4 === 1) },
    {
      name: 'de-mine',
      numbers: all.filter((_, i) => i % 4 === 2),
      visibleTo: new Set([PROJECT.id]),
    },
    {
      name: 'de-theirs',
      numbers: all.filter((_, i) => i % 4 === 3),
      visibleTo: new Set([OTHER_PROJECT.id]),
    },
  ];
  for (const { numbers, ...pool } of pools) await addPool(server, pool, numbers);
  server.server.context.pools.forget();
  return { server, visible: pools.slice(0, 3).flatMap((pool) => pool.numbers) };
}

async function addPool(
  { server }: TestServer,
  { name, visibleTo }: { name: string; visibleTo?: ReadonlySet<string> },
  numbers: readonly E164[],
): Promise<void> {
  const lengths = numbers.map((number) => number.length - 1);
  await server.context.store.write(async (db) => {
    const id = await insertPool(db, {
      name,
      regionCode: 'DE',
      type: 'LOCAL',
      capabilities: ['SMS', 'VOICE'],
      currencyCode: 'EUR',
      setupPriceMinor: 0,
      monthlyPriceMinor: 100,
      paymentIntervalMonths: 1,
      documentationRequired: false,
      quarantineDays: 0,
      visibleTo,
      createdAt: TEST_START as never,
    });
    assert.ok(id !== undefined);
    const rows = numbers.map((e164) => ({ e164, reversed: reverseDigits(e164), locality: null }));
    await insertNumbers(db, id, rows);
    await widenPoolDigits(db, id, Math.min(...lengths), Math.max(...lengths));
  });
}

async function search({ server }: Stock, parameters: Record<string, string>): Promise<string[]> {
  const query = new URLSearchParams({ regionCode: 'DE', type: 'LOCAL', ...parameters });
  const answer = await server.call('GET', `/availableNumbers?${query.toString()}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json.availableNumbers.map((n: { phoneNumber: string }) => n.phoneNumber);
}

const position = fc.constantFrom('START', 'CONTAINS', 'END', undefined);
/** Pieces of numbers that are there, so that most patterns match something, and some that need not. */
const pattern = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom(...germanStock), fc.nat(12), fc.integer({ min: 1, max: 14 }))
      .map(([number, from, length]) => number.slice(from, from + length) || '49'),
  },
  { weight: 1, arbitrary: digits(1, 6) },
);

testOnEachEngine('a search finds what a look at every number finds', async (start) => {
  await using server = await start({}, []);
  const stock = await addGermanStock(server);
  await fc.assert(
    fc.asyncProperty(pattern, position, async (text, place) => {
      const parsed = parseSearchPattern(text, place);
      assert.ok(parsed !== undefined);
      const expected = stock.visible.filter((number) => matchesPattern(parsed, number));
      const found = await search(stock, {
        'numberPattern.pattern': text,
        ...(place === undefined ? {} : { 'numberPattern.searchPattern': place }),
        size: String(SIZE_MAX),
      });
      assert.deepEqual(found.toSorted(), expected.toSorted(), `${place} ${text}`);
    }),
    RUNS,
  );
});

testOnEachEngine(
  'a small search brings as many of all matches as it may, each once',
  async (start) => {
    await using server = await start({}, []);
    const stock = await addGermanStock(server);
    await fc.assert(
      fc.asyncProperty(
        pattern,
        position,
        fc.integer({ min: 1, max: 30 }),
        async (text, place, size) => {
          const parsed = parseSearchPattern(text, place);
          assert.ok(parsed !== undefined);
          const expected = stock.visible.filter((number) => matchesPattern(parsed, number));
          const found = await search(stock, {
            'numberPattern.pattern': text,
            ...(place === undefined ? {} : { 'numberPattern.searchPattern': place }),
            size: String(size),
          });
          assert.equal(found.length, Math.min(size, expected.length), `${place} ${text}`);
          assert.equal(new Set(found).size, found.length);
          assert.ok(found.every((number) => expected.includes(number as E164)));
        },
      ),
      RUNS,
    );
  },
);

testOnEachEngine(
  'a search without a pattern brings the whole stock, whatever its lengths',
  async (start) => {
    await using server = await start({}, []);
    const stock = await addGermanStock(server);
    const found = await search(stock, { size: String(SIZE_MAX) });
    assert.deepEqual(found.toSorted(), stock.visible.toSorted());
  },
);

testOnEachEngine(
  'numbers of the greatest length are found by their first and last digit',
  async (start) => {
    await using server = await start({}, []);
    const numbers = ['+491234567890123', '+499876543210987', '+4930123456'] as E164[];
    await addPool(server, { name: 'de-long' }, numbers);
    server.server.context.pools.forget();
    const stock = { server, visible: numbers };
    for (const [text, place, expected] of [
      ['+', 'START', numbers],
      ['7', 'END', ['+499876543210987']],
      ['3', 'END', ['+491234567890123']],
      ['56', 'CONTAINS', ['+491234567890123', '+4930123456']],
      ['6', 'END', ['+4930123456']],
    ] as const) {
      const found = await search(stock, {
        'numberPattern.pattern': text,
        'numberPattern.searchPattern': place,
      });
      assert.deepEqual(found.toSorted(), expected.toSorted(), `${place} ${text}`);
    }
  },
);

testOnEngine(
  'sqlite',
  'a search through many ranges lets others have their turn',
  { because: 'PostgreSQL answers in a process of its own' },
  async (start) => {
    const pool = { name: 'us-large', first: '+12025550000', size: 4100 };
    await using server = await start({}, [pool]);
    const { store, pools } = server.server.context;
    // Longer numbers make more ranges.
    await store.write(async (db) => {
      const [large] = (await pools.current()).all;
      assert.ok(large !== undefined);
      await widenPoolDigits(db, large.id, 11, 15);
    });
    pools.forget();
    const over = new AbortController();
    const answer = server
      .call('GET', '/availableNumbers?regionCode=US&type=LOCAL&numberPattern.pattern=8888')
      .finally(() => over.abort());
    let turns = 0;
    while (!over.signal.aborted) {
      await fetch(`${server.url}/healthz`);
      turns++;
    }
    assert.deepEqual((await answer).json, { availableNumbers: [] });
    assert.ok(turns > 5, `${turns} other requests meanwhile`);
  },
);
