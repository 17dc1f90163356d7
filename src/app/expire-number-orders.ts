import type { Context } from '../context.ts';
import { lockNumberOrder } from '../store/number-order.ts';
import { moveNumberOrder } from './move-number-order.ts';
import { endHoldsOfOrder } from './order-holds.ts';
import type { SetAside } from './set-aside.ts';
import { sweepOrders } from './sweep-orders.ts';

/**
 * Ends the next order that was not submitted in time, and frees its numbers.
 * @returns how many; call again until it is none.
 */
export function expireNumberOrders(context: Context, setAside: SetAside): Promise<number> {
  const due = { column: 'expire_at', until: context.clock.now() } as const;
  return sweepOrders(context, setAside, due, ({ id, projectId }) =>
    context.store.write(async (db) => {
      const order = await lockNumberOrder(db, projectId, id);
      // Another worker was faster, or the client, who has submitted it.
      if (order === undefined || order.expireAt === null) return;
      if (order.expireAt > context.clock.now()) return;
      await endHoldsOfOrder(context, db, order, 'HOLD_EXPIRED', 'worker');
      await moveNumberOrder(context, db, order, { state: 'EXPIRED' });
    }),
  );
}
