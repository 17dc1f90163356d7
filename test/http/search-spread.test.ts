import assert from 'node:assert/strict';
import { test } from 'node:test';

import { searchAvailableNumbers } from '../../src/app/search-available-numbers.ts';
import { SearchPlaces } from '../../src/app/search-places.ts';
import { ShownNumbers } from '../../src/app/shown-numbers.ts';
import { ANY_NUMBER, matchesFilter, type NumberFilter } from '../../src/domain/number-filter.ts';
import type { Ids } from '../../src/ids.ts';
import { testOnEachEngine, testOnEngine } from '../support/engines.ts';
import { addStock } from '../support/stock.ts';
import { OTHER_PROJECT, PROJECT, type TestServer } from '../support/test-server.ts';

const SEARCHES = 2000;
/**
 * Chi-square for each degree of freedom: 1 for an even source, and with 99 of them more than 2 only once in
 * many millions. What a small bias comes to, the test of a source that has one shows.
 */
const UNEVENNESS_MAX = 2;

/** A hundred blocks of a hundred numbers, far from each other, as real stock has them. */
const BLOCKS = Array.from({ length: 100 }, (_, i) => `+1${201 + i * 7}5550${i % 10}`);
const STOCK = BLOCKS.flatMap((block) =>
  Array.from({ length: 100 }, (_, i) => `${block}${String(i).padStart(2, '0')}`),
);

interface Search {
  name: string;
  filter: NumberFilter;
  size: number;
}

const EVEN: readonly Search[] = [
  { name: 'nothing asked', filter: ANY_NUMBER, size: 20 },
  { name: 'one number only', filter: ANY_NUMBER, size: 1 },
  {
    name: 'a beginning',
    filter: { ...ANY_NUMBER, patterns: [{ position: 'START', digits: '+1' }] },
    size: 20,
  },
  {
    name: 'an end',
    filter: { ...ANY_NUMBER, patterns: [{ position: 'END', digits: '3' }] },
    size: 20,
  },
  {
    name: 'two ends',
    filter: {
      ...ANY_NUMBER,
      patterns: [
        { position: 'END', digits: '3' },
        { position: 'END', digits: '*8*' },
      ],
    },
    size: 20,
  },
  { name: 'some places', filter: { ...ANY_NUMBER, prefixes: ['+12', '+15', '+178'] }, size: 20 },
  {
    name: 'without some digits',
    filter: { ...ANY_NUMBER, excluded: [{ position: 'CONTAINS', digits: '4' }] },
    size: 20,
  },
];

/** What is looked for is taken where it is cheapest to find: at the ends of numbers. */
const WITHIN: Search = {
  name: 'digits within',
  filter: { ...ANY_NUMBER, patterns: [{ position: 'CONTAINS', digits: '7' }] },
  size: 20,
};

