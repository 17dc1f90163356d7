import type { E164 } from '../domain/phone-number.ts';
import type { Pool } from '../domain/pool.ts';
import type { ProjectId } from '../domain/project-id.ts';
import { firstPriceMinor } from '../domain/rent-price.ts';
import type { DomainError } from '../errors.ts';
import { afterDebit } from './debit-rent.ts';
import { letOthersRun } from './let-others-run.ts';
import { afterRent } from './limit-use.ts';
import { listRentProblems } from './list-rent-problems.ts';
import { numberNotAvailable, type RentRequest } from './rent-number.ts';
import type { RentOutcome } from './rent-order-numbers.ts';
import type { RentStanding } from './rent-standing.ts';

/** What would come of rents. */
export interface Trial {
  /** The numbers that could be had, each with its pool. */
  rented: ReadonlyMap<E164, Pool>;
  refused: RefusedNumber[];
  /** What is left of what the project may have and spend. */
  standing: RentStanding;
  /** Why an order that searches its numbers would be short of some. */
  error?: DomainError | undefined;
}

export interface RefusedNumber {
  e164: E164;
  problems: DomainError[];
}

export function startTrial(standing: RentStanding): Trial {
  return { rented: new Map(), refused: [], standing };
}

export interface TrialTerms {
  projectId: ProjectId;
  request: RentRequest;
  pools: ReadonlyMap<E164, Pool>;
}

/** As `rentEach` would go: each number that can be had leaves less for those behind it. */
export async function tryRents(
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
    standing = standingAfterRent(standing, pool);
  }
  return { rented, refused, standing };
}

/** What is left when one more number of a pool is rented. */
export function standingAfterRent(standing: RentStanding, pool: Pool): RentStanding {
  return {
    ...standing,
    limits: standing.limits.map((limit) => afterRent(limit, pool)),
    accounts: afterDebit(standing.accounts, pool.currencyCode, firstPriceMinor(pool)),
  };
}

export function toOutcome({ e164, problems: [error] }: RefusedNumber): RentOutcome {
  return { e164, error };
}
