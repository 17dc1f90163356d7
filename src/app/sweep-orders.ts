import type { Context } from '../context.ts';
import { addMilliseconds } from '../domain/timestamp.ts';
import { isUnavailable } from '../errors.ts';
import { type DueColumn, findDueOrder, type NumberOrder } from '../store/number-order.ts';
import { SET_ASIDE_MS, type SetAside } from './set-aside.ts';

/**
 * Does what is due for the next order. When that fails, the order is logged and set aside, so that it holds up no
 * other.
 * @param act in writes of its own; it locks the order, and sees whether it is still due.
 * @returns how many; call again until it is none.
 */
export async function sweepOrders(
  context: Context,
  setAside: SetAside,
  column: DueColumn,
  act: (due: NumberOrder) => Promise<void>,
): Promise<number> {
  const now = context.clock.now();
  const aside = setAside.list(now);
  const due = await context.store.read((db) => findDueOrder(db, column, now, aside));
  if (due === undefined) return 0;
  try {
    await act(due);
  } catch (error) {
    if (isUnavailable(error)) throw error;
    const { id: numberOrderId } = due;
    context.log.error({ err: error, numberOrderId }, 'set aside: this could not be done');
    if (!setAside.add(numberOrderId, addMilliseconds(now, SET_ASIDE_MS))) throw error;
  }
  return 1;
}
