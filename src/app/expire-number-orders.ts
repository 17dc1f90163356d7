import type { Context } from '../context.ts';
import { hasDueOrder, takeOrderToExpire } from '../store/number-order.ts';
import { moveNumberOrder } from './move-number-order.ts';
import { endHoldsOfOrder } from './order-holds.ts';

/**
 * Ends the next order that was not submitted in time, and frees its numbers.
 * @returns how many; call again until it is none.
 */
export async function expireNumberOrders(context: Context): Promise<number> {
  const now = context.clock.now();
  // A look costs a read; only when something is due does it cost a write.
  if (!(await context.store.read((db) => hasDueOrder(db, 'expire_at', now)))) return 0;
  return context.store.write(async (db) => {
    const order = await takeOrderToExpire(db, now);
    if (order === undefined) return 0;
    await endHoldsOfOrder(context, db, order, 'HOLD_EXPIRED', 'worker');
    await moveNumberOrder(context, db, order, { state: 'EXPIRED' });
    return 1;
  });
}
