import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

import { limitYoungGeneration } from '../../src/cli/limit-young-generation.ts';

/** Between the size that is kept, and what it grows to from there in one step. */
const BYTES_MAX = 20_000_000;
const MANY_OBJECTS = 30_000_000;

// Both in this order and in the process of this file: the young generation grows, and hardly ever shrinks.
test('the young generation stops to grow when it has its size', () => {
  while (youngBytes() < 8_000_000) keepForAWhile(1000);
  limitYoungGeneration();
  keepForAWhile(MANY_OBJECTS);
  assert.ok(youngBytes() <= BYTES_MAX);
});

test('it goes on to grow where the operator gave Node a size for it', () => {
  setFlagsFromString('--semi-space-growth-factor=2');
  process.env['NODE_OPTIONS'] = '--max-semi-space-size=32';
  limitYoungGeneration();
  keepForAWhile(MANY_OBJECTS);
  assert.ok(youngBytes() > BYTES_MAX);
});

function youngBytes(): number {
  return (
    getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? 0
  );
}

/** Objects that live for a moment, as those of requests under way do. */
function keepForAWhile(count: number): void {
  const kept: { i: number }[] = [];
  for (let i = 0; i < count; i++) kept[i % 200_000] = { i };
}
