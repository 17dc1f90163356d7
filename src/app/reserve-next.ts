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
import { failRentOrder } from './fail-rent-order.ts';
import type { Foreseen, PoolShare } from './foresee-reserving.ts';
import type { RentTerms } from './rent-order-numbers.ts';
import { reserveNumbers } from './reserve-numbers.ts';
import { findReason, VAIN_TRIES_MAX } from './settle-rent-order.ts';

/** Sets the next numbers of an order aside, in a write that has its lock, and ends it when one cannot be had. */
export async function reserveNext(
  context: Context,
  db: Writer,
  order: RentOrder,
  terms: RentTerms,
  { refusal, shares, candidates }: Foreseen,
): Promise<RentOrder> {
  if (refusal !== undefined) return failRentOrder(context, db, order, refusal);
  const asked = Math.min(nextCount(order), shares[0]?.count ?? Number.POSITIVE_INFINITY);
  const e164s = candidates ?? (await listPendingNumbers(db, order.id, asked));
  const outcomes = await reserveNumbers(context, db, order, terms, e164s, asked);
  const numbers = outcomes.filter(({ error }) => error !== undefined);
  const reserved = outcomes.filter(({ error }) => error === undefined).map(({ e164 }) => e164);
  if (candidates === undefined) await markNumbersReserved(db, order.id, reserved);
  else await insertRentOrderNumbers(db, order.id, 'RESERVED', reserved);
  const next = {
    ...order,
    reservedCount: order.reservedCount + reserved.length,
    vainTries: reserved.length === 0 ? order.vainTries + 1 : 0,
    shares: JSON.stringify(withoutFirst(shares, reserved.length)),
    updatedAt: context.clock.now(),
  };
  if (candidates === undefined && numbers.length > 0) {
    return failRentOrder(context, db, next, { error: undefined, numbers });
  }
  if (candidates !== undefined && reserved.length < asked) {
    // From pools that would refuse it nothing was searched.
    const { vainTries } = next;
    const reason = { vainTries, isRefusedEverywhere: true };
    const error = findReason(asked, outcomes, [candidates], reason);
    // Others have taken what there was in this pool. The next turn sees whether there is enough elsewhere.
    const isUsedUp = error?.code === 'NOT_FOUND' && vainTries < VAIN_TRIES_MAX;
    if (isUsedUp) return keepProgress(db, { ...next, shares: null });
    if (error !== undefined) return failRentOrder(context, db, next, { error, numbers: [] });
  }
  return keepProgress(db, next);
}

/** What is missing when so many of the first share are set aside. */
function withoutFirst([first, ...others]: readonly PoolShare[], count: number): PoolShare[] {
  if (first === undefined) return [];
  const left = { ...first, count: first.count - count };
  return left.count === 0 ? others : [left, ...others];
}

async function keepProgress(db: Writer, order: RentOrder): Promise<RentOrder> {
  await updateRentOrder(db, order);
  return order;
}
