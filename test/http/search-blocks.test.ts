import assert from 'node:assert/strict';

import fc from 'fast-check';

import { findBlocks, searchAvailableNumbers } from '../../src/app/search-available-numbers.ts';
import { searchBlocks, searchBlocksInOrder } from '../../src/app/search-blocks.ts';
import { rentNumber } from '../../src/app/rent-number.ts';
import type { PagePosition } from '../../src/app/search-in-order.ts';
import { SearchWork } from '../../src/app/search-work.ts';
import { ANY_NUMBER, matchesFilter, type NumberFilter } from '../../src/domain/number-filter.ts';
import { assertRefused } from '../support/assert-refused.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { addStock } from '../support/stock.ts';
import { type Answer, PROJECT, type TestServer } from '../support/test-server.ts';

const SEARCH = '/availableNumbers?regionCode=US&type=LOCAL';

const next = (number: string, by = 1) => `+${BigInt(number.slice(1)) + BigInt(by)}`;
const compare = (a: string, b: string) => (a < b ? -1 : 1);
const stretch = (first: string, length: number) => Array.from({ length }, (_, i) => next(first, i));

async function search(server: TestServer, query: string): Promise<Answer> {
  const answer = await server.call('GET', `${SEARCH}&${query}`);
  assert.equal(answer.status, 200, answer.text);
  return answer;
}

/** The numbers of an answer, cut into runs of so many. */
function runsOf({ json }: Answer, length: number): string[][] {
  return cut(
    json.availableNumbers.map((number: { phoneNumber: string }) => number.phoneNumber),
    length,
  );
}

function cut(numbers: readonly string[], length: number): string[][] {
  assert.equal(numbers.length % length, 0, 'only whole runs');
  return Array.from({ length: numbers.length / length }, (_, i) =>
    numbers.slice(i * length, (i + 1) * length),
  );
}

testOnEachEngine('a run is consecutive, and all of it can be rented', async (start) => {
  await using server = await start({}, []);
  await addStock(server, { name: 'block' }, stretch('+12025550000', 1000));
  const answer = await search(server, 'sequential=10&size=45');
  assert.equal(answer.json.searchCompleted, true);
  const runs = runsOf(answer, 10);
  assert.equal(runs.length, 4);
  assert.equal(new Set(runs.flat()).size, 40);
  for (const run of runs) assert.deepEqual(run, stretch(run[0]!, 10));
  const rented = await Promise.all(
    runs.flat().map((number) => server.call('POST', `/availableNumbers/${number}:rent`)),
  );
  assert.deepEqual([...new Set(rented.map(({ status }) => status))], [200]);
  const again = runsOf(await search(server, 'sequential=10&size=1000'), 10);
  assert.ok(again.flat().every((number) => !runs.flat().includes(number)));
});

testOnEachEngine('blocks that a use case asks for can be rented whole', async (start) => {
  await using server = await start({}, []);
  await addStock(server, { name: 'block' }, stretch('+12025550000', 300));
  const { context } = server.server;
  const criteria = {
    regionCode: 'US',
    type: 'LOCAL',
    capabilities: [],
    capabilityMatch: 'SUPERSET',
    filter: ANY_NUMBER,
  } as const;
  const wanted = { length: 25, count: 3 };
  const { blocks, isComplete } = await findBlocks(context, PROJECT.id, criteria, wanted);
  assert.ok(isComplete);
  assert.deepEqual(
    blocks.map((block) => block.length),
    [25, 25, 25],
  );
  const caller = { projectId: PROJECT.id, actor: 'test', requestId: 'test' };
  for (const { e164 } of blocks.flat()) {
    const rented = await rentNumber(context, caller, e164, {});
    assert.equal(rented.e164, e164);
  }
});

testOnEachEngine('runs come from different places, and from others each time', async (start) => {
  await using server = await start({}, []);
  await addStock(server, { name: 'block' }, stretch('+12025000000', 10_000));
  const firsts = new Set<string>();
  const thousands = new Set<string>();
  for (let i = 0; i < 20; i++) {
    const runs = runsOf(await search(server, 'sequential=5'), 5);
    assert.equal(runs.length, 4);
    for (const [first] of runs) {
      firsts.add(first!);
      thousands.add(first!.slice(0, -3));
    }
  }
  assert.ok(firsts.size > 60, `${firsts.size} runs`);
  assert.ok(thousands.size > 8, `${thousands.size} of 10 thousands`);
});

