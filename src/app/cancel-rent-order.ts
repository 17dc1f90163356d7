import type { Context } from '../context.ts';
import { preconditionFailed } from '../errors.ts';
import { deleteJobOf } from '../store/job.ts';
import { lockRentOrder } from '../store/rent-order.ts';
import type { Caller } from './caller.ts';
import { rentOrderNotFound, type RentOrderView, viewRentOrder } from './get-rent-order.ts';
import { endRentOrder } from './settle-rent-order.ts';

/**
 * Ends an order that is in progress. What it has rented stays rented. Cancelling twice changes nothing.
 * @throws DomainError NOT_FOUND, or FAILED_PRECONDITION when the order is over.
 */
export async function cancelRentOrder(
  context: Context,
  caller: Caller,
  id: string,
): Promise<RentOrderView> {
  const view = await context.store.write(async (db) => {
    const order = await lockRentOrder(db, caller.projectId, id);
    if (order === undefined) throw rentOrderNotFound(id);
    if (order.state === 'CANCELLED') return viewRentOrder(db, order);
    if (order.state !== 'IN_PROGRESS') {
      throw preconditionFailed({
        type: 'ORDER_ENDED',
        subject: id,
        description: `The order is ${order.state}: only one that is IN_PROGRESS can be cancelled.`,
      });
    }
    await deleteJobOf(db, 'rent-order', id);
    return viewRentOrder(db, await endRentOrder(context, db, { ...order, state: 'CANCELLED' }));
  });
  context.jobsOrdered.raise();
  return view;
}
