import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { matchesFilter, type NumberFilter } from './number-filter.ts';
import { rangesOf } from './number-ranges.ts';

const digits = (minLength: number, maxLength: number, of = '012') =>
  fc.array(fc.constantFrom(...of), { minLength, maxLength }).map((all) => all.join(''));

const pattern = fc.record({
  position: fc.constantFrom('START', 'START', 'CONTAINS', 'END'),
  digits: fc.tuple(fc.constantFrom('+', '+', ''), digits(1, 3, '012*')).map((all) => all.join('')),
});

const filter: fc.Arbitrary<NumberFilter> = fc.record({
  prefixes: fc.option(
    fc.array(
      digits(0, 3).map((head) => `+${head}`),
      { maxLength: 4 },
    ),
    { nil: undefined },
  ),
  patterns: fc.array(pattern, { maxLength: 3 }),
  excluded: fc.array(pattern, { maxLength: 1 }),
});

test('every number that passes a filter lies in exactly one of its ranges', () => {
  fc.assert(
    fc.property(filter, fc.array(digits(3, 6), { maxLength: 30 }), (asked, numbers) => {
      const { prefixes, isExact } = rangesOf(asked);
      assert.deepEqual(prefixes, [...prefixes].toSorted());
      for (const number of numbers.map((each) => `+${each}`)) {
        const ranges: number = prefixes.filter((prefix) => number.startsWith(prefix)).length;
        const passes = matchesFilter(asked, number);
        assert.ok(ranges <= 1, `${number} is in ${ranges} ranges`);
        if (passes) assert.equal(ranges, 1, number);
        if (isExact) assert.equal(passes, ranges === 1, number);
      }
    }),
    { numRuns: 500, seed: 2 },
  );
});

test('beginnings of numbers are ranges, and what is within another is left out', () => {
  const start = (text: string) => ({ position: 'START', digits: text }) as const;
  for (const [asked, prefixes, isExact] of [
    [{}, ['+'], true],
    [{ prefixes: ['+1212', '+1', '+44'] }, ['+1', '+44'], true],
    [{ prefixes: ['+1212', '+1415'], patterns: [start('+12')] }, ['+1212'], true],
    [{ prefixes: ['+1'], patterns: [start('+44')] }, [], true],
    [{ prefixes: [] }, [], true],
    [{ patterns: [start('+1212*5')] }, ['+1212'], false],
    [{ patterns: [start('+1212'), { position: 'END', digits: '7' }] }, ['+'], false],
    [{ prefixes: ['+1'], excluded: [start('+1212')] }, ['+1'], false],
  ] as const) {
    const whole = { prefixes: undefined, patterns: [], excluded: [], ...asked };
    assert.deepEqual(rangesOf(whole), { prefixes, isExact }, JSON.stringify(asked));
  }
});
