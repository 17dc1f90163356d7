import type { Context } from '../context.ts';
import { phaseOf, reservesFirst } from '../domain/rent-order.ts';
import { preconditionFailed } from '../errors.ts';
import { deleteJobOf } from '../store/job.ts';
import { findRentOrder, lockRentOrder, type RentOrder } from '../store/rent-order.ts';
import type { Caller } from './caller.ts';
import { orderRentOrderJob } from './create-rent-order.ts';
import { rentOrderNotFound, type RentOrderView, viewRentOrder } from './get-rent-order.ts';
import { endRentOrder } from './settle-rent-order.ts';

/**
 * Ends an order that is in progress. What it has rented stays rented; what it has set aside goes back on sale. Cancelling
 * twice changes nothing.
 * @throws DomainError NOT_FOUND, or FAILED_PRECONDITION when the order is over, or rents all of its numbers together by
 * now.
 */
export async function cancelRentOrder(
  context: Context,
  caller: Caller,
  id: string,
): Promise<RentOrderView> {
  // That transaction has the order's lock for many seconds: who comes too late is not to wait to be told so.
  const seen = await context.store.read((db) => findRentOrder(db, caller.projectId, id));
  if (seen !== undefined) assertInTime(seen);
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
    assertInTime(order);
    // The worker frees what is set aside.
    if (reservesFirst(order)) await orderRentOrderJob(context, db, order);
    else await deleteJobOf(db, 'rent-order', id);
    return viewRentOrder(db, await endRentOrder(context, db, { ...order, state: 'CANCELLED' }));
  });
  context.jobsOrdered.raise();
  return view;
}

/** @throws DomainError FAILED_PRECONDITION */
function assertInTime(order: RentOrder): void {
  if (phaseOf(order) !== 'RENTING_RESERVED') return;
  throw preconditionFailed({
    type: 'TOO_LATE_TO_CANCEL',
    subject: order.id,
    description:
      'All numbers of the order are set aside and being rented: it can no longer be cancelled.',
  });
}
