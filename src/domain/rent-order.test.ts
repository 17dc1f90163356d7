import assert from 'node:assert/strict';
import { test } from 'node:test';

import { nextCount, NUMBERS_PER_WRITE, phaseOf, type RentOrderState } from './rent-order.ts';

const LARGE = NUMBERS_PER_WRITE + 1;

test('only a large order that is all or nothing sets its numbers aside first', () => {
  const phases = [
    [true, LARGE],
    [true, NUMBERS_PER_WRITE],
    [false, LARGE],
  ].map(([allOrNothing, quantity]) =>
    phaseOf({
      state: 'IN_PROGRESS',
      allOrNothing: allOrNothing === true,
      quantity: Number(quantity),
      reservedCount: 0,
    }),
  );
  assert.deepEqual(phases, ['RESERVING', 'RENTING', 'RENTING']);
});

test('such an order rents when it has everything, and frees what it has when it is over', () => {
  const order = { allOrNothing: true, quantity: LARGE };
  const phase = (state: RentOrderState, reservedCount: number) =>
    phaseOf({ ...order, state, reservedCount });
  assert.equal(phase('IN_PROGRESS', LARGE - 1), 'RESERVING');
  assert.equal(phase('IN_PROGRESS', LARGE), 'RENTING_RESERVED');
  assert.equal(phase('FAILED', 0), 'FREEING');
  assert.equal(
    phaseOf({ ...order, allOrNothing: false, state: 'FAILED', reservedCount: 0 }),
    'OVER',
  );
});

test('a write is about what is missing, and about no more than a hundred', () => {
  assert.equal(nextCount({ quantity: 250, rentedCount: 0, reservedCount: 0 }), 100);
  assert.equal(nextCount({ quantity: 250, rentedCount: 0, reservedCount: 200 }), 50);
  assert.equal(nextCount({ quantity: 250, rentedCount: 240, reservedCount: 0 }), 10);
});