/** Chance that is the same in every run. */
function seededIds(ids: Ids, seed: number): Ids {
  let state = seed;
  const bits = () => {
    // mulberry32
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  return {
    ...ids,
    below: (limit) => Math.floor((((bits() >>> 5) * 2 ** 26 + (bits() >>> 6)) / 2 ** 53) * limit),
  };
}

/** In which block each of many searches begins. @returns how many begin in each. */
async function countBeginnings(
  { server }: TestServer,
  ids: Ids,
  { filter, size }: Search,
): Promise<Map<string, number>> {
  const { store, pools } = server.context;
  const context = { ...server.context, ids, places: new SearchPlaces(store, ids) };
  for (const pool of (await pools.current()).all) {
    for (const index of ['e164', 'reversed'] as const) await context.places.learn(index, pool);
  }
  const beginnings = new Map(BLOCKS.map((block) => [block, 0]));
  for (let i = 0; i < SEARCHES; i++) {
    const { numbers } = await searchAvailableNumbers(context, PROJECT.id, {
      regionCode: 'US',
      type: 'LOCAL',
      capabilities: [],
      capabilityMatch: 'SUPERSET',
      filter,
      size,
      order: 'SPREAD',
      position: undefined,
      sequential: undefined,
    });
    const block = numbers[0]!.e164.slice(0, -2);
    beginnings.set(block, beginnings.get(block)! + 1);
  }
  return beginnings;
}

/** Of a source that does not care, a block has as many beginnings as it has matches. */
function measureUnevenness(beginnings: Map<string, number>, { filter }: Search): number {
  const matches = STOCK.filter((number) => matchesFilter(filter, number));
  let chiSquare = 0;
  let cells = 0;
  for (const [block, count] of beginnings) {
    const share = matches.filter((number) => number.startsWith(block)).length / matches.length;
    if (share === 0) continue;
    chiSquare += (count - SEARCHES * share) ** 2 / (SEARCHES * share);
    cells++;
  }
  return chiSquare / (cells - 1);
}

testOnEachEngine(
  'two thousand searches for the same begin evenly all over what there is',
  async (start, engine) => {
    await using server = await start({}, []);
    await addStock(server, { name: 'blocks' }, STOCK);
    const ids = seededIds(server.server.context.ids, 1);
    // The choice of a place does not depend on the engine, and SQLite is the faster one to ask so often.
    for (const search of engine === 'sqlite' ? EVEN : EVEN.slice(0, 1)) {
      const unevenness = measureUnevenness(await countBeginnings(server, ids, search), search);
      assert.ok(unevenness < UNEVENNESS_MAX, `${search.name}: ${unevenness}`);
    }
    if (engine === 'postgres') return;
    const beginnings = await countBeginnings(server, ids, WITHIN);
    assert.ok(
      [...beginnings.values()].every((count) => count > 0),
      'a search for digits within begins in every block',
    );
  },
);

testOnEngine(
  'sqlite',
  'searches that prefer the beginning would be noticed',
  { because: 'it is about the measure, which knows no engine' },
  async (start) => {
    await using server = await start({}, []);
    await addStock(server, { name: 'blocks' }, STOCK);
    const even = seededIds(server.server.context.ids, 1);
    const below = (limit: number) => Math.min(even.below(limit), even.below(limit));
    const [search] = EVEN;
    const beginnings = await countBeginnings(server, { ...even, below }, search!);
    const unevenness = measureUnevenness(beginnings, search!);
    assert.ok(unevenness > 2 * UNEVENNESS_MAX, String(unevenness));
  },
);

/** Searches, takes the first number and rents it. @returns whether it was there still. */
async function searchAndRent(server: TestServer, client: number, query: string): Promise<boolean> {
  const project = client % 2 === 0 ? PROJECT : OTHER_PROJECT;
  const search = await server.call('GET', `/availableNumbers?regionCode=US&type=LOCAL${query}`, {
    project,
  });
  assert.equal(search.status, 200, search.text);
  const number: string = search.json.availableNumbers[0].phoneNumber;
  const rent = await server.call('POST', `/availableNumbers/${number}:rent`, { project });
  assert.ok(rent.status === 200 || rent.status === 404, rent.text);
  return rent.status === 200;
}

const CLIENTS = 200;

testOnEachEngine(
  '200 clients who search and rent at once hardly ever want the same number of 10 000',
  async (start) => {
    await using server = await start({}, []);
    await addStock(server, { name: 'blocks' }, STOCK);
    // With one result a client has no choice, and of the last kind there are only a thousand numbers.
    for (const query of [
      '',
      '&size=1',
      '&numberPattern.pattern=5&numberPattern.searchPattern=END',
    ]) {
      const rented = await Promise.all(
        Array.from({ length: CLIENTS }, (_, client) => searchAndRent(server, client, query)),
      );
      const conflicts = rented.filter((isRented) => !isRented).length;
      assert.ok(conflicts < CLIENTS / 100, `${query}: ${conflicts} conflicts`);
    }
  },
);

testOnEachEngine('of a few numbers each is shown first in its turn', async (start) => {
  await using server = await start({}, [{ name: 'few', first: '+12025550100', size: 5 }]);
  for (const query of ['', '&size=1', '&numberPattern.pattern=55']) {
    const firsts = new Set<string>();
    for (let i = 0; i < 5; i++) {
      const answer = await server.call('GET', `/availableNumbers?regionCode=US&type=LOCAL${query}`);
      firsts.add(answer.json.availableNumbers[0].phoneNumber);
    }
    assert.equal(firsts.size, 5, query);
  }
});

test('a number whose turn is long ago counts as one that was never shown', () => {
  const shown = new ShownNumbers();
  const first = (...e164s: string[]) => e164s[shown.takeTurn(e164s)];
  assert.equal(first(), undefined);
  assert.equal(first('+1', '+2', '+3'), '+1');
  assert.equal(first('+1', '+2', '+3'), '+2');
  assert.equal(first('+1', '+2', '+3'), '+3');
  assert.equal(first('+3', '+2', '+1'), '+1');
  for (let i = 0; i < 5000; i++) first(`+9${i}`);
  assert.equal(first('+3', '+2', '+1'), '+3');
});
