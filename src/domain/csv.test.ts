import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parse } from 'csv-parse/sync';
import fc from 'fast-check';

import { toCsvRow } from './csv.ts';

test('what could be a formula becomes text, and a number with a sign stays one', () => {
  const row = [
    '=1+1',
    '+1+1',
    '-2+cmd',
    '@SUM(A1)',
    '\t=1',
    '＝1',
    '+12025550134',
    '-0.50',
    '+',
    'a=1',
  ];
  assert.equal(
    toCsvRow(row),
    "'=1+1,'+1+1,'-2+cmd,'@SUM(A1),'\t=1,'＝1,+12025550134,-0.50,'+,a=1\r\n",
  );
});

test('every row is read back as it was, but for the apostrophe', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }), (cells) => {
      const [read] = parse(toCsvRow(cells), {
        relaxColumnCount: true,
        skipEmptyLines: false,
      }) as string[][];
      assert.equal(read?.length, cells.length);
      for (const [i, cell] of cells.entries()) {
        assert.ok(read[i] === cell || read[i] === `'${cell}`, JSON.stringify([cell, read[i]]));
        assert.ok(!/^[=@]/.test(read[i]));
      }
    }),
  );
});
