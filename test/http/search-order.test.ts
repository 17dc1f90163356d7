import assert from 'node:assert/strict';

import fc from 'fast-check';

import { type PageOrder, type PagePosition, searchInOrder } from '../../src/app/search-in-order.ts';
import { SearchWork } from '../../src/app/search-work.ts';
import { memorabilityOf } from '../../src/domain/memorability.ts';
import { ANY_NUMBER, matchesFilter, type NumberFilter } from '../../src/domain/number-filter.ts';
import type { NewPool } from '../../src/store/pool.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { addStock } from '../support/stock.ts';
import { OTHER_PROJECT, PROJECT, type TestServer } from '../support/test-server.ts';

/** A fixed seed: a test that fails fails again. */
const RUNS = { numRuns: 60, seed: 20_260_131 };

interface Priced {
  e164: string;
  currencyCode: string;
  price: number;
}

const digits = (minLength: number, maxLength: number) =>
  fc.array(fc.constantFrom(...'0123456789'), { minLength, maxLength }).map((all) => all.join(''));

/** Endings of many classes, and of none. */
const ending = fc.oneof(
  digits(7, 7),
  fc.constantFrom(
    ...'2222222 3456789 9777777 0123456 3569377 9988888 1474747 1227890'.split(' '),
    ...'1748294 5135135 5123321 9332211 1114747 1114477 1114774 1234777'.split(' '),
  ),
);
const STOCK_NUMBERS = [
  ...new Set(
    fc.sample(
      fc
        .tuple(fc.constantFrom('212', '213', '415', '907'), ending)
        .map(([area, last]) => `+1${area}${last}`),
      { numRuns: 700, seed: 7 },
    ),
  ),
];

const POOLS: readonly (Partial<NewPool> & { name: string })[] = [
  { name: 'cheap', monthlyPriceMinor: 90 },
  { name: 'dear', monthlyPriceMinor: 1000 },
  { name: 'as dear', monthlyPriceMinor: 1000, capabilities: ['SMS'] },
  { name: 'in euros', monthlyPriceMinor: 100, currencyCode: 'EUR' },
  { name: 'mine', monthlyPriceMinor: 500, visibleTo: new Set([PROJECT.id]) },
  { name: 'theirs', monthlyPriceMinor: 80, visibleTo: new Set([OTHER_PROJECT.id]) },
];

/** The numbers in pools by turns. @returns what the first project may see. */
async function addPricedStock(server: TestServer): Promise<Priced[]> {
  const visible: Priced[] = [];
  for (const [i, pool] of POOLS.entries()) {
    const numbers = STOCK_NUMBERS.filter((_, place) => place % POOLS.length === i);
    await addStock(server, pool, numbers);
    if (pool.name === 'theirs') continue;
    const { currencyCode = 'USD', monthlyPriceMinor: price = 0 } = pool;
    visible.push(...numbers.map((e164) => ({ e164, currencyCode, price })));
  }
  return visible;
}

/** The order in another way: by comparing any two numbers. */
const COMPARE: Record<PageOrder, (a: Priced, b: Priced) => number> = {
  PHONE_NUMBER: () => 0,
  MONTHLY_PRICE: (a, b) => compareTexts(a.currencyCode, b.currencyCode) || a.price - b.price,
  MEMORABILITY: (a, b) => memorabilityOf(b.e164).score - memorabilityOf(a.e164).score,
};
const ORDERS = ['PHONE_NUMBER', 'MONTHLY_PRICE', 'MEMORABILITY'] as const;

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function sorted(numbers: readonly Priced[], order: PageOrder): string[] {
  return numbers
    .toSorted((a, b) => COMPARE[order](a, b) || compareTexts(a.e164, b.e164))
    .map(({ e164 }) => e164);
}

/** All pages, one after the other. @param rowsMax how much one page may read before it has to end. */
async function walk(
  { server: { context } }: TestServer,
  order: PageOrder,
  filter: NumberFilter,
  size: number,
  rowsMax?: number,
): Promise<{ found: string[]; pages: number[] }> {
  const visible = (await context.pools.current()).visibleTo(PROJECT.id);
  const found: string[] = [];
  const pages: number[] = [];
  let position: PagePosition | undefined;
  do {
    const page = await context.store.read((db) =>
      searchInOrder(
        context,
        db,
        visible,
        filter,
        { order, position, size },
        new SearchWork(rowsMax),
      ),
    );
    found.push(...page.numbers.map(({ e164 }) => e164));
    pages.push(page.numbers.length);
    position = page.next;
  } while (position !== undefined);
  return { found, pages };
}

