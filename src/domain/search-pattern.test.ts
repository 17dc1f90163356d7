import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { findPattern, matchesPattern, parseSearchPattern } from './search-pattern.ts';

test('a pattern is digits, perhaps behind a plus sign or a space that was one', () => {
  assert.deepEqual(parseSearchPattern(' 120', 'START'), { position: 'START', digits: '+120' });
  assert.deepEqual(parseSearchPattern(' ', 'START'), { position: 'START', digits: '+' });
  assert.deepEqual(parseSearchPattern('+120', 'CONTAINS'), { position: 'START', digits: '+120' });
  assert.deepEqual(parseSearchPattern('120', undefined), { position: 'CONTAINS', digits: '120' });
  assert.deepEqual(parseSearchPattern('+120', undefined), { position: 'START', digits: '+120' });
  assert.deepEqual(parseSearchPattern('+120', 'END'), { position: 'END', digits: '+120' });
});

test('separators that people type are ignored, letters are the keys of a telephone, a star is any digit', () => {
  for (const [text, digits] of [
    ['(212) 555-01', '21255501'],
    ['0207 946', '0207946'],
    ['+44 (20) 7946.0/12', '+442079460 12'.replace(' ', '')],
    ['+1\u00a0212\u2011555', '+1212555'],
    ['[0]30\u20139000', '0309000'],
    [' (212)', '212'],
    [' +1 212', '+1212'],
    ['TAXI', '8294'],
    ['1-800-flowers', '18003569377'],
    ['aAbBcC dDeEfF gG', '22222233333344'],
    ['hHiI jJkKlL mMnNoO', '4444555555666666'],
    ['pPqQrRsS tTuUvV', '77777777888888'],
    ['wWxXyYzZ', '99999999'],
    ['55*01', '55*01'],
    ['+1 *** 5', '+1***5'],
    ['*', '*'],
  ] as const) {
    assert.equal(parseSearchPattern(text, undefined)?.digits, digits, text);
  }
});

test('what is no pattern is refused, and one that is longer than any number', () => {
  for (const bad of [
    '',
    '-',
    '( )',
    '1+2',
    '++1',
    '%',
    '12#',
    '12_',
    '\u0661',
    'é',
    '_',
    '?',
    '5\0',
  ]) {
    assert.equal(parseSearchPattern(bad, 'START'), undefined, bad);
  }
  assert.equal(parseSearchPattern('12345678901234567', 'START'), undefined);
  assert.equal(parseSearchPattern('1234 5678 9012 3456', 'START')?.digits, '1234567890123456');
});

test('any text is a pattern or refused, and nothing else', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (text) => {
      const parsed = parseSearchPattern(text, undefined);
      assert.match(parsed?.digits ?? '+', /^\+?[\d*]*$/);
    }),
    { numRuns: 500 },
  );
});

test('START compares with the whole number, so digits without a plus sign match nothing', () => {
  for (const [position, digits, isMatch] of [
    ['START', '1202', false],
    ['START', '+1202', true],
    ['START', '+1*02', true],
    ['START', '+1*03', false],
    ['START', '*1202', false],
    ['START', '+1202555013**', false],
    ['END', '0134', true],
    ['END', '01*4', true],
    ['END', '**0134', true],
    ['END', '************', false],
    ['END', '+***********', true],
    ['CONTAINS', '5501', true],
    ['CONTAINS', '5*01', true],
    ['CONTAINS', '*0134*', false],
    ['CONTAINS', '*1202', false],
    ['CONTAINS', '***********', true],
    ['CONTAINS', '************', false],
  ] as const) {
    assert.equal(
      matchesPattern({ position, digits }, '+12025550134'),
      isMatch,
      `${position} ${digits}`,
    );
  }
});

test('a pattern that looks from a place on finds what is there, and nothing before it', () => {
  const national = { position: 'CONTAINS', from: 2 } as const;
  assert.equal(matchesPattern({ ...national, digits: '12' }, '+12025550134'), false);
  assert.equal(matchesPattern({ ...national, digits: '20' }, '+12025550134'), true);
  assert.equal(findPattern('0*5', '+12025550134'), 3);
  assert.equal(findPattern('0*5', '+12025550134', 4), -1);
});

test('a star is what a digit in its place would be', () => {
  const digit = fc.constantFrom(...'0123456789');
  fc.assert(
    fc.property(
      fc.constantFrom('START', 'CONTAINS', 'END'),
      fc.array(digit, { minLength: 7, maxLength: 11 }),
      fc.array(fc.oneof(digit, fc.constant('*')), { minLength: 1, maxLength: 8 }),
      (position, number, pattern) => {
        const e164 = `+${number.join('')}`;
        const text = (position === 'START' ? '+' : '') + pattern.join('');
        const source = text.replace('+', '\\+').replaceAll('*', '\\d');
        const expected = {
          START: new RegExp(`^${source}`),
          CONTAINS: new RegExp(source),
          END: new RegExp(`${source}$`),
        }[position];
        const parsed = parseSearchPattern(text, position);
        assert.ok(parsed !== undefined);
        assert.equal(
          matchesPattern(parsed, e164),
          expected.test(e164),
          `${position} ${text} ${e164}`,
        );
      },
    ),
    { numRuns: 1000 },
  );
});
