import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parseWalPosition, ReplayLag } from '../../src/store/replay-lag.ts';

const SECOND = 1000;

test('a standby is within its limit while it has all that was there that long ago', () => {
  const lag = new ReplayLag(10 * SECOND);
  for (let second = 0; second <= 30; second++) lag.note(second * SECOND, BigInt(100 + second));
  const now = 30 * SECOND;
  // What was there at second 20 is 120.
  assert.equal(lag.judge(now, 130n), 'WITHIN');
  assert.equal(lag.judge(now, 120n), 'WITHIN');
  assert.equal(lag.judge(now, 119n), 'BEHIND');
  assert.equal(lag.judge(now + 1, 120n), 'BEHIND');
  assert.equal(lag.judge(now + 1, 121n), 'WITHIN');
});

test('a primary that writes nothing leaves nothing to catch up with', () => {
  const lag = new ReplayLag(SECOND);
  for (let second = 0; second <= 600; second++) lag.note(second * SECOND, 7n);
  assert.equal(lag.judge(600 * SECOND, 7n), 'WITHIN');
  assert.equal(lag.judge(600 * SECOND, 6n), 'BEHIND');
});

test('when the primary is not heard of for that long, nobody knows', () => {
  const lag = new ReplayLag(10 * SECOND);
  assert.equal(lag.judge(0, 7n), 'UNKNOWN');
  lag.note(0, 7n);
  assert.equal(lag.judge(10 * SECOND, 7n), 'WITHIN');
  assert.equal(lag.judge(10 * SECOND + 1, 7n), 'UNKNOWN');
});

test('a new primary may begin behind where the old one was', () => {
  const lag = new ReplayLag(10 * SECOND);
  lag.note(0, 500n);
  lag.note(SECOND, 400n);
  assert.equal(lag.judge(2 * SECOND, 400n), 'WITHIN');
  assert.equal(lag.judge(2 * SECOND, 399n), 'BEHIND');
});

test('positions are compared as the numbers they are', () => {
  assert.equal(parseWalPosition('0/0'), 0n);
  assert.equal(parseWalPosition('16/B374D848'), 0x16b374d848n);
  assert.ok(parseWalPosition('10/0') > parseWalPosition('9/FFFFFFFF'));
  assert.ok(parseWalPosition('FFFFFFFF/FFFFFFFF') > 2n ** 63n);
  assert.throws(() => parseWalPosition('0'), /Not a WAL position: 0/);
});
