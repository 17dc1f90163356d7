import type { Context } from '../context.ts';
import { nextCount } from '../domain/rent-order.ts';
import {
  insertRentOrderNumbers,
  listPendingNumbers,
  markNumbersReserved,
  type RentOrder,
  updateRentOrder,
} from '../store/rent-order.ts';
import type { Writer } from '../store/store.ts';
import { failRentOrder, type Refusal } from './fail-rent-order.ts';
import type { RentTerms } from './rent-order-numbers.ts';
import { reserveNumbers } from './reserve-numbers.ts';
import { type Candidates, findReason } from './settle-rent-order.ts';

/**
 * Sets the next numbers of an order aside, in a write that has its lock, and ends it when one cannot be had.
 * @param candidates as those of `settleRentOrder`.
 * @param refusal what was foreseen.
 */
export async function reserveNext(
  context: Context,
  db: Writer,
  order: RentOrder,
  terms: RentTerms,
  candidates: Candidates | undefined,
  refusal: Refusal | undefined,
): Promise<RentOrder> {
  if (refusal !== undefined) return failRentOrder(context, db, order, refusal);
  const asked = nextCount(order);
  const e164s = candidates?.flat() ?? (await listPendingNumbers(db, order.id, asked));
  const outcomes = await reserveNumbers(context, db, order, terms, e164s, asked);
  const numbers = outcomes.filter(({ error }) => error !== undefined);
  const reserved = outcomes.filter(({ error }) => error === undefined).map(({ e164 }) => e164);
  if (candidates === undefined) await markNumbersReserved(db, order.id, reserved);
  else await insertRentOrderNumbers(db, order.id, 'RESERVED', reserved);
  const next = {
    ...order,
    reservedCount: order.reservedCount + reserved.length,
    vainTries: reserved.length === 0 ? order.vainTries + 1 : 0,
    updatedAt: context.clock.now(),
  };
  if (candidates === undefined && numbers.length > 0) {
    return failRentOrder(context, db, next, { error: undefined, numbers });
  }
  if (candidates !== undefined && reserved.length < asked) {
    // From pools that would refuse it nothing was searched.
    const { vainTries } = next;
    const reason = { vainTries, isRefusedEverywhere: true };
    const error = findReason(asked, outcomes, candidates, reason);
    if (error !== undefined) return failRentOrder(context, db, next, { error, numbers: [] });
  }
  await updateRentOrder(db, next);
  return next;
}
