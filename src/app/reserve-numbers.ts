import type { Context } from '../context.ts';
import type { E164 } from '../domain/phone-number.ts';
import type { Pool } from '../domain/pool.ts';
import type { DomainError } from '../errors.ts';
import { moveHoldToOrder } from '../store/hold.ts';
import { findNumber, lockNumberFor } from '../store/number.ts';
import type { RentOrder } from '../store/rent-order.ts';
import type { Writer } from '../store/store.ts';
import { assertRentableDirectly } from './assert-rentable-directly.ts';
import { holdInWrite } from './hold-numbers.ts';
import { listProblems } from './list-rent-problems.ts';
import { NO_END } from './order-holds.ts';
import { getPoolOfNumber } from './pool-catalog.ts';
import { recordHoldEvent } from './record-hold-event.ts';
import { assertCampaignFits, assertCapable, numberNotAvailable } from './rent-number.ts';
import type { RentOutcome, RentTerms } from './rent-order-numbers.ts';
import { isReservedFor } from './take-number.ts';

/**
 * Sets numbers aside for an order, until it has enough: what is on sale, and what the project might rent besides, which
 * is what it holds itself and what is in quarantine after its own rental.
 * @param e164s in the order of their digits.
 * @returns what came of each that was tried.
 */
export async function reserveNumbers(
  context: Context,
  db: Writer,
  order: RentOrder,
  terms: RentTerms,
  e164s: readonly E164[],
  countMax: number,
): Promise<RentOutcome[]> {
  const outcomes: RentOutcome[] = [];
  let missing = countMax;
  for (const e164 of e164s) {
    if (missing === 0) break;
    const error = await reserveNumber(context, db, order, terms, e164);
    if (error === undefined) missing--;
    outcomes.push({ e164, error });
  }
  return outcomes;
}

/** @returns why the order cannot have it. */
async function reserveNumber(
  context: Context,
  db: Writer,
  { id }: RentOrder,
  terms: RentTerms,
  e164: E164,
): Promise<DomainError | undefined> {
  const { basis, caller, request } = terms;
  const holdTerms = { expireAt: NO_END, orderId: id };
  const outcome = await holdInWrite(context, db, basis.pools, caller, [e164], holdTerms);
  const [held] = [...outcome.taken, ...outcome.kept];
  const pool = held?.pool ?? (await takeOver(context, db, id, terms, e164));
  if (pool === undefined) return numberNotAvailable(e164);
  const [problem] = listProblems(() => {
    assertRentableDirectly(basis.numberOrdersRequired, e164, pool);
    assertCapable(request, pool);
    assertCampaignFits(request.sms?.campaignId ?? '', pool);
  });
  return problem;
}

/**
 * Takes what is out of sale but for this project. Its own hold goes over to the order; a quarantine need not, because
 * nobody else gets the number before that is over.
 */
async function takeOver(
  context: Context,
  db: Writer,
  orderId: string,
  { basis, caller }: RentTerms,
  e164: E164,
): Promise<Pool | undefined> {
  const { projectId } = caller;
  if (!(await lockNumberFor(db, projectId, e164, context.clock.now()))) return undefined;
  const number = await findNumber(db, e164);
  const now = context.clock.now();
  if (number === undefined || !(await isReservedFor(db, projectId, number, now))) return undefined;
  if (number.state === 'HELD') {
    const hold = { e164, projectId, orderId };
    await moveHoldToOrder(db, hold, orderId, NO_END);
    await recordHoldEvent(context, db, hold, 'HOLD_EXTENDED', caller, { expireAt: null }, now);
  }
  return getPoolOfNumber(basis.pools, db, number.poolId);
}
