import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import {
  matchesPattern,
  parseSearchPattern,
  planContains,
  type PrefixSet,
} from './search-pattern.ts';

function covers(set: PrefixSet, e164: string): boolean {
  const key = set.index === 'e164' ? e164 : [...e164].reverse().join('');
  for (let place = 0; place < set.count; place++) {
    if (key.startsWith(set.prefixAt(place))) return true;
  }
  return false;
}

const digit = fc.constantFrom(...'0123456789');

test('the ranges of a plan hold exactly the numbers that contain the pattern', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('1', '44', '358'),
      fc.array(digit, { minLength: 5, maxLength: 8 }),
      fc.array(digit, { minLength: 4, maxLength: 7 }),
      fc.nat(6),
      fc.boolean(),
      (callingCode, national, random, at, planted) => {
        const number = `+${callingCode}${national.join('')}`;
        const pattern = planted ? number.slice(1).slice(at, at + 4) : random.join('');
        fc.pre(pattern.length > 0);
        const sets = planContains(pattern, { callingCode, digitsMax: callingCode.length + 8 });
        const found = sets.some((set) => covers(set, number));
        assert.equal(found, number.includes(pattern), `${pattern} in ${number}`);
      },
    ),
    { numRuns: 300 },
  );
});

test('five digits in a North American number take 222 ranges, and one of them the calling code', () => {
  const sets = planContains('55501', { callingCode: '1', digitsMax: 11 });
  assert.equal(
    sets.reduce((sum, set) => sum + set.count, 0),
    222,
  );
  const withCallingCode = planContains('12025', { callingCode: '1', digitsMax: 11 });
  assert.equal(
    withCallingCode.reduce((sum, set) => sum + set.count, 0),
    223,
  );
});

test('a pattern longer than any number has no ranges', () => {
  assert.deepEqual(planContains('123456789012', { callingCode: '1', digitsMax: 11 }), []);
});

test('the cheapest ranges come first', () => {
  const counts = planContains('555', { callingCode: '1', digitsMax: 11 }).map((set) => set.count);
  assert.deepEqual(
    counts,
    [...counts].sort((a, b) => a - b),
  );
});

test('a pattern is digits, perhaps behind a plus sign or a space that was one', () => {
  assert.deepEqual(parseSearchPattern(' 120', 'START'), { position: 'START', digits: '+120' });
  assert.deepEqual(parseSearchPattern('+120', 'CONTAINS'), { position: 'START', digits: '+120' });
  assert.deepEqual(parseSearchPattern('120', undefined), { position: 'CONTAINS', digits: '120' });
  assert.deepEqual(parseSearchPattern('+120', undefined), { position: 'START', digits: '+120' });
  for (const bad of ['', '12a', '1+2', '++1', '12 3', '%', '12345678901234567']) {
    assert.equal(parseSearchPattern(bad, 'START'), undefined, bad);
  }
});

test('START compares with the whole number, so digits without a plus sign match nothing', () => {
  assert.equal(matchesPattern({ position: 'START', digits: '1202' }, '+12025550134'), false);
  assert.equal(matchesPattern({ position: 'START', digits: '+1202' }, '+12025550134'), true);
  assert.equal(matchesPattern({ position: 'END', digits: '0134' }, '+12025550134'), true);
  assert.equal(matchesPattern({ position: 'CONTAINS', digits: '5501' }, '+12025550134'), true);
});
