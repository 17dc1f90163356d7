import type { Context } from '../context.ts';
import { listPendingNumbers, type RentOrder } from '../store/rent-order.ts';
import type { Refusal } from './fail-rent-order.ts';
import { quoteRentOrder } from './quote-rent-order.ts';
import type { RentRequest } from './rent-number.ts';

/**
 * What a quote says against an order that has set nothing aside yet: one that cannot be filled as things are takes
 * nothing from anybody.
 * @returns `undefined` when nothing speaks against it.
 */
export async function foreseeRefusal(
  context: Context,
  order: RentOrder,
): Promise<Refusal | undefined> {
  const { id, projectId, quantity, allOrNothing, wanted } = order;
  const e164s =
    wanted === null
      ? await context.store.read((db) => listPendingNumbers(db, id, quantity))
      : undefined;
  const quote = await quoteRentOrder(context, projectId, {
    e164s,
    wanted: wanted === null ? undefined : JSON.parse(wanted),
    quantity,
    allOrNothing,
    request: JSON.parse(order.request) as RentRequest,
  });
  if (quote.state === 'COMPLETED') return undefined;
  const numbers = quote.refused.map(({ e164, problems: [error] }) => ({ e164, error }));
  return { error: quote.error, numbers };
}
