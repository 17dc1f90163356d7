import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as fc from 'fast-check';

import {
  describeAmount,
  formatAmount,
  isCurrencyCode,
  isDecimal,
  isWithinAmount,
  parseAmount,
} from './money.ts';

const currency = fc.constantFrom('JPY', 'USD', 'HUF', 'IQD', 'KWD', 'CLF', 'UYW');

test('an amount has exactly the decimals of its currency', () => {
  assert.equal(formatAmount(50, 'USD'), '0.50');
  assert.equal(formatAmount(100, 'JPY'), '100');
  assert.equal(formatAmount(0, 'JPY'), '0');
  assert.equal(formatAmount(0, 'EUR'), '0.00');
  assert.equal(formatAmount(123_456, 'HUF'), '1234.56');
  assert.equal(formatAmount(5, 'IQD'), '0.005');
  assert.equal(formatAmount(1500, 'KWD'), '1.500');
  assert.equal(formatAmount(12_345, 'CLF'), '1.2345');
  assert.equal(formatAmount(1, 'UYW'), '0.0001');
});

test('sums may be negative or larger than a safe integer', () => {
  assert.equal(formatAmount(-5, 'USD'), '-0.05');
  assert.equal(formatAmount(-5, 'JPY'), '-5');
  assert.equal(formatAmount(10n ** 20n + 1n, 'USD'), '1000000000000000000.01');
});

test('what an amount must be is said with the decimals of its currency', () => {
  assert.equal(
    describeAmount('KWD', 0),
    'must be an amount in KWD from 0.000 to 1000000000.000, with at most 3 decimals',
  );
  assert.equal(
    describeAmount('JPY', 1),
    'must be an amount in JPY from 1 to 1000000000000, without decimals',
  );
});

test('a fraction of a minor unit and an unknown currency are faults of the caller', () => {
  assert.throws(() => formatAmount(0.5, 'USD'), RangeError);
  assert.throws(() => formatAmount(1, 'XXX'), RangeError);
});

test('an amount may leave decimals out but not have too many', () => {
  assert.equal(parseAmount('0.5', 'USD'), 50);
  assert.equal(parseAmount('7', 'USD'), 700);
  assert.equal(parseAmount('007.10', 'USD'), 710);
  assert.equal(parseAmount('0.505', 'USD'), undefined);
  assert.equal(parseAmount('0.505', 'KWD'), 505);
  assert.equal(parseAmount('1.0', 'JPY'), undefined);
});

test('text that is not a plain amount is refused', () => {
  for (const text of [
    '',
    '.',
    '.5',
    '1.',
    '-1',
    '+1',
    '1,50',
    '1e3',
    ' 1',
    '1\n',
    '0x10',
    '1.2.3',
    'NaN',
  ]) {
    assert.equal(parseAmount(text, 'USD'), undefined, JSON.stringify(text));
  }
});

test('an amount too large to be exact is refused', () => {
  assert.equal(parseAmount('90071992547409.91', 'USD'), Number.MAX_SAFE_INTEGER);
  assert.equal(parseAmount('90071992547409.92', 'USD'), undefined);
  assert.equal(parseAmount('9'.repeat(400), 'JPY'), undefined);
});

test('reading what was written gives the amount back', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), currency, (minor, code) => {
      assert.equal(parseAmount(formatAmount(minor, code), code), minor);
    }),
  );
});

test('a currency is an ISO 4217 code in use', () => {
  for (const code of ['USD', 'EUR', 'XCG', 'ZWG', 'SLE', 'XOF'])
    assert.ok(isCurrencyCode(code), code);
  // Withdrawn (ANG, BGN, CUC, HRK), without minor units (XAU, XXX), or not codes at all.
  for (const code of ['ANG', 'BGN', 'CUC', 'HRK', 'XAU', 'XXX', 'usd', '', 'constructor']) {
    assert.ok(!isCurrencyCode(code), code);
    assert.equal(parseAmount('1', code), undefined);
  }
});

test('every currency that Intl shows with decimals has as many here', () => {
  for (const code of Intl.supportedValuesOf('currency').filter(isCurrencyCode)) {
    const shown = new Intl.NumberFormat('en', { style: 'currency', currency: code });
    const decimals = shown.resolvedOptions().maximumFractionDigits ?? 0;
    if (decimals > 0) assert.equal(formatAmount(0, code), (0).toFixed(decimals), code);
  }
});

test('an amount is within a limit that has more or fewer decimals than its currency', () => {
  for (const [minor, code, limit, isWithin] of [
    [50, 'USD', '0.5', true],
    [50, 'USD', '0.50', true],
    [50, 'USD', '0.500', true],
    [50, 'USD', '0.509', true],
    [51, 'USD', '0.509', false],
    [50, 'USD', '0.49', false],
    [0, 'USD', '0', true],
    [100, 'JPY', '100', true],
    [100, 'JPY', '99.99', false],
    [1234, 'KWD', '1.234', true],
    [1235, 'KWD', '1.2349', false],
    [Number.MAX_SAFE_INTEGER, 'USD', '999999999999999.99', true],
    [50, 'USD', undefined, true],
  ] as const) {
    assert.equal(isWithinAmount(minor, code, limit), isWithin, `${minor} ${code} ${limit}`);
  }
});

test('a limit is a decimal number and nothing else', () => {
  for (const text of ['0', '1', '0.5', '12.345678', '007'])
    assert.equal(isDecimal(text), true, text);
  for (const text of [
    '',
    '-1',
    '+1',
    '1.',
    '.5',
    '1,5',
    '1e3',
    'x',
    ' 1',
    '1 ',
    '1.2.3',
    '0x1',
    '1'.repeat(16),
  ]) {
    assert.equal(isDecimal(text), false, text);
  }
});

test('what is within a limit is what is not above it when both have the same decimals', () => {
  fc.assert(
    fc.property(currency, fc.nat(), fc.nat(), (code, minor, limit) => {
      assert.equal(isWithinAmount(minor, code, formatAmount(limit, code)), minor <= limit);
    }),
  );
});