testOnEachEngine('a run ends where its pool ends, or a number is rented', async (start) => {
  await using server = await start({}, []);
  // Eleven in a row, but of two pools, and the sixth is gone.
  await addStock(server, { name: 'left' }, stretch('+12025550100', 9));
  await addStock(server, { name: 'right' }, stretch('+12025550109', 2));
  await server.call('POST', '/availableNumbers/+12025550105:rent');
  for (const [sequential, expected] of [
    [2, ['+12025550100', '+12025550102', '+12025550106', '+12025550109']],
    [3, ['+12025550100', '+12025550106']],
    [5, ['+12025550100']],
    [6, []],
  ] as const) {
    for (const order of ['', '&orderBy=phoneNumber']) {
      const answer = await search(server, `sequential=${sequential}&size=1000${order}`);
      const runs = runsOf(answer, sequential);
      assert.deepEqual(
        runs.map(([first]) => first!).toSorted(compare),
        expected,
        `${sequential} ${order}`,
      );
    }
  }
});

testOnEachEngine('where runs are rare they are found wherever the search begins', async (start) => {
  await using server = await start({}, []);
  // One stretch with room for two runs exactly, among numbers with gaps between them.
  const scattered = Array.from({ length: 3000 }, (_, i) => `+1202${5_000_000 + i * 7}`);
  const block = stretch('+12025010001', 200);
  await addStock(server, { name: 'rare' }, [...new Set([...scattered, ...block])]);
  for (let i = 0; i < 10; i++) {
    const runs = runsOf(await search(server, 'sequential=100&size=1000'), 100);
    assert.deepEqual(
      runs.toSorted(([a], [b]) => compare(a!, b!)),
      [block.slice(0, 100), block.slice(100)],
    );
  }
});

testOnEachEngine('the parameters of runs are checked', async (start) => {
  await using server = await start();
  for (const [query, field] of [
    ['sequential=1', 'sequential'],
    ['sequential=101', 'sequential'],
    ['sequential=2.5', 'sequential'],
    ['sequential=', 'sequential'],
    ['sequential=5&size=4', 'size'],
    ['sequential=5&orderBy=monthlyPrice', 'orderBy'],
    ['sequential=5&orderBy=memorability', 'orderBy'],
  ] as const) {
    assertRefused(await server.call('GET', `${SEARCH}&${query}`), field, query);
  }
  // Without a size there is room for one run.
  assert.equal((await search(server, 'sequential=100')).json.availableNumbers.length, 100);
  const none = await search(server, 'sequential=2&numberPattern.pattern=999');
  assert.equal(none.text, '{"availableNumbers":[],"searchCompleted":true}');
});

/** Stretches of all lengths up to thirty, with gaps between them, some of them cut by another pool. */
const STRETCHES = fc.sample(
  fc.tuple(
    fc.constantFrom('+1212', '+1213', '+1907'),
    fc.nat(99_999),
    fc.integer({ min: 1, max: 30 }),
  ),
  { numRuns: 60, seed: 5 },
);
const NUMBERS = [
  ...new Set(
    STRETCHES.flatMap(([area, place, length]) =>
      stretch(`${area}${String(place * 100).padStart(7, '0')}`, length),
    ),
  ),
];
const poolOf = (number: string) => Number(number.slice(-4, -2)) % 2;

/** As many runs as there is room for, found by looking at every number. */
function listRuns(filter: NumberFilter, length: number): string[][] {
  const runs: string[][] = [];
  let run: string[] = [];
  for (const number of NUMBERS.filter((each) => matchesFilter(filter, each)).toSorted()) {
    const last = run.at(-1);
    if (last === undefined || next(last) !== number || poolOf(last) !== poolOf(number)) run = [];
    run.push(number);
    if (run.length === length) {
      runs.push(run);
      run = [];
    }
  }
  return runs;
}

