import type { Context } from '../context.ts';
import type { E164 } from '../domain/phone-number.ts';
import type { PoolId } from '../domain/pool.ts';
import { nextCount } from '../domain/rent-order.ts';
import { countHoldsOfOrderByPool } from '../store/hold.ts';
import { listPendingNumbers, type RentOrder } from '../store/rent-order.ts';
import type { Refusal } from './fail-rent-order.ts';
import { findInPool, type WantedNumbers } from './find-rent-candidates.ts';
import { getPoolOfNumber } from './pool-catalog.ts';
import { quoteRentOrder } from './quote-rent-order.ts';
import type { RentRequest } from './rent-number.ts';
import { readStanding, type RentStanding } from './rent-standing.ts';
import { tryPools } from './try-pools.ts';
import { standingAfterRent, startTrial } from './try-rents.ts';

/** How many numbers of one pool an order has yet to set aside. */
export interface PoolShare {
  poolId: PoolId;
  count: number;
}

/** What the next turn of an order that sets numbers aside is about. */
export interface Foreseen {
  /** Why the order cannot be filled as things are. */
  refusal: Refusal | undefined;
  /** All that is missing, the next first; of an order that names its numbers none. */
  shares: readonly PoolShare[];
  /** What was found of the first share, in the order of the digits; `undefined` for an order that names its numbers. */
  candidates: readonly E164[] | undefined;
}

/**
 * What a quote says of an order, before it sets anything aside: one that cannot be filled as things are takes nothing
 * from anybody. Of one that searches, the quote also decides how many numbers it takes from which pool, once for all its
 * turns: each for itself would take what leaves too little for those behind it.
 */
export async function foreseeReserving(context: Context, order: RentOrder): Promise<Foreseen> {
  const { wanted: wantedText, projectId } = order;
  const { refusal, shares } = order.shares === null ? await plan(context, order) : known(order);
  const [share] = shares;
  if (wantedText === null || share === undefined) return { refusal, shares, candidates: undefined };
  const { criteria } = JSON.parse(wantedText) as WantedNumbers;
  const count = Math.min(nextCount(order), share.count);
  const candidates = await findInPool(context, projectId, criteria, share.poolId, count);
  return { refusal, shares, candidates };
}

type Plan = Pick<Foreseen, 'refusal' | 'shares'>;

function known({ shares }: RentOrder): Plan {
  return { refusal: undefined, shares: JSON.parse(shares ?? '[]') as PoolShare[] };
}

function plan(context: Context, order: RentOrder): Promise<Plan> {
  return order.wanted === null
    ? planNamed(context, order)
    : planWanted(context, order, JSON.parse(order.wanted) as WantedNumbers);
}

async function planNamed(context: Context, order: RentOrder): Promise<Plan> {
  const { id, projectId, quantity, allOrNothing } = order;
  const e164s = await context.store.read((db) => listPendingNumbers(db, id, quantity));
  const request = JSON.parse(order.request) as RentRequest;
  const asked = { e164s, wanted: undefined, quantity, allOrNothing, request };
  const quote = await quoteRentOrder(context, projectId, asked);
  if (quote.state === 'COMPLETED') return { refusal: undefined, shares: [] };
  const numbers = quote.refused.map(({ e164, problems: [error] }) => ({ e164, error }));
  return { refusal: { error: quote.error, numbers }, shares: [] };
}

async function planWanted(
  context: Context,
  order: RentOrder,
  wanted: WantedNumbers,
): Promise<Plan> {
  const quantity = order.quantity - order.reservedCount;
  const request = JSON.parse(order.request) as RentRequest;
  const before = startTrial(await readStandingBehind(context, order));
  const trial = await tryPools(context, order.projectId, { quantity, wanted, request }, before);
  if (trial.rented.size < quantity) {
    return { refusal: { error: trial.error, numbers: [] }, shares: [] };
  }
  const byPool = Map.groupBy(trial.rented.values(), ({ id }) => id);
  const shares = [...byPool].map(([poolId, { length: count }]) => ({ poolId, count }));
  return { refusal: undefined, shares };
}

/** What is left for an order behind the rent of all that it has set aside. */
async function readStandingBehind(
  context: Context,
  { id, projectId }: RentOrder,
): Promise<RentStanding> {
  const pools = await context.pools.current();
  return context.store.read(async (db) => {
    let standing = await readStanding(context, db, projectId);
    for (const { poolId, count } of await countHoldsOfOrderByPool(db, projectId, id)) {
      const pool = await getPoolOfNumber(pools, db, poolId);
      for (let i = 0; i < count; i++) standing = standingAfterRent(standing, pool);
    }
    return standing;
  });
}
