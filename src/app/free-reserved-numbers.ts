import type { Context } from '../context.ts';
import { NUMBERS_PER_WRITE } from '../domain/rent-order.ts';
import { giveHoldBack, type Hold, listHoldsOfOrder } from '../store/hold.ts';
import { lockNumber } from '../store/number.ts';
import type { RentOrder } from '../store/rent-order.ts';
import type { Writer } from '../store/store.ts';
import { endHold } from './end-hold.ts';
import { recordHoldEvent } from './record-hold-event.ts';

/**
 * Gives the next numbers back that an order had set aside and will not rent. With the order's lock.
 * @returns whether these were the last.
 */
export async function freeReservedNumbers(
  context: Context,
  db: Writer,
  { id, projectId }: RentOrder,
): Promise<boolean> {
  // Of an order that is over nobody else changes what it holds.
  const holds = await listHoldsOfOrder(db, projectId, id, NUMBERS_PER_WRITE);
  for (const hold of holds) {
    await lockNumber(db, hold.e164);
    await freeNumber(context, db, hold);
  }
  return holds.length < NUMBERS_PER_WRITE;
}

/** What the project had held itself it holds again, as long as it would have; everything else is on sale. */
async function freeNumber(context: Context, db: Writer, hold: Hold): Promise<void> {
  const now = context.clock.now();
  const { ownExpireAt: expireAt } = hold;
  if (expireAt === null || expireAt <= now) {
    const type = expireAt === null ? 'HOLD_RELEASED' : 'HOLD_EXPIRED';
    await endHold(context, db, hold, type, 'worker', now);
    return;
  }
  await giveHoldBack(db, hold, expireAt);
  const own = { ...hold, orderId: null };
  await recordHoldEvent(context, db, own, 'HOLD_EXTENDED', 'worker', { expireAt }, now);
}
