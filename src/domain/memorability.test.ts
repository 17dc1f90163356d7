import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import fc from 'fast-check';

import { listMemorableClasses, memorabilityOf, memorableClassOf } from './memorability.ts';

/** The same rules told in another way: the first that fits decides. Words are left to the examples. */
const RULES: readonly [name: string, fits: (digits: string) => boolean][] = [
  ['SEVEN_ALIKE', (digits) => /(\d)\1{6}$/.test(digits)],
  ['SEVEN_IN_A_ROW', (digits) => isRow(digits.slice(-7), 7)],
  ['SIX_ALIKE', (digits) => /(\d)\1{5}$/.test(digits)],
  ['SIX_IN_A_ROW', (digits) => isRow(digits.slice(-6), 6)],
  ['FIVE_ALIKE', (digits) => /(\d)\1{4}$/.test(digits)],
  ['PAIR_THREE_TIMES', (digits) => /(\d\d)\1\1$/.test(digits)],
  ['FIVE_IN_A_ROW', (digits) => isRow(digits.slice(-5), 5)],
  ['FOUR_ALIKE', (digits) => /(\d)\1{3}$/.test(digits)],
  ['TRIPLE_TWICE', (digits) => /(\d{3})\1$/.test(digits)],
  ['MIRROR_OF_SIX', (digits) => /(\d)(\d)(\d)\3\2\1$/.test(digits)],
  ['THREE_PAIRS', (digits) => /(\d)\1(\d)\2(\d)\3$/.test(digits)],
  ['FOUR_IN_A_ROW', (digits) => isRow(digits.slice(-4), 4)],
  ['PAIR_TWICE', (digits) => /(\d\d)\1$/.test(digits)],
  ['TWO_PAIRS', (digits) => /(\d)\1(\d)\2$/.test(digits)],
  ['MIRROR_OF_FOUR', (digits) => /(\d)(\d)\2\1$/.test(digits)],
  ['THREE_ALIKE', (digits) => /(\d)\1\1$/.test(digits)],
];

function isRow(digits: string, length: number): boolean {
  if (digits.length < length) return false;
  return '01234567890'.includes(digits) || '09876543210'.includes(digits);
}

const digits = fc.array(fc.constantFrom(...'0123456789'), { minLength: 7, maxLength: 7 });

/** Numbers whose endings are likely to be of a class, and some that are not. */
const ending = fc.oneof(
  digits,
  fc.array(fc.constantFrom(...'01'), { minLength: 7, maxLength: 7 }),
  fc
    .tuple(
      digits,
      fc.constantFrom('0123456789', '9876543210'),
      fc.nat(6),
      fc.integer({ min: 3, max: 7 }),
    )
    .map(([before, row, from, length]) => [...before, ...row.slice(from, from + length)]),
  ...['ABCABC', 'ABCCBA', 'AABBCC', 'ABAB', 'AABB', 'ABBA'].map((shape) =>
    digits.map((all) => [...shape].map((letter) => all['ABC'.indexOf(letter)])),
  ),
);

test('a number belongs to the first class whose rule it keeps', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(ending, (last) => {
      const number = `+1212${last.join('')}`;
      const { score, reason } = memorabilityOf(number);
      if (reason.startsWith('WORD')) return;
      const expected = RULES.find(([, fits]) => fits(number))?.[0] ?? '';
      assert.equal(reason, expected, number);
      assert.equal(score > 0, expected !== '');
      seen.add(reason);
    }),
    { numRuns: 5000, seed: 1 },
  );
  assert.equal(seen.size, RULES.length + 1, 'numbers of every class, and some of none, were seen');
});

test('each class has an example, the digits that are the reason, and the word', () => {
  for (const [number, score, reason, last, word] of [
    ['+12125555555', 100, 'SEVEN_ALIKE', '5555555', ''],
    ['+12121234567', 95, 'SEVEN_IN_A_ROW', '1234567', ''],
    ['+12120987654', 95, 'SEVEN_IN_A_ROW', '0987654', ''],
    ['+12121777777', 90, 'SIX_ALIKE', '777777', ''],
    ['+12129654321', 85, 'SIX_IN_A_ROW', '654321', ''],
    ['+12123569377', 80, 'WORD_OF_SEVEN', '3569377', 'FLOWERS'],
    ['+12122188888', 75, 'FIVE_ALIKE', '88888', ''],
    ['+12121529937', 70, 'WORD_OF_SIX', '529937', 'LAWYER'],
    ['+12125424242', 65, 'PAIR_THREE_TIMES', '424242', ''],
    ['+12129134567', 60, 'FIVE_IN_A_ROW', '34567', ''],
    ['+12121174992', 55, 'WORD_OF_FIVE', '74992', 'PIZZA'],
    ['+12121230000', 50, 'FOUR_ALIKE', '0000', ''],
    ['+12125123123', 45, 'TRIPLE_TWICE', '123123', ''],
    ['+12125123321', 40, 'MIRROR_OF_SIX', '123321', ''],
    ['+12125114477', 35, 'THREE_PAIRS', '114477', ''],
    ['+12125917890', 30, 'FOUR_IN_A_ROW', '7890', ''],
    ['+12125118294', 25, 'WORD_OF_FOUR', '8294', 'TAXI'],
    ['+12125164747', 20, 'PAIR_TWICE', '4747', ''],
    ['+12125164477', 15, 'TWO_PAIRS', '4477', ''],
    ['+12125164774', 10, 'MIRROR_OF_FOUR', '4774', ''],
    ['+12125164777', 5, 'THREE_ALIKE', '777', ''],
    ['+12125164738', 0, '', '', ''],
    // Shorter than the longest endings.
    ['+4930111', 5, 'THREE_ALIKE', '111', ''],
  ] as const) {
    assert.deepEqual(memorabilityOf(number), { score, reason, ending: last, word }, number);
    assert.equal(memorableClassOf(number)?.name ?? '', reason);
  }
});

test('the classes stand in the order of their scores, and are as short as a search needs', () => {
  const scores = listMemorableClasses().map(({ score }) => score);
  assert.deepEqual(
    scores,
    [...new Set(scores)].toSorted((a, b) => b - a),
  );
  for (const { name, endings } of listMemorableClasses()) {
    assert.ok(endings.length > 0 && endings.length <= 1000, name);
    assert.equal(new Set(endings.map(({ length }) => length)).size, 1, name);
  }
  const all = listMemorableClasses().flatMap(({ endings }) => endings);
  assert.equal(new Set(all).size, all.length);
});

test('the score is documented class by class', () => {
  const text = readFileSync(new URL('../../docs/search-features.md', import.meta.url), 'utf8');
  const rows = [...text.matchAll(/^\| (\d+) +\| `(\w+)` +\| .+ \| (\d+) +\|$/gm)];
  assert.deepEqual(
    rows.map(([, score, name, endings]) => [Number(score), name, Number(endings)]),
    listMemorableClasses().map(({ score, name, endings }) => [score, name, endings.length]),
  );
});