const filters: fc.Arbitrary<NumberFilter> = fc.record({
  prefixes: fc.constantFrom(undefined, ['+1212'], ['+1213', '+1907', '+19075']),
  patterns: fc.constantFrom<NumberFilter['patterns']>(
    [],
    [{ position: 'CONTAINS', digits: '1' }],
    [{ position: 'CONTAINS', digits: '00' }],
    [{ position: 'START', digits: '+12*2' }],
    [{ position: 'END', digits: '55' }],
  ),
  excluded: fc.constantFrom<NumberFilter['excluded']>(
    [],
    [{ position: 'END', digits: '7' }],
    [{ position: 'CONTAINS', digits: '4' }],
  ),
});

testOnEachEngine('all runs are found, in order and without one', async (start) => {
  await using server = await start({}, []);
  for (const pool of [0, 1]) {
    await addStock(
      server,
      { name: `pool ${pool}` },
      NUMBERS.filter((number) => poolOf(number) === pool),
    );
  }
  const { context } = server.server;
  const { all: pools } = await context.pools.current();
  await fc.assert(
    fc.asyncProperty(filters, fc.integer({ min: 2, max: 12 }), async (filter, length) => {
      const expected = listRuns(filter, length);
      const { numbers, isComplete } = await searchAvailableNumbers(context, PROJECT.id, {
        regionCode: 'US',
        type: 'LOCAL',
        capabilities: [],
        capabilityMatch: 'SUPERSET',
        filter,
        size: 1000,
        order: 'SPREAD',
        position: undefined,
        sequential: length,
      });
      assert.ok(isComplete);
      const found = cut(
        numbers.map(({ e164 }) => e164),
        length,
      );
      const wanted = Math.min(expected.length, Math.floor(1000 / length));
      assert.equal(found.length, wanted, JSON.stringify({ filter, length }));
      assert.equal(new Set(found.flat()).size, found.length * length);
      for (const run of found) {
        assert.deepEqual(run, stretch(run[0]!, length));
        assert.ok(run.every((number) => matchesFilter(filter, number) && NUMBERS.includes(number)));
      }

      const inOrder: string[][] = [];
      let position: PagePosition | undefined;
      do {
        const page = await context.store.read((db) =>
          searchBlocksInOrder(context, db, pools, filter, { length, count: 3, position }),
        );
        inOrder.push(...page.blocks.map((block) => block.map(({ e164 }) => e164)));
        position = page.next;
        assert.ok(position === undefined || page.blocks.length === 3);
      } while (position !== undefined);
      assert.deepEqual(inOrder, expected, JSON.stringify({ filter, length }));
    }),
    { numRuns: 40, seed: 3 },
  );
});

testOnEachEngine(
  'a search for runs that is given up says so, and in order it can go on',
  async (start) => {
    await using server = await start({}, []);
    const scattered = Array.from({ length: 6000 }, (_, i) => `+1202${5_000_000 + i * 7}`);
    const block = stretch('+12025900000', 4);
    await addStock(server, { name: 'rare' }, [...scattered, ...block]);
    const { context } = server.server;
    const { all: pools } = await context.pools.current();
    const few = () => new SearchWork(1500);
    const wanted = { length: 3, count: 5 };
    const spread = await context.store.read((db) =>
      searchBlocks(context, db, pools, ANY_NUMBER, wanted, few()),
    );
    assert.equal(spread.isComplete, false);
    const whole = await context.store.read((db) =>
      searchBlocks(context, db, pools, ANY_NUMBER, wanted),
    );
    assert.deepEqual([whole.isComplete, whole.blocks.length], [true, 1]);

    const found: string[][] = [];
    let position: PagePosition | undefined;
    let pages = 0;
    do {
      const page = await context.store.read((db) =>
        searchBlocksInOrder(context, db, pools, ANY_NUMBER, { ...wanted, position }, few()),
      );
      found.push(...page.blocks.map((each) => each.map(({ e164 }) => e164)));
      position = page.next;
      pages++;
    } while (position !== undefined);
    assert.deepEqual(found, [block.slice(0, 3)]);
    assert.ok(pages > 2 && pages < 10, `${pages} pages`);
  },
);
