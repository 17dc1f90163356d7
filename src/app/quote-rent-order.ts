import type { Context } from '../context.ts';
import { periodStart } from '../domain/billing-calendar.ts';
import type { E164 } from '../domain/phone-number.ts';
import type { Pool } from '../domain/pool.ts';
import type { ProjectId } from '../domain/project-id.ts';
import { firstPriceMinor, periodPriceMinor } from '../domain/rent-price.ts';
import { type RentOrderState, toFinalState } from '../domain/rent-order.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import type { DomainError } from '../errors.ts';
import type { RentOrderRequest } from './create-rent-order.ts';
import { afterDebit } from './debit-rent.ts';
import { findCandidates, type WantedNumbers } from './find-rent-candidates.ts';
import { findAvailableNumbers } from './get-available-number.ts';
import { letOthersRun } from './let-others-run.ts';
import { afterRent } from './limit-use.ts';
import type { LimitUsage } from './list-limits.ts';
import { listRentProblems } from './list-rent-problems.ts';
import { numberNotAvailable, type RentRequest } from './rent-number.ts';
import type { RentOutcome } from './rent-order-numbers.ts';
import { readStanding, type RentStanding } from './rent-standing.ts';
import { narrowToRentable } from './rentable-pools.ts';
import { type Candidates, findReason } from './settle-rent-order.ts';

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

interface RefusedNumber {
  e164: E164;
  problems: DomainError[];
}

/**
 * What an order would do, without doing it. Of one that searches its numbers this is a sample as large as the order:
 * where there are several prices, the order may find others.
 */
export async function quoteRentOrder(
  context: Context,
  projectId: ProjectId,
  asked: RentOrderRequest,
): Promise<RentOrderQuote> {
  const standing = await context.store.read((db) => readStanding(context, db, projectId));
  const { quantity, allOrNothing } = asked;
  const before: Trial = { rented: new Map(), refused: [], standing };
  const trial =
    asked.wanted === undefined
      ? await tryBest(context, projectId, asked, [(asked.e164s ?? []).toSorted()], before)
      : await tryWanted(context, projectId, { ...asked, wanted: asked.wanted }, before);
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

interface Trial {
  /** The numbers that could be had, each with its pool. */
  rented: ReadonlyMap<E164, Pool>;
  refused: RefusedNumber[];
  /** What is left of what the project may have and spend. */
  standing: RentStanding;
  /** Why an order that searches its numbers would be short of some. */
  error?: DomainError | undefined;
}

/** As an order goes on that searches its numbers: from pools that have been refused it takes no more. */
async function tryWanted(
  context: Context,
  projectId: ProjectId,
  asked: RentOrderRequest & { wanted: WantedNumbers },
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

function toOutcome({ e164, problems: [error] }: RefusedNumber): RentOutcome {
  return { e164, error };
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

interface TrialTerms {
  projectId: ProjectId;
  request: RentRequest;
  pools: ReadonlyMap<E164, Pool>;
}

/** As `rentEach` would go: each number that can be had leaves less for those behind it. */
async function tryRents(
  { projectId, request, pools }: TrialTerms,
  e164s: readonly E164[],
  quantity: number,
  before: Trial,
): Promise<Trial> {
  const rented = new Map(before.rented);
  const refused: RefusedNumber[] = [];
  let { standing } = before;
  for (const [i, e164] of e164s.entries()) {
    if (rented.size === quantity) break;
    await letOthersRun(i);
    if (rented.has(e164)) continue;
    const pool = pools.get(e164);
    const problems =
      pool === undefined
        ? [numberNotAvailable(e164)]
        : listRentProblems(projectId, { e164, pool }, request, standing);
    if (pool === undefined || problems.length > 0) {
      refused.push({ e164, problems });
      continue;
    }
    rented.set(e164, pool);
    standing = {
      ...standing,
      limits: standing.limits.map((limit) => afterRent(limit, pool)),
      accounts: afterDebit(standing.accounts, pool.currencyCode, firstPriceMinor(pool)),
    };
  }
  return { rented, refused, standing };
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
