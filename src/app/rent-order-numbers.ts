import type { Context } from '../context.ts';
import type { E164 } from '../domain/phone-number.ts';
import { DomainError } from '../errors.ts';
import { attempt } from '../store/attempt.ts';
import { lockNumberFor } from '../store/number.ts';
import { isRentedAlready } from '../store/rental.ts';
import type { Writer } from '../store/store.ts';
import type { Caller } from './caller.ts';
import {
  numberNotAvailable,
  type RentBasis,
  type RentRequest,
  rentInWrite,
} from './rent-number.ts';
import { lockForRents } from './rent-room.ts';

/** What came of one number: `error` is why it is not rented. */
export interface RentOutcome {
  e164: E164;
  error: DomainError | undefined;
}

/** Whose numbers these become, and what they are connected to. */
export interface RentTerms {
  basis: RentBasis;
  caller: Caller;
  request: RentRequest;
}

/** Rents each of these numbers that can be had, until there are `quantity`; a refusal takes none of the others with it. */
export async function rentEach(
  context: Context,
  db: Writer,
  terms: RentTerms,
  e164s: readonly E164[],
  quantity = e164s.length,
): Promise<RentOutcome[]> {
  const outcomes: RentOutcome[] = [];
  let missing = quantity;
  const locked = await lockNumbersFor(context, db, terms, e164s);
  const basis = await lockForRents(context, db, terms.caller.projectId, terms.basis);
  for (const e164 of e164s) {
    if (missing === 0) break;
    const error = locked.has(e164)
      ? await rentOne(context, db, { ...terms, basis }, e164)
      : numberNotAvailable(e164);
    if (error === undefined) missing--;
    outcomes.push({ e164, error });
  }
  return outcomes;
}

/**
 * A limit or an account locks the project, and numbers come before it in everybody's order of locks.
 * @returns those that may be had; where nothing locks the project, each is locked in its turn, and these are all.
 */
async function lockNumbersFor(
  { clock }: Pick<Context, 'clock'>,
  db: Writer,
  { basis, caller }: RentTerms,
  e164s: readonly E164[],
): Promise<ReadonlySet<E164>> {
  if (!basis.isLimited && !basis.hasAccount) return new Set(e164s);
  const locked = new Set<E164>();
  for (const e164 of e164s) {
    if (await lockNumberFor(db, caller.projectId, e164, clock.now())) locked.add(e164);
  }
  return locked;
}

/** The same, but all or nothing: when fewer than `quantity` can be had, none is rented and `isComplete` is false. */
export async function rentAll(
  context: Context,
  db: Writer,
  terms: RentTerms,
  e164s: readonly E164[],
  quantity = e164s.length,
): Promise<{ isComplete: boolean; outcomes: RentOutcome[] }> {
  let outcomes: RentOutcome[] = [];
  try {
    await attempt(db, async () => {
      outcomes = await rentEach(context, db, terms, e164s, quantity);
      const rented = outcomes.filter(({ error }) => error === undefined).length;
      if (rented < quantity) throw new Incomplete();
    });
    return { isComplete: true, outcomes };
  } catch (error) {
    if (!(error instanceof Incomplete)) throw error;
    return { isComplete: false, outcomes };
  }
}

/** Some of the numbers cannot be had: what was rented is undone. */
class Incomplete extends Error {}

/** @returns why it was refused. */
async function rentOne(
  context: Context,
  db: Writer,
  { basis, caller, request }: RentTerms,
  e164: E164,
): Promise<DomainError | undefined> {
  try {
    const number = await attempt(db, () => rentInWrite(context, db, basis, caller, e164, request));
    return number === undefined ? numberNotAvailable(e164) : undefined;
  } catch (error) {
    if (isRentedAlready(db.dialect, error)) return numberNotAvailable(e164);
    if (isRefusal(error)) return error;
    throw error;
  }
}

/** Whether it is one number's or one caller's fault. After anything else the write as a whole has failed. */
export function isRefusal(error: unknown): error is DomainError {
  return error instanceof DomainError && REFUSALS.has(error.code);
}

const REFUSALS: ReadonlySet<DomainError['code']> = new Set([
  'INVALID_ARGUMENT',
  'NOT_FOUND',
  'FAILED_PRECONDITION',
]);
