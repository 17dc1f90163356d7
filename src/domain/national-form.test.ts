import assert from 'node:assert/strict';
import { test } from 'node:test';

import { toInternationalForm } from './national-form.ts';
import { parseSearchPattern } from './search-pattern.ts';

for (const [regionCode, text, expected] of [
  ['US', '212', ['+1212']],
  ['US', '1 212', ['+1212']],
  ['US', '1', ['+1']],
  ['US', '1-800', ['+1800']],
  ['CA', '*16', ['+1*16']],
  ['GB', '0207 946', ['+44207946']],
  ['GB', '207 946', ['+44207946']],
  ['GB', '0', ['+44']],
  ['DE', '030', ['+4930']],
  ['FR', '01 99', ['+33199']],
  // No national prefix: in Italy the 0 belongs to the number.
  ['IT', '02', ['+3902']],
  ['ES', '91', ['+3491']],
  // 8 is the national prefix, and toll-free numbers begin with it.
  ['RU', '800', ['+700', '+7800']],
  ['RU', '495', ['+7495']],
  ['HU', '06 1', ['+361']],
  ['HU', '0', ['+360', '+36']],
  // Some toll-free numbers in India have zeros of their own.
  ['IN', '000800', ['+9100800', '+91000800']],
  ['ZZ', '212', ['212']],
] as const) {
  test(`${text} at the beginning is understood in ${regionCode}`, () => {
    const pattern = parseSearchPattern(text, 'START');
    assert.ok(pattern !== undefined);
    const forms = toInternationalForm(pattern, regionCode);
    assert.deepEqual(
      forms.map(({ digits }) => digits),
      expected,
    );
    assert.ok(forms.every(({ position }) => position === 'START'));
  });
}

test('a plus sign, CONTAINS and END are left as they are', () => {
  for (const [text, position] of [
    ['+1212', 'START'],
    [' 1212', 'START'],
    ['0207', 'CONTAINS'],
    ['0207', 'END'],
    ['0207', undefined],
  ] as const) {
    const pattern = parseSearchPattern(text, position);
    assert.ok(pattern !== undefined);
    assert.deepEqual(toInternationalForm(pattern, 'GB'), [pattern]);
  }
});
