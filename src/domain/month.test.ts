import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parseMonth } from './month.ts';

test('a month ends where the next one begins', () => {
  assert.deepEqual(parseMonth('2025-12'), {
    name: '2025-12',
    start: '2025-12-01T00:00:00.000000Z',
    end: '2026-01-01T00:00:00.000000Z',
  });
});

test('what is not written as a month is none', () => {
  for (const text of [
    '',
    '2026',
    '2026-00',
    '2026-13',
    '2026-1',
    '2026-01-01',
    '26-01',
    ' 2026-01',
  ]) {
    assert.equal(parseMonth(text), undefined, text);
  }
});
