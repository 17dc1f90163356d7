import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { TokenBucket } from './token-bucket.ts';

test('a second of rest gives a second of requests at once, and then one at a time', () => {
  const bucket = new TokenBucket(4, 0);
  const allowed = (nowMs: number) => bucket.take(nowMs).isAllowed;
  assert.deepEqual([0, 0, 0, 0, 0].map(allowed), [true, true, true, true, false]);
  assert.deepEqual([249, 250, 250, 499, 500].map(allowed), [false, true, false, false, true]);
  assert.deepEqual(bucket.take(10_000), { isAllowed: true, remaining: 3, resetMs: 250 });
});

test('no second lets through more than twice the rate, and no long time more than the rate and one burst', () => {
  const steps = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), steps, (perSecond, waits) => {
      const bucket = new TokenBucket(perSecond, 0);
      let now = 0;
      const passed: number[] = [];
      for (const wait of waits) {
        now += wait;
        for (let i = 0; i < 5; i++) if (bucket.take(now).isAllowed) passed.push(now);
      }
      assert.ok(passed.length <= perSecond + (now * perSecond) / 1000 + 1e-6);
      for (const end of passed) {
        const inSecond = passed.filter((at) => at > end - 1000 && at <= end).length;
        assert.ok(inSecond <= 2 * perSecond);
      }
    }),
  );
});
