import assert from 'node:assert/strict';
import { test } from 'node:test';

import { extendedEnd, secondsLeft } from './hold-policy.ts';
import type { Timestamp } from './timestamp.ts';

const POLICY = { ttlMs: 900_000, lifeMsMax: 7_200_000 };
const at = (time: string) => `2026-05-04T${time}.000000Z` as Timestamp;
const HOLD = { heldAt: at('10:00:00'), expireAt: at('10:15:00') };

const CASES: [
  what: string,
  now: string,
  ttlSeconds: number | undefined,
  end: string | undefined,
][] = [
  ['counts from now', '10:10:00', 1800, '10:40:00'],
  ['lasts as long as any hold when nothing is said', '10:10:00', undefined, '10:25:00'],
  ['never moves the end back', '10:10:00', 60, '10:15:00'],
  ['may reach the end of its life', '11:30:00', 1800, '12:00:00'],
  ['is refused when it asks for more', '11:30:00', 1801, undefined],
  ['takes what is left when nothing is said', '11:50:00', undefined, '12:00:00'],
];

for (const [what, now, ttlSeconds, end] of CASES) {
  test(`an extension ${what}`, () => {
    const ttlMs = ttlSeconds === undefined ? undefined : ttlSeconds * 1000;
    assert.equal(extendedEnd(POLICY, HOLD, at(now), ttlMs), end && at(end));
  });
}

test('what is left is told in whole seconds, and is never less than none', () => {
  const now = '2026-05-04T10:00:00.500000Z' as Timestamp;
  assert.equal(secondsLeft(now, at('10:00:10')), 9);
  assert.equal(secondsLeft(now, at('09:00:00')), 0);
});
