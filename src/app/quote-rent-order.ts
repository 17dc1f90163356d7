import type { Context } from '../context.ts';
import { periodStart } from '../domain/billing-calendar.ts';
import type { Pool } from '../domain/pool.ts';
import type { ProjectId } from '../domain/project-id.ts';
import { periodPriceMinor } from '../domain/rent-price.ts';
import { reservesFirst, type RentOrderState, toFinalState } from '../domain/rent-order.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import type { DomainError } from '../errors.ts';
import type { RentOrderRequest } from './create-rent-order.ts';
import { findCandidates } from './find-rent-candidates.ts';
import { findAvailableNumbers } from './get-available-number.ts';
import type { LimitUsage } from './list-limits.ts';
import { readStanding } from './rent-standing.ts';
import { narrowToRentable } from './rentable-pools.ts';
import { type Candidates, findReason } from './settle-rent-order.ts';
import { type SearchingRequest, tryPools } from './try-pools.ts';
import { type RefusedNumber, startTrial, toOutcome, type Trial, tryRents } from './try-rents.ts';

/** What an order would come to, at this moment. */
export interface RentOrderQuote {
  order: Pick<RentOrderRequest, 'quantity' | 'allOrNothing'>;
  state: RentOrderState;
  /** How many could be had; of an order that is all or nothing too, though it may then take none of them. */
  rentableCount: number;
  /** What would be charged, by currency. */
  totals: CurrencyTotal[];
  documentationRequired: boolean;
  /** When the first of them would be charged again; `undefined`: none would be rented. */
  nextChargeAt: Timestamp | undefined;
  limits: readonly LimitUsage[];
  /** As that of the order would be. */
  error: DomainError | undefined;
  refused: RefusedNumber[];
}

export interface CurrencyTotal {
  currencyCode: string;
  count: number;
  /** In minor units: of ten thousand numbers more than a number may be exact for. */
  setupMinor: bigint;
  periodMinor: bigint;
}

/**
 * What an order would do, without doing it. Of one that searches its numbers this is a sample as large as the order:
 * where there are several prices, the order may find others, unless it sets them aside first.
 */
export async function quoteRentOrder(
  context: Context,
  projectId: ProjectId,
  asked: RentOrderRequest,
): Promise<RentOrderQuote> {
  const standing = await context.store.read((db) => readStanding(context, db, projectId));
  const { quantity, allOrNothing } = asked;
  const trial = await tryOrder(context, projectId, asked, startTrial(standing));
  const pools = [...trial.rented.values()];
  const isRented = !allOrNothing || pools.length === quantity;
  const rented = isRented ? pools : [];
  return {
    order: { quantity, allOrNothing },
    state: toFinalState(rented.length, quantity),
    rentableCount: pools.length,
    totals: sumByCurrency(rented),
    documentationRequired: pools.some((pool) => pool.documentationRequired),
    nextChargeAt: findNextCharge(rented, context.clock.now()),
    limits: isRented ? trial.standing.limits : standing.limits,
    error: trial.error,
    refused: asked.wanted === undefined ? trial.refused : [],
  };
}

function tryOrder(
  context: Context,
  projectId: ProjectId,
  asked: RentOrderRequest,
  before: Trial,
): Promise<Trial> {
  const { e164s = [], wanted } = asked;
  if (wanted === undefined) {
    return tryBest(context, projectId, asked, [e164s.toSorted()], before);
  }
  // No block is so long that it is set aside first.
  const tryFound = reservesFirst(asked) ? tryPools : tryWanted;
  return tryFound(context, projectId, { ...asked, wanted }, before);
}

/** As an order goes on that searches its numbers: from pools that have been refused it takes no more. */
async function tryWanted(
  context: Context,
  projectId: ProjectId,
  asked: RentOrderRequest & SearchingRequest,
  before: Trial,
): Promise<Trial> {
  const { quantity, wanted, request } = asked;
  const texts = { wanted: JSON.stringify(wanted), request: JSON.stringify(request) };
  // All at once, as an order that is all or nothing looks for them.
  const order = { projectId, quantity, allOrNothing: true, ...texts };
  const candidates = (await findCandidates(context, order, quantity, before.standing)) ?? [];
  const trial = await tryBest(context, projectId, asked, candidates, before);
  if (trial.rented.size === quantity) return trial;
  const { standing } = trial;
  const left = await narrowToRentable(context, projectId, wanted.criteria, request, standing);
  const goesOn = !asked.allOrNothing && trial.rented.size > before.rented.size;
  const error = findReason(quantity, trial.refused.map(toOutcome), candidates, {
    vainTries: goesOn ? 0 : Number.POSITIVE_INFINITY,
    isRefusedEverywhere: asked.allOrNothing || left.pools.length === 0,
  });
  if (error !== undefined) return { ...trial, error };
  return tryWanted(context, projectId, asked, trial);
}

/** The first of the sets that can be had as a whole, or else that of which the most can be had. */
async function tryBest(
  context: Context,
  projectId: ProjectId,
  { quantity, request }: RentOrderRequest,
  sets: Candidates,
  before: Trial,
): Promise<Trial> {
  const pools = await findAvailableNumbers(context, projectId, [...new Set(sets.flat())]);
  const terms = { projectId, request, pools };
  let best: Trial = { ...before, refused: [] };
  for (const e164s of sets) {
    const trial = await tryRents(terms, e164s, quantity, before);
    if (trial.rented.size === quantity) return trial;
    // Of a block, which is had as a whole or not at all, the last one is as good as any.
    if (trial.rented.size >= best.rented.size) best = trial;
  }
  return best;
}

function findNextCharge(pools: readonly Pool[], now: Timestamp): Timestamp | undefined {
  const [shortest] = pools
    .map(({ paymentIntervalMonths }) => paymentIntervalMonths)
    .toSorted((a, b) => a - b);
  return shortest === undefined ? undefined : periodStart(now, 1, shortest);
}

function sumByCurrency(pools: readonly Pool[]): CurrencyTotal[] {
  const totals = new Map<string, CurrencyTotal>();
  for (const pool of pools) {
    const { currencyCode } = pool;
    const total = totals.get(currencyCode) ?? {
      currencyCode,
      count: 0,
      setupMinor: 0n,
      periodMinor: 0n,
    };
    total.count++;
    total.setupMinor += BigInt(pool.setupPriceMinor);
    total.periodMinor += BigInt(periodPriceMinor(pool));
    totals.set(currencyCode, total);
  }
  return [...totals.values()].toSorted((a, b) => (a.currencyCode < b.currencyCode ? -1 : 1));
}
