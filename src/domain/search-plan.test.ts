import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { matchesFilter } from './number-filter.ts';
import { reverseDigits } from './phone-number.ts';
import type { SearchPattern } from './search-pattern.ts';
import { type NumberShape, planSearch, type PrefixSet } from './search-plan.ts';

const SIZE = 20;
const NORTH_AMERICA = { callingCode: '1', digitsMin: 11, digitsMax: 11, places: undefined };

function plan(pattern: Partial<SearchPattern>, shape: Partial<NumberShape> = {}): PrefixSet[] {
  const whole = { position: 'CONTAINS', digits: '', ...pattern } as const;
  return planSearch(whole, { ...NORTH_AMERICA, ...shape }, SIZE);
}

function covers(set: PrefixSet, e164: string): boolean {
  const key = set.index === 'e164' ? e164 : reverseDigits(e164);
  for (let place = 0; place < set.count; place++) {
    if (key.startsWith(set.prefixAt(place))) return true;
  }
  return false;
}

function countRanges(sets: readonly PrefixSet[]): number {
  return sets.reduce((sum, set) => sum + set.count, 0);
}

const digit = fc.constantFrom(...'0123456789');
const text = (characters: fc.Arbitrary<string>, minLength: number, maxLength: number) =>
  fc.array(characters, { minLength, maxLength }).map((all) => all.join(''));

test('the ranges of a plan for digits alone hold exactly the numbers that contain them', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('1', '44', '358'),
      text(digit, 5, 8),
      text(digit, 4, 7),
      fc.nat(6),
      fc.boolean(),
      (callingCode, national, random, at, isPlanted) => {
        const number = `+${callingCode}${national}`;
        const digits = isPlanted ? number.slice(1).slice(at, at + 4) : random;
        fc.pre(digits.length > 0);
        const shape = { callingCode, digitsMin: 1, digitsMax: callingCode.length + 8 };
        const sets = plan({ digits }, shape);
        const isCovered = sets.some((set) => covers(set, number));
        assert.equal(isCovered, number.includes(digits), `${digits} in ${number}`);
        assert.ok(
          sets.every(({ rowsPerMatch, cost, count }) => rowsPerMatch === 1 && cost === count),
        );
      },
    ),
    { numRuns: 300 },
  );
});

/** A number, a pattern that is a piece of it with some digits starred, and places of which it may have one. */
const wanted = fc
  .record({
    callingCode: fc.constantFrom('1', '44', '358'),
    national: text(digit, 5, 8),
    position: fc.constantFrom('START', 'CONTAINS', 'END'),
    from: fc.nat(9),
    length: fc.integer({ min: 1, max: 10 }),
    starred: fc.array(fc.boolean(), { minLength: 16, maxLength: 16 }),
    placeLengths: fc.option(fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 2 })),
    otherPlaces: fc.array(text(digit, 1, 4), { minLength: 1, maxLength: 3 }),
    size: fc.constantFrom(1, 20, 1000),
  })
  .map(({ callingCode, national, position, from, length, starred, ...rest }) => {
    const number = `+${callingCode}${national}`;
    const piece =
      position === 'START'
        ? number.slice(0, length + 1)
        : position === 'END'
          ? number.slice(-length)
          : number.slice(1).slice(from, from + length) || national;
    const digits = piece.replaceAll(/\d/g, (each, at: number) => (starred[at] ? '*' : each));
    const own = rest.placeLengths?.map((more) => number.slice(0, 1 + callingCode.length + more));
    const places = own && [
      ...new Set([
        ...own.slice(0, 1),
        ...rest.otherPlaces.map((other) => `+${callingCode}${other}`),
      ]),
    ];
    return { callingCode, number, places, size: rest.size, pattern: { position, digits } as const };
  });

test('no number that matches is outside of the ranges, whatever is starred and whichever its place', () => {
  fc.assert(
    fc.property(wanted, ({ callingCode, number, places, size, pattern }) => {
      const shape = {
        callingCode,
        digitsMin: callingCode.length + 5,
        digitsMax: callingCode.length + 8,
        places,
      };
      const filter = { prefixes: places, patterns: [pattern], excluded: [] };
      fc.pre(pattern.digits !== '' && matchesFilter(filter, number));
      const sets = planSearch(pattern, shape, size);
      assert.ok(
        sets.some((set) => set.count <= 100_000 && covers(set, number)),
        `${pattern.position} ${pattern.digits} ${places?.join()} ${number}`,
      );
    }),
    { numRuns: 1000 },
  );
});

test('of the ways to ask for a beginning or an end the one with the least work is taken', () => {
  for (const [pattern, places, index, counts] of [
    [{ position: 'START', digits: '+1*12' }, undefined, 'e164', [10]],
    [{ position: 'START', digits: '+1******0100' }, undefined, 'reversed', [1]],
    [{ position: 'START', digits: '+1**55' }, undefined, 'e164', [100]],
    [{ position: 'END', digits: '3*56' }, undefined, 'reversed', [10]],
    [{ position: 'END', digits: '0100' }, ['+1212'], 'reversed', [1]],
    [{ position: 'END', digits: '00' }, ['+1212', '+1646'], 'e164', [2]],
    [{ position: 'START', digits: '+121255' }, ['+1212', '+1646'], 'e164', [1]],
    [{ position: 'START', digits: '+1305' }, ['+1212', '+1646'], undefined, []],
  ] as const) {
    const sets = plan(pattern, { places });
    const told = `${pattern.digits} ${places?.join()}`;
    assert.deepEqual(
      sets.map((set) => set.count),
      counts,
      told,
    );
    assert.ok(
      sets.every((set) => set.index === index),
      told,
    );
  }
});

test('five digits in a North American number take 222 ranges, and one of them the calling code', () => {
  assert.equal(countRanges(plan({ digits: '55501' })), 222);
  assert.equal(countRanges(plan({ digits: '12025' })), 223);
});

test('a place takes the role that the calling code has: it multiplies nothing', () => {
  // Of the seven digits behind it four are known: the unknown ones before them are written out, up to two.
  const sets = plan({ digits: '5550' }, { places: ['+1212'] });
  assert.deepEqual(
    sets.map((set) => `${set.index} ${set.prefixAt(0)} ${set.count}`),
    ['e164 +12125550 1', 'e164 +121205550 10', 'e164 +1212005550 100', 'reversed 0555 1'],
  );
});

test('a pattern longer than any number has no ranges', () => {
  assert.deepEqual(plan({ digits: '123456789012' }), []);
});

test('the cheapest ranges come first', () => {
  for (const [digits, places] of [
    ['555', undefined],
    ['5*5', undefined],
    ['5550', ['+1212', '+1646', '+1917']],
  ] as const) {
    const costs = plan({ digits }, { places }).map((set) => set.cost);
    assert.ok(costs.length > 1);
    assert.deepEqual(
      costs,
      costs.toSorted((a, b) => a - b),
    );
  }
});

test('what is common is looked for among all numbers, not in ten thousand ranges', () => {
  const [only, ...others] = plan({ position: 'START', digits: '+1****55' });
  assert.deepEqual(others, []);
  assert.deepEqual([only?.count, only?.prefixAt(0), only?.rowsPerMatch], [1, '+1', 100]);
  const all = plan({ digits: '***' });
  assert.deepEqual([all.length, all[0]?.prefixAt(0), all[0]?.isEverything], [1, '+1', true]);
});
