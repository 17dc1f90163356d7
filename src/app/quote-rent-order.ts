import type { Context } from '../context.ts';
import { periodStart } from '../domain/billing-calendar.ts';
import type { E164 } from '../domain/phone-number.ts';
import type { Pool } from '../domain/pool.ts';
import type { ProjectId } from '../domain/project-id.ts';
import { firstPriceMinor, periodPriceMinor } from '../domain/rent-price.ts';
import { type RentOrderState, toFinalState } from '../domain/rent-order.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import type { DomainError } from '../errors.ts';
import { type Account, listAccounts } from '../store/account.ts';
import type { RentOrderRequest } from './create-rent-order.ts';
import { afterDebit } from './debit-rent.ts';
import { findCandidates } from './find-rent-candidates.ts';
import { findAvailableNumbers } from './get-available-number.ts';
import { letOthersRun } from './let-others-run.ts';
import { afterRent } from './limit-use.ts';
import { type LimitUsage, listRentLimits } from './list-limits.ts';
import { listRentProblems } from './list-rent-problems.ts';
import { numberNotAvailable, type RentRequest } from './rent-number.ts';
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
  const limits = await listRentLimits(context, projectId);
  const accounts = await context.store.read((db) => listAccounts(db, projectId));
  const { quantity, allOrNothing, request } = asked;
  const wanted = asked.wanted === undefined ? null : JSON.stringify(asked.wanted);
  // All at once.
  const candidates = await findCandidates(context, { projectId, quantity, wanted }, quantity);
  const sets: Candidates = candidates ?? [(asked.e164s ?? []).toSorted()];
  const pools = await findAvailableNumbers(context, projectId, sets.flat());
  const terms = { projectId, request, pools };
  const trials: Trial[] = [];
  for (const e164s of sets) {
    trials.push(await tryRents(terms, e164s, quantity, { limits, accounts }));
  }
  const nothing: Trial = { rented: [], refused: [], limits, accounts };
  const best =
    trials.find(({ rented }) => rented.length === quantity) ?? mostRented([nothing, ...trials]);
  const isRented = !allOrNothing || best.rented.length === quantity;
  const rented = isRented ? best.rented : [];
  const outcomes = best.refused.map(({ e164, problems: [error] }) => ({ e164, error }));
  return {
    order: { quantity, allOrNothing },
    state: toFinalState(rented.length, quantity),
    rentableCount: best.rented.length,
    totals: sumByCurrency(rented),
    documentationRequired: best.rented.some((pool) => pool.documentationRequired),
    nextChargeAt: findNextCharge(rented, context.clock.now()),
    limits: isRented ? best.limits : limits,
    error:
      candidates === undefined || best.rented.length === quantity
        ? undefined
        : findReason(quantity, outcomes, candidates, 0),
    refused: candidates === undefined ? best.refused : [],
  };
}

interface Trial {
  /** The pool of each number that could be had. */
  rented: Pool[];
  refused: RefusedNumber[];
  limits: readonly LimitUsage[];
  accounts: readonly Account[];
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
  before: Pick<Trial, 'limits' | 'accounts'>,
): Promise<Trial> {
  const trial: Trial = { rented: [], refused: [], ...before };
  for (const [i, e164] of e164s.entries()) {
    if (trial.rented.length === quantity) break;
    await letOthersRun(i);
    const pool = pools.get(e164);
    const problems =
      pool === undefined
        ? [numberNotAvailable(e164)]
        : listRentProblems(projectId, pool, request, trial.limits, trial.accounts);
    if (pool === undefined || problems.length > 0) {
      trial.refused.push({ e164, problems });
      continue;
    }
    trial.rented.push(pool);
    trial.limits = trial.limits.map((limit) => afterRent(limit, pool));
    trial.accounts = afterDebit(trial.accounts, pool.currencyCode, firstPriceMinor(pool));
  }
  return trial;
}

/** Of a block, which is had as a whole or not at all, the one that is nearest to it. */
function mostRented(trials: readonly [Trial, ...Trial[]]): Trial {
  return trials.reduce((most, trial) => (trial.rented.length >= most.rented.length ? trial : most));
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
