import type { Context } from '../context.ts';
import type { NumberState } from '../domain/number-state.ts';
import type { E164 } from '../domain/phone-number.ts';
import type { Pool, PoolId } from '../domain/pool.ts';
import { NUMBERS_PER_WRITE } from '../domain/rent-order.ts';
import { firstPriceMinor } from '../domain/rent-price.ts';
import { DomainError } from '../errors.ts';
import { listAccounts } from '../store/account.ts';
import { attempt } from '../store/attempt.ts';
import { listHoldsOfOrder, rentHoldsOfOrder } from '../store/hold.ts';
import { isRentedAlready } from '../store/rental.ts';
import { listReservedNumbers, type RentOrder } from '../store/rent-order.ts';
import type { Writer } from '../store/store.ts';
import { assertWithinLimits } from './assert-within-limits.ts';
import { debitRent } from './debit-rent.ts';
import { letOthersRun } from './let-others-run.ts';
import { getPoolOfNumber } from './pool-catalog.ts';
import { numberNotAvailable, type Payment, startRental } from './rent-number.ts';
import type { RentTerms } from './rent-order-numbers.ts';
import { takeNumber } from './take-number.ts';

/**
 * Rents everything that is set aside for an order, in this transaction, which may take many seconds. What others of the
 * project need, its own row and its accounts, is locked at the very end.
 * @returns why nothing is rented; `undefined`: everything is.
 */
export async function rentReservedNumbers(
  context: Context,
  db: Writer,
  order: RentOrder,
  terms: RentTerms,
): Promise<DomainError | undefined> {
  const { projectId } = order;
  const isPrepaid = (await listAccounts(db, projectId)).length > 0;
  try {
    await attempt(db, async () => {
      const payment = isPrepaid ? 'TOGETHER' : 'LATER';
      const pools = await rentEachReserved(context, db, order, terms, payment);
      if (terms.basis.isLimited) await assertWithinLimits(context, db, projectId, pools);
      if (isPrepaid) await debitTogether(db, order, pools);
    });
  } catch (error) {
    if (error instanceof DomainError && REFUSALS.has(error.code)) return error;
    throw error;
  }
  return undefined;
}

/** What somebody else was faster with, and what the project may not have or pay. */
const REFUSALS: ReadonlySet<DomainError['code']> = new Set(['NOT_FOUND', 'FAILED_PRECONDITION']);

/** @returns the pool of each number. */
async function rentEachReserved(
  context: Context,
  db: Writer,
  order: RentOrder,
  terms: RentTerms,
  payment: Payment,
): Promise<Pool[]> {
  const e164s = await listReservedNumbers(db, order.id);
  if (e164s.length !== order.quantity) {
    throw new Error(`${e164s.length} numbers are reserved for ${order.id}, not ${order.quantity}.`);
  }
  const holds = await listHoldsOfOrder(db, order.projectId, order.id, order.quantity);
  const heldPools = new Map(holds.map(({ e164, poolId }) => [e164, poolId]));
  const pools: Pool[] = [];
  for (let i = 0; i < e164s.length; i += NUMBERS_PER_WRITE) {
    const part = e164s.slice(i, i + NUMBERS_PER_WRITE);
    await takeHeld(
      db,
      order,
      part.filter((e164) => heldPools.has(e164)),
    );
    for (const e164 of part) {
      await letOthersRun(pools.length);
      const heldPool = heldPools.get(e164);
      pools.push(await rentReserved(context, db, terms, e164, heldPool, payment));
    }
  }
  return pools;
}

/** As `takeNumber`, but many at once: nobody waits for these numbers, because nobody else can have them. */
async function takeHeld(
  db: Writer,
  { id, projectId }: RentOrder,
  e164s: readonly E164[],
): Promise<void> {
  const count = await rentHoldsOfOrder(db, projectId, id, e164s);
  if (count === e164s.length) return;
  throw new Error(`Only ${count} of ${e164s.length} numbers are still held for ${id}.`);
}

/**
 * @param heldPool of a number that the order held and has taken; `undefined`: it has yet to be taken.
 * @throws DomainError NOT_FOUND
 */
async function rentReserved(
  context: Context,
  db: Writer,
  { basis, caller, request }: RentTerms,
  e164: E164,
  heldPool: PoolId | undefined,
  payment: Payment,
): Promise<Pool> {
  const taken: { poolId: PoolId; from: NumberState } | undefined =
    heldPool === undefined
      ? await takeNumber(context, db, caller.projectId, e164)
      : { poolId: heldPool, from: 'HELD' };
  if (taken === undefined) throw numberNotAvailable(e164);
  const pool = await getPoolOfNumber(basis.pools, db, taken.poolId);
  try {
    await startRental(context, db, caller, e164, pool, request, taken.from, payment);
  } catch (error) {
    throw isRentedAlready(db.dialect, error) ? numberNotAvailable(e164) : error;
  }
  return pool;
}

async function debitTogether(
  db: Writer,
  { projectId }: RentOrder,
  pools: readonly Pool[],
): Promise<void> {
  const byCurrency = Map.groupBy(pools, ({ currencyCode }) => currencyCode);
  // One order for everybody who locks several accounts.
  for (const [currencyCode, ofCurrency] of [...byCurrency].toSorted(([a], [b]) =>
    a < b ? -1 : 1,
  )) {
    const total = ofCurrency.reduce((sum, pool) => sum + firstPriceMinor(pool), 0);
    await debitRent(db, projectId, currencyCode, total, ofCurrency.length);
  }
}
