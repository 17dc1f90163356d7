import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isPossiblePhoneNumber } from 'libphonenumber-js/max';

import { DEMO_POOLS, type DemoPool, listDemoNumbers } from './demo-stock.ts';
import { isCurrencyCode } from './money.ts';
import { parseE164 } from './phone-number.ts';
import { createRegionFinder } from './region.ts';

const SIZES: Record<string, number> = {
  'demo-us-local': 35_100,
  'demo-us-mobile': 800,
  'demo-ca-local': 5_600,
  'demo-gb-mobile': 1_000,
  'demo-gb-local': 15_000,
  'demo-gb-toll-free': 1_000,
  'demo-de-local': 5_000,
  'demo-fr-local': 50_000,
  'demo-fr-mobile': 10_000,
  'demo-se-mobile': 95,
  'demo-au-local': 80_000,
  'demo-au-toll-free': 5,
};

function findPool(name: string) {
  const pool = DEMO_POOLS.find((candidate) => candidate.name === name);
  assert.ok(pool !== undefined, name);
  return pool;
}

function ends(name: string) {
  const numbers = [...listDemoNumbers(findPool(name))];
  return [numbers[0], numbers.at(-1)];
}

function names(holds: (pool: DemoPool) => boolean) {
  return DEMO_POOLS.filter(holds).map((pool) => pool.name);
}

test('every pool holds as many numbers as were set aside for fiction', () => {
  const sizes = DEMO_POOLS.map((pool) => [pool.name, [...listDemoNumbers(pool)].length]);
  assert.deepEqual(Object.fromEntries(sizes), SIZES);
});

test('no number is in stock twice', () => {
  const numbers = DEMO_POOLS.flatMap((pool) => [...listDemoNumbers(pool)]);
  assert.equal(numbers.length, 203_600);
  assert.equal(new Set(numbers).size, numbers.length);
});

test('every number is E.164, of a possible length and of the region of its pool', () => {
  const findReason = createRegionFinder();
  for (const pool of DEMO_POOLS) {
    for (const e164 of listDemoNumbers(pool)) {
      assert.equal(parseE164(e164), e164);
      assert.equal(findReason(e164, pool.regionCode), undefined, e164);
    }
    for (const { first } of pool.blocks) assert.ok(isPossiblePhoneNumber(first), first);
  }
});

test('the number of the API reference is a mobile one', () => {
  assert.ok([...listDemoNumbers(findPool('demo-us-mobile'))].includes(parseE164('+12025550134')!));
});

test('blocks begin and end where the regulator says', () => {
  assert.deepEqual(ends('demo-us-local'), ['+12015550100', '+19895550199']);
  assert.deepEqual(ends('demo-gb-mobile'), ['+447700900000', '+447700900999']);
  assert.deepEqual(ends('demo-gb-local'), ['+442079460000', '+442920180999']);
  assert.deepEqual(ends('demo-de-local'), ['+493023125000', '+498999998999']);
  assert.deepEqual(ends('demo-fr-local'), ['+33199000000', '+33536499999']);
  assert.deepEqual(ends('demo-se-mobile'), ['+46701740605', '+46701740699']);
  assert.deepEqual(ends('demo-au-local'), ['+61255500000', '+61870109999']);
  assert.deepEqual(ends('demo-au-toll-free'), ['+611800975707', '+611800975711']);
});

test('prices are in currencies that exist and no two pools cost the same', () => {
  for (const pool of DEMO_POOLS) assert.ok(isCurrencyCode(pool.currencyCode), pool.name);
  const prices = DEMO_POOLS.map(
    (p) => `${p.setupPriceMinor} ${p.monthlyPriceMinor} ${p.currencyCode}`,
  );
  assert.equal(new Set(prices).size, prices.length);
});

test('voice-only, SMS-only and documented pools are those of the table', () => {
  assert.deepEqual(
    names((pool) => pool.capabilities.join() === 'VOICE'),
    ['demo-gb-toll-free', 'demo-de-local', 'demo-au-local', 'demo-au-toll-free'],
  );
  assert.deepEqual(
    names((pool) => pool.capabilities.join() === 'SMS'),
    ['demo-se-mobile'],
  );
  assert.deepEqual(
    [...new Set(DEMO_POOLS.filter((pool) => pool.documentationRequired).map((p) => p.regionCode))],
    ['DE', 'FR', 'AU'],
  );
  assert.deepEqual(
    names((pool) => pool.emergencyAddresses),
    ['demo-us-local', 'demo-ca-local'],
  );
});
