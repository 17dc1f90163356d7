import assert from 'node:assert/strict';

import type { ReviewOutcome } from '../../../src/domain/number-order.ts';
import { addMilliseconds, type Timestamp } from '../../../src/domain/timestamp.ts';
import type { Store } from '../../../src/store/store.ts';
import { costOf, type Model } from '../model.ts';
import { blockOrder, type ModelOrder, moveOrder, ORDER_TTL_MS, rejectOrder } from '../order.ts';
import { takeRental } from './take-rental.ts';

/** What the sandbox makes of an order that has just been submitted; `undefined`: a person decides. */
export function decideInSandbox(model: Model, order: ModelOrder): ReviewOutcome | undefined {
  const { name } = order;
  if (name === 'IN_REVIEW') return undefined;
  if (name === 'REJECTED' || name === 'BLOCKED') return name;
  return isCovered(model, order) ? 'COMPLETED' : 'BLOCKED';
}

/** Whether the project's balance covers all numbers of its order. */
export function isCovered(model: Model, { projectId, numbers }: ModelOrder): boolean {
  const cost = numbers.reduce((sum, { pool }) => sum + costOf(pool), 0);
  return cost <= (model.balances.get(projectId) ?? Infinity);
}

/** Changes the model as a review does. */
export async function settleReview(
  model: Model,
  order: ModelOrder,
  outcome: ReviewOutcome,
  store: Store,
): Promise<void> {
  switch (outcome) {
    case 'COMPLETED': {
      moveOrder(order, outcome);
      const links = order.voice && { voice: order.voice };
      for (const number of order.numbers) {
        await takeRental(model, number, order.projectId, store, { links });
      }
      break;
    }
    case 'REJECTED':
      rejectOrder(model, order);
      break;
    case 'BLOCKED':
      blockOrder(order, addMilliseconds(await readReviewTime(store, order), ORDER_TTL_MS));
  }
}

/** What only the server knows: when it was reviewed, which is when it wrote down the reason. */
async function readReviewTime(store: Store, { id }: ModelOrder): Promise<Timestamp> {
  const row = await store.read((db) =>
    db.get<{ at: Timestamp }>(
      'SELECT max(created_at) AS at FROM number_order_log WHERE number_order_id = ?',
      id,
    ),
  );
  assert.ok(row);
  return row.at;
}
