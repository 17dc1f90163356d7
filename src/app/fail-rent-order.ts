import type { Context } from '../context.ts';
import type { DomainError } from '../errors.ts';
import { type RentOrder, settleRentOrderNumber } from '../store/rent-order.ts';
import type { Writer } from '../store/store.ts';
import { letOthersRun } from './let-others-run.ts';
import type { RentOutcome } from './rent-order-numbers.ts';
import { endRentOrder, toErrorText } from './settle-rent-order.ts';

/** Why an order gets nothing: its own fault, or that of numbers which it names. */
export interface Refusal {
  error: DomainError | undefined;
  numbers: readonly RentOutcome[];
}

/** Ends an order that gets nothing. What it has set aside is yet to be freed. */
export async function failRentOrder(
  context: Context,
  db: Writer,
  order: RentOrder,
  { error, numbers }: Refusal,
): Promise<RentOrder> {
  for (const [i, { e164, error: reason }] of numbers.entries()) {
    await letOthersRun(i);
    const text = reason === undefined ? null : toErrorText(reason);
    await settleRentOrderNumber(db, order.id, { e164, state: 'FAILED', error: text });
  }
  return endRentOrder(context, db, {
    ...order,
    state: 'FAILED',
    // Of an order that names no numbers, all that it wanted.
    failedCount: order.wanted === null ? numbers.length : order.quantity,
    error: error === undefined ? null : toErrorText(error),
  });
}
