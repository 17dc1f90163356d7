import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import {
  ANY_NUMBER,
  excludedBeginning,
  matchesFilter,
  type NumberFilter,
} from './number-filter.ts';
import { reverseDigits } from './phone-number.ts';

const NUMBER = '+12025550134';

test('a number has one of the beginnings, matches one of the patterns, and none of the excluded ones', () => {
  const matches = (filter: Partial<NumberFilter>) =>
    matchesFilter({ ...ANY_NUMBER, ...filter }, NUMBER);
  const end = (digits: string) => ({ position: 'END', digits }) as const;
  assert.equal(matches({}), true);
  assert.equal(matches({ prefixes: ['+1305', '+1202'] }), true);
  assert.equal(matches({ prefixes: ['+1305'] }), false);
  assert.equal(matches({ prefixes: [] }), false);
  assert.equal(matches({ patterns: [end('5'), end('4')] }), true);
  assert.equal(matches({ patterns: [end('5'), end('6')] }), false);
  assert.equal(matches({ excluded: [end('5'), end('6')] }), true);
  assert.equal(matches({ excluded: [end('5'), end('4')] }), false);
  assert.equal(
    matches({ prefixes: ['+1202'], patterns: [end('4')], excluded: [end('34')] }),
    false,
  );
});

const digit = fc.constantFrom(...'0123');
const digits = (minLength: number, maxLength: number) =>
  fc.array(digit, { minLength, maxLength }).map((all) => all.join(''));

test('all numbers with an excluded beginning are excluded', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          position: fc.constantFrom('START', 'CONTAINS', 'END'),
          digits: digits(1, 3),
          star: fc.nat(5),
          from: fc.constantFrom(2, undefined),
        }),
        { minLength: 1, maxLength: 3 },
      ),
      fc.constantFrom('e164', 'reversed'),
      digits(3, 5),
      fc.array(digits(3, 6), { minLength: 20, maxLength: 20 }),
      (patterns, index, national, others) => {
        const excluded = patterns.map(({ position, digits: text, star, from }) => {
          const starred =
            text.slice(0, star) + (star < text.length ? '*' : '') + text.slice(star + 1);
          const all = position === 'START' ? `+1${starred}` : starred;
          return { position, digits: all, ...(position === 'CONTAINS' && from ? { from } : {}) };
        });
        const filter = { ...ANY_NUMBER, excluded };
        const toKey = (e164: string) => (index === 'e164' ? e164 : reverseDigits(e164));
        const beginning = excludedBeginning(filter, index, toKey(`+1${national}`), 4);
        if (beginning === undefined) return;
        assert.equal(matchesFilter(filter, `+1${national}`), false);
        for (const other of others) {
          const digitsOnly: string = beginning.replaceAll('+', '');
          // Any number whose key begins like that; those in which it does not fit are no numbers.
          const key: string =
            index === 'e164'
              ? `+1${(digitsOnly + other).slice(1)}`
              : reverseDigits(`+1${other}${reverseDigits(digitsOnly)}`);
          if (!key.startsWith(beginning)) continue;
          assert.equal(
            matchesFilter(filter, toKey(key)),
            false,
            `${JSON.stringify(excluded)} ${key}`,
          );
        }
      },
    ),
    { numRuns: 1000 },
  );
});

test('a beginning is found where one decides, and the shortest one', () => {
  const beginning = (filter: Partial<NumberFilter>, index: 'e164' | 'reversed', key: string) =>
    excludedBeginning({ ...ANY_NUMBER, ...filter }, index, key, 11);
  const contains = { position: 'CONTAINS', digits: '25' } as const;
  assert.equal(beginning({ excluded: [contains] }, 'e164', NUMBER), '+12025');
  assert.equal(beginning({ excluded: [contains] }, 'reversed', reverseDigits(NUMBER)), '43105552');
  assert.equal(
    beginning({ excluded: [{ position: 'END', digits: '34' }] }, 'reversed', '43105552021+'),
    '43',
  );
  assert.equal(
    beginning({ excluded: [{ position: 'END', digits: '34' }] }, 'e164', NUMBER),
    undefined,
  );
  assert.equal(
    beginning({ excluded: [{ position: 'START', digits: '+12*2' }] }, 'e164', NUMBER),
    '+1202',
  );
  // Behind the calling code there is no 12.
  const national = { position: 'CONTAINS', digits: '12', from: 2 } as const;
  assert.equal(beginning({ excluded: [national] }, 'e164', NUMBER), undefined);
  assert.equal(beginning({ excluded: [national] }, 'reversed', reverseDigits(NUMBER)), undefined);
});
