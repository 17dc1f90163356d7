import assert from 'node:assert/strict';

import fc from 'fast-check';

import { toInternationalForm } from '../../src/domain/national-form.ts';
import type { E164 } from '../../src/domain/phone-number.ts';
import {
  matchesPattern,
  parseSearchPattern,
  type SearchPattern,
} from '../../src/domain/search-pattern.ts';
import { widenPoolDigits } from '../../src/store/pool.ts';
import { testOnEachEngine, testOnEngine } from '../support/engines.ts';
import { addGermanStock, digits, germanStock, type Stock } from '../support/german-stock.ts';
import { addStock } from '../support/stock.ts';

/** A fixed seed: a test that fails fails again. */
const RUNS = { numRuns: 250, seed: 20_260_131 };
const SIZE_MAX = 1000;

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

/** Without a plus sign a beginning is the national form. */
function isMeant(parsed: SearchPattern, number: E164): boolean {
  return toInternationalForm(parsed, 'DE').some((form) => matchesPattern(form, number));
}

testOnEachEngine('a search finds what a look at every number finds', async (start) => {
  await using server = await start({}, []);
  const stock = await addGermanStock(server);
  await fc.assert(
    fc.asyncProperty(pattern, position, async (text, place) => {
      const parsed = parseSearchPattern(text, place);
      assert.ok(parsed !== undefined);
      const expected = stock.visible.filter((number) => isMeant(parsed, number));
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
          const expected = stock.visible.filter((number) => isMeant(parsed, number));
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
    await addStock(server, { name: 'de-long', regionCode: 'DE' }, numbers);
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
