import type { Context } from '../context.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import { preconditionFailed } from '../errors.ts';
import {
  countHoldsOfNumberOrders,
  type Hold,
  listHoldsOfOrder,
  moveHoldEnd,
} from '../store/hold.ts';
import { lockNumber } from '../store/number.ts';
import { listNumberOrderNumbers, type NumberOrder } from '../store/number-order.ts';
import { lockProject } from '../store/project.ts';
import type { Writer } from '../store/store.ts';
import { endHold } from './end-hold.ts';
import type { Actor } from './record-event.ts';
import { recordHoldEvent } from './record-hold-event.ts';

/** As long as an order is with a reviewer, or at work by itself, its holds do not end: later than any clock. */
export const NO_END = '9999-12-31T23:59:59.999999Z' as Timestamp;

/** Puts what an order still holds back on sale. The caller has the order's lock. */
export async function endHoldsOfOrder(
  context: Pick<Context, 'clock' | 'ids'>,
  db: Writer,
  order: NumberOrder,
  type: 'HOLD_RELEASED' | 'HOLD_EXPIRED',
  actor: Actor,
): Promise<void> {
  const now = context.clock.now();
  for (const hold of await lockHoldsOfOrder(db, order)) {
    await endHold(context, db, hold, type, actor, now);
  }
}

/** Gives everything that an order holds another end. The caller has the order's lock. @returns how many they are. */
export async function moveHoldsOfOrder(
  context: Pick<Context, 'clock' | 'ids'>,
  db: Writer,
  order: NumberOrder,
  expireAt: Timestamp,
  actor: Actor,
): Promise<number> {
  const now = context.clock.now();
  const holds = await lockHoldsOfOrder(db, order);
  for (const hold of holds) {
    await moveHoldEnd(db, hold, expireAt);
    const details = { expireAt: expireAt === NO_END ? null : expireAt };
    await recordHoldEvent(context, db, hold, 'HOLD_EXTENDED', actor, details, now);
  }
  return holds.length;
}

/** With the locks of the numbers, in the order of their digits. */
async function lockHoldsOfOrder(db: Writer, { id, projectId }: NumberOrder): Promise<Hold[]> {
  const numbers = await listNumberOrderNumbers(db, projectId, id);
  for (const { e164 } of numbers) await lockNumber(db, e164);
  return listHoldsOfOrder(db, projectId, id, numbers.length);
}

/**
 * Fails when the orders of a project have more numbers than they may with those that this transaction has just taken.
 * @param order the one that has taken them.
 * @throws DomainError FAILED_PRECONDITION
 */
export async function assertWithinOrdersLimit(
  { config, clock }: Pick<Context, 'config' | 'clock'>,
  db: Writer,
  { id, projectId }: Pick<NumberOrder, 'id' | 'projectId'>,
  takenCount: number,
): Promise<void> {
  const limit = config.numberOrder.numbersPerProjectMax;
  await lockProject(db, projectId);
  const before = await countHoldsOfNumberOrders(db, projectId, clock.now(), id, NO_END);
  if (before.count + takenCount <= limit) return;
  throw preconditionFailed({
    type: 'ORDERS_LIMIT',
    subject: projectId,
    description: `The open number orders of a project may have ${limit} numbers and have ${before.count}; ${takenCount} more are wanted.`,
    limit: String(limit),
    used: String(before.count),
    // The first order ends that is not submitted, and with it a part of the limit is free.
    resetTime: before.firstExpireAt,
  });
}