const pattern = fc
  .tuple(
    fc.constantFrom(...STOCK_NUMBERS),
    fc.nat(9),
    fc.integer({ min: 1, max: 6 }),
    fc.constantFrom('START', 'CONTAINS', 'END'),
    fc.nat(20),
  )
  .map(([number, from, length, position, star]) => {
    const text =
      position === 'START'
        ? number.slice(0, 2 + length)
        : position === 'END'
          ? number.slice(-length)
          : number.slice(1 + from, 1 + from + length);
    const digitsOf =
      text.length < 3 || star === 0 || star >= text.length ? text : replaceAt(text, star);
    return { position, digits: digitsOf } as const;
  });

function replaceAt(text: string, at: number): string {
  return `${text.slice(0, at)}*${text.slice(at + 1)}`;
}

const filterArbitrary: fc.Arbitrary<NumberFilter> = fc.record({
  prefixes: fc.option(
    fc.array(fc.constantFrom('+1212', '+1213', '+12135', '+1415', '+1999'), {
      minLength: 1,
      maxLength: 3,
    }),
    { nil: undefined },
  ),
  patterns: fc.array(pattern, { maxLength: 2 }),
  excluded: fc.array(pattern, { maxLength: 1 }),
});

testOnEachEngine('a walk in an order sees what sorting the whole stock gives', async (start) => {
  await using server = await start({}, []);
  const stock = await addPricedStock(server);
  await fc.assert(
    fc.asyncProperty(
      filterArbitrary,
      fc.constantFrom(...ORDERS),
      fc.constantFrom(7, 50, 1000),
      async (filter, order, size) => {
        const matches = stock.filter(({ e164 }) => matchesFilter(filter, e164));
        const { found, pages } = await walk(server, order, filter, size);
        assert.deepEqual(found, sorted(matches, order), `${order} ${JSON.stringify(filter)}`);
        assert.ok(
          pages.slice(0, -1).every((length) => length === size),
          'only the last page is short',
        );
      },
    ),
    RUNS,
  );
});

/** So many that nothing is sorted any more: the index is walked. */
const MANY = [
  ...Array.from({ length: 6500 }, (_, i) => `+1212${String(i * 3).padStart(4, '0')}777`),
  ...Array.from({ length: 6500 }, (_, i) => `+1213${String(i * 1009).padStart(7, '0')}`),
];
const MANY_FILTERS: readonly NumberFilter[] = [
  ANY_NUMBER,
  { ...ANY_NUMBER, prefixes: ['+1212', '+121300'] },
  { ...ANY_NUMBER, patterns: [{ position: 'CONTAINS', digits: '1212' }] },
  { ...ANY_NUMBER, patterns: [{ position: 'END', digits: '77' }] },
  { ...ANY_NUMBER, excluded: [{ position: 'CONTAINS', digits: '9' }] },
];

testOnEachEngine('a walk through many numbers sees them in order too', async (start) => {
  await using server = await start({}, []);
  await addStock(server, { name: 'many' }, MANY);
  await addStock(server, { name: 'few', monthlyPriceMinor: 90 }, STOCK_NUMBERS.slice(0, 50));
  const stock = [
    ...MANY.map((e164) => ({ e164, currencyCode: 'USD', price: 100 })),
    ...STOCK_NUMBERS.slice(0, 50).map((e164) => ({ e164, currencyCode: 'USD', price: 90 })),
  ];
  for (const filter of MANY_FILTERS) {
    const matches = stock.filter(({ e164 }) => matchesFilter(filter, e164));
    assert.ok(matches.length > 4000);
    for (const order of ORDERS) {
      const { found } = await walk(server, order, filter, 1000);
      assert.deepEqual(found, sorted(matches, order), `${order} ${JSON.stringify(filter)}`);
    }
  }
});

testOnEachEngine(
  'a page that would have to read too much ends early, and the next one goes on',
  async (start) => {
    await using server = await start({}, []);
    await addStock(server, { name: 'many' }, MANY);
    const stock = MANY.map((e164) => ({ e164, currencyCode: 'USD', price: 100 }));
    for (const filter of MANY_FILTERS) {
      const matches = stock.filter(({ e164 }) => matchesFilter(filter, e164));
      for (const order of ORDERS) {
        // To find out that a class has too many to be sorted takes some reading, and each page finds it out.
        const rowsMax = order === 'MEMORABILITY' ? 20_000 : 2500;
        const { found, pages } = await walk(server, order, filter, 1000, rowsMax);
        assert.deepEqual(found, sorted(matches, order), `${order} ${JSON.stringify(filter)}`);
        assert.ok(pages.length < 60, `${pages.length} pages`);
      }
    }
    // It can happen that a page has nothing.
    const rare: NumberFilter = { ...ANY_NUMBER, patterns: [{ position: 'END', digits: '*33' }] };
    const { pages } = await walk(server, 'PHONE_NUMBER', rare, 1000, 2500);
    assert.equal(pages[0], 0);
    assert.ok(pages.some((length) => length > 0));
  },
);
