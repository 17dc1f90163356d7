import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { toTimestamp } from './timestamp.ts';

const SECOND = 1_000_000_000n;
const nanosecond = fc.bigInt({ min: -2n * 10n ** 18n, max: 2n * 10n ** 20n });

test('a timestamp is the instant down to the microsecond, whatever was written before it', () => {
  fc.assert(
    fc.property(nanosecond, fc.bigInt({ min: -2n * SECOND, max: 2n * SECOND }), (first, step) => {
      for (const at of [first, first + step, first]) {
        const instant = Temporal.Instant.fromEpochNanoseconds(at);
        assert.equal(toTimestamp(instant), instant.toString({ smallestUnit: 'microsecond' }));
      }
    }),
    { numRuns: 2000 },
  );
});
