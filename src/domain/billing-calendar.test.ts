import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { periodStart } from './billing-calendar.ts';
import { type Timestamp, toTimestamp } from './timestamp.ts';

const instant = fc
  .integer({ min: Date.parse('1970-01-01'), max: Date.parse('2399-12-31') })
  .map((ms) => Temporal.Instant.fromEpochMilliseconds(ms));

test('a rental of the 31st is charged on the last day of shorter months, and never drifts', () => {
  const rentedAt = '2027-10-31T23:59:59.999999Z' as Timestamp;
  const days = [0, 1, 2, 3, 4, 5].map((period) => periodStart(rentedAt, period, 1).slice(0, 10));
  assert.deepEqual(days, [
    '2027-10-31',
    '2027-11-30',
    '2027-12-31',
    '2028-01-31',
    '2028-02-29',
    '2028-03-31',
  ]);
  assert.equal(periodStart(rentedAt, 1, 3).slice(10), 'T23:59:59.999999Z');
});

test('a period begins where the calendar says', () => {
  fc.assert(
    fc.property(
      instant,
      fc.nat(200),
      fc.integer({ min: 1, max: 24 }),
      (start, period, interval) => {
        const months = period * interval;
        const expected = start.toZonedDateTimeISO('UTC').add({ months }).toInstant();
        assert.equal(periodStart(toTimestamp(start), period, interval), toTimestamp(expected));
      },
    ),
    { numRuns: 2000 },
  );
});
