import type { Context } from '../context.ts';
import { markReservedRented, type RentOrder } from '../store/rent-order.ts';
import type { Writer } from '../store/store.ts';
import { failRentOrder } from './fail-rent-order.ts';
import type { RentTerms } from './rent-order-numbers.ts';
import { rentReservedNumbers } from './rent-reserved-numbers.ts';
import { endRentOrder } from './settle-rent-order.ts';

/** Rents everything that an order has set aside, and ends it. */
export async function rentReserved(
  context: Context,
  db: Writer,
  order: RentOrder,
  terms: RentTerms,
): Promise<RentOrder> {
  const error = await rentReservedNumbers(context, db, order, terms);
  if (error !== undefined) return failRentOrder(context, db, order, { error, numbers: [] });
  await markReservedRented(db, order.id);
  const rentedCount = order.quantity;
  return endRentOrder(context, db, { ...order, state: 'COMPLETED', rentedCount });
}
