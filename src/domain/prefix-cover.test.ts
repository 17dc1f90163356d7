import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { coverPrefixes, EXACT, intersectPrefixes, withoutNested } from './prefix-cover.ts';

function cover(known: readonly string[], chosen: readonly string[], coarseness = EXACT): string[] {
  const sorted = [...new Set([...known, ...chosen])].sort();
  const isKnown = (prefix: string) => sorted.includes(prefix);
  return coverPrefixes({ known: sorted, isKnown, chosen: new Set(chosen) }, coarseness);
}

const tens = (head: string) => [...'0123456789'].map((digit) => head + digit);

test('ten that differ in their last digit become one', () => {
  assert.deepEqual(cover(['617'], tens('6174')), ['6174']);
  assert.deepEqual(cover(['617'], tens('6174').slice(1)), tens('6174').slice(1));
});

test('what nothing else is known of is covered as a whole', () => {
  assert.deepEqual(cover(['30', '40'], ['8912', '8913', '897']), ['8']);
  assert.deepEqual(cover(['30', '8914'], ['8912', '8913', '897']), ['8912', '8913', '897']);
});

test('a chosen beginning covers what is known to be something else inside', () => {
  assert.deepEqual(cover(['617492', '212'], ['617']), ['617']);
});

test('a coarse cover takes the whole where most of it is chosen', () => {
  const known = ['617', '617225', '617226', '617227'];
  const chosen = ['617225', '617226'];
  assert.deepEqual(cover(known, chosen), chosen);
  assert.deepEqual(cover(known, chosen, { share: 0.5, digitsMin: 3 }), ['617']);
  assert.deepEqual(cover(known, chosen, { share: 0.7, digitsMin: 3 }), chosen);
});

const beginning = fc.stringMatching(/^[1-3]{1,4}$/);

test('exactly the numbers of the chosen are covered, as far as anything is known of numbers', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(beginning, { maxLength: 12 }),
      fc.uniqueArray(beginning, { minLength: 1, maxLength: 6 }),
      fc.stringMatching(/^[0-4]{6}$/),
      (known, chosen, number) => {
        const covered = cover(known, chosen);
        assert.deepEqual(covered, withoutNested(covered));
        const isCovered = covered.some((prefix) => number.startsWith(prefix));
        const isChosen = chosen.some((prefix) => number.startsWith(prefix));
        const isElse = known.some((prefix) => number.startsWith(prefix));
        if (isChosen) assert.ok(isCovered, `${number} is missing in ${covered.join()}`);
        if (!isChosen && isElse) assert.ok(!isCovered, `${number} is in ${covered.join()}`);
      },
    ),
    { numRuns: 500 },
  );
});

test('what begins with one of both lists begins with one of their intersection', () => {
  fc.assert(
    fc.property(
      fc.array(beginning, { maxLength: 6 }),
      fc.array(beginning, { maxLength: 6 }),
      fc.stringMatching(/^[0-4]{5}$/),
      (a, b, number) => {
        const begins = (list: readonly string[]) =>
          list.some((prefix) => number.startsWith(prefix));
        assert.equal(begins(intersectPrefixes(a, b)), begins(a) && begins(b));
      },
    ),
    { numRuns: 500 },
  );
});
