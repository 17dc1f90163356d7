import type { Context } from '../context.ts';
import { addMilliseconds, type Timestamp } from '../domain/timestamp.ts';
import { isUnavailable } from '../errors.ts';
import { type DueColumn, findDueOrder, type NumberOrder } from '../store/number-order.ts';
import { SET_ASIDE_MS, type SetAside } from './set-aside.ts';

/**
 * Does what is due for the next order. When that fails, the order is logged and set aside, so that it holds up no
 * other.
 * @param due which orders: those that have an instant in this column, up to this one.
 * @param act in writes of its own; it locks the order, and sees whether it is still due.
 * @returns how many; call again until it is none.
 */
export async function sweepOrders(
  context: Context,
  setAside: SetAside,
  { column, until }: { column: DueColumn; until: Timestamp },
  act: (order: NumberOrder) => Promise<void>,
): Promise<number> {
  const now = context.clock.now();
  const aside = setAside.list(now);
  const order = await context.store.read((db) => findDueOrder(db, column, until, aside));
  if (order === undefined) return 0;
  try {
    await act(order);
  } catch (error) {
    if (isUnavailable(error)) throw error;
    const { id: numberOrderId } = order;
    context.log.error({ err: error, numberOrderId }, 'set aside: this could not be done');
    if (!setAside.add(numberOrderId, addMilliseconds(now, SET_ASIDE_MS))) throw error;
  }
  return 1;
}
