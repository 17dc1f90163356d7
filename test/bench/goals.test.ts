import assert from 'node:assert/strict';
import { test } from 'node:test';

import { type Goal, listGoals } from '../../bench/goals.ts';
import type { EngineResults, StockResults } from '../../bench/results.ts';

const STOCK = { bytesPerNumber: 97, buildSeconds: 1 };
const GOOD: EngineResults = {
  engine: 'sqlite',
  stocks: [
    { ...STOCK, size: 10_000, search: [search({})] },
    { ...STOCK, size: 10_000_000, search: [search({})] },
  ],
  http: {
    searchesPerSecond: 6000,
    searchP99Ms: 10,
    barePerSecond: 10_000,
    ratio: 0.6,
    checksPerSecond: 7000,
    megabytes: 190,
    readyMs: 300,
    readyFromSourceMs: 500,
  },
  rents: {
    size: 1_000_000,
    check: { p50Ms: 0.01, p99Ms: 0.02 },
    aloneRentsPerSecond: 500,
    togetherRentsPerSecond: 3000,
    ratio: 6,
    rentAny: { p50Ms: 1, p99Ms: 2 },
    rentAnyPerSecond: 2500,
  },
  import: {
    rows: 300_000,
    rowsPerSecond: 60_000,
    bareRowsPerSecond: 100_000,
    ratio: 0.6,
    bytesPerNumber: 97,
  },
};

test('a run that reaches every goal says so and gives no reasons', () => {
  const goals = listGoals({ engines: [GOOD] });
  assert.equal(goals.length, 8);
  for (const goal of goals) {
    assert.ok(goal.isReached, goal.what);
    assert.deepEqual(goal.why, [], goal.what);
  }
});

const MISSED: { name: string; results: EngineResults; what: RegExp; why: RegExp }[] = [
  {
    name: 'a pattern that is slow',
    results: withSearch({ p99Ms: 1.2, ranges: 300 }, { p99Ms: 1.1 }),
    what: /^p99 of every kind of pattern, 10 M$/,
    why: /^END 4: 1\.20 ms for 300 ranges$/,
  },
  {
    name: 'a pattern that is slower in a larger stock',
    results: withSearch({ p99Ms: 0.9 }, { p99Ms: 0.1 }),
    what: /^p99 at 10 M against 10 k$/,
    why: /^END 4: 0\.10 → 0\.90 ms \(median 0\.05 → 0\.05 ms, 2 → 2 ranges\)$/,
  },
  {
    name: 'HTTP that is slow',
    results: { ...GOOD, http: { ...GOOD.http, searchesPerSecond: 4000, ratio: 0.4 } },
    what: /^HTTP search/,
    why: /^250 µs a request, of which bare node:http takes 100 µs$/,
  },
  {
    name: 'a disk that is quick',
    results: { ...GOOD, rents: { ...GOOD.rents, ratio: 4 } },
    what: /^durable rents/,
    why: /^a rent with a commit of its own takes 2\.00 ms on this disk, one of many 0\.33 ms/,
  },
  {
    name: 'an import that is slow',
    results: { ...GOOD, import: { ...GOOD.import, ratio: 0.4 } },
    what: /^import/,
    why: /^16\.7 µs a row, of which a bare insert takes 10\.0 µs$/,
  },
  {
    name: 'a large file',
    results: { ...GOOD, stocks: GOOD.stocks.map((stock) => ({ ...stock, bytesPerNumber: 100 })) },
    what: /^database for each number, 10 M$/,
    why: /stands in the table and twice in the indexes/,
  },
  {
    name: 'a slow start',
    results: { ...GOOD, http: { ...GOOD.http, readyMs: 500 } },
    what: /^ready/,
    why: /loading the program/,
  },
  {
    name: 'much memory',
    results: { ...GOOD, http: { ...GOOD.http, megabytes: 200 } },
    what: /^memory/,
    why: /garbage and page caches/,
  },
];
for (const { name, results, what, why } of MISSED) {
  test(`a goal that is missed has its reason: ${name}`, () => {
    const missed: Goal[] = listGoals({ engines: [results] }).filter(({ isReached }) => !isReached);
    assert.equal(missed.length, 1, missed.map((goal) => goal.what).join(', '));
    assert.match(missed[0]?.what ?? '', what);
    assert.equal(missed[0]?.why.length, 1);
    assert.match(missed[0]?.why[0] ?? '', why);
  });
}

test('searches that ask for no pattern have no goal', () => {
  const slow = withSearch({ p99Ms: 50, isPattern: false }, { p99Ms: 1, isPattern: false });
  for (const stock of slow.stocks) stock.search.push(search({ name: 'CONTAINS 5' }));
  assert.deepEqual(
    listGoals({ engines: [slow] }).filter(({ isReached }) => !isReached),
    [],
  );
});

type Search = StockResults['search'][number];

function search(changes: Partial<Search>): Search {
  return {
    name: 'END 4',
    isPattern: true,
    isDrawn: true,
    p50Ms: 0.05,
    p99Ms: 0.1,
    found: 20,
    ranges: 2,
    rows: 40,
    entries: undefined,
    ...changes,
  };
}

function withSearch(large: Partial<Search>, small: Partial<Search>): EngineResults {
  return {
    ...GOOD,
    stocks: [
      { ...STOCK, size: 10_000, search: [search(small)] },
      { ...STOCK, size: 10_000_000, search: [search(large)] },
    ],
  };
}
