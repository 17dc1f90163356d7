import type { Context } from '../context.ts';
import { periodStart } from '../domain/billing-calendar.ts';
import { periodPriceMinor } from '../domain/rent-price.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import { type Account, debitAccount, lockAccount } from '../store/account.ts';
import { insertCharge } from '../store/charge.ts';
import { advanceRental } from '../store/due-rental.ts';
import type { Rental } from '../store/rental.ts';
import type { Writer } from '../store/store.ts';
import { recordHistory } from './record-event.ts';
import { startDunning, type UnpaidTerms } from './start-dunning.ts';

/** What a renewal changes: a period more is paid, or the rental is unpaid from now on. */
export type Renewal = Pick<Rental, 'periodsCharged' | 'nextChargeAt'> | UnpaidTerms;

/**
 * Charges the next period of a rental, which has begun, or begins dunning when its project pays in advance and the
 * account does not cover it.
 * @returns `undefined` when there was nothing to do: another worker was first, it was released, or it stays unpaid.
 */
export async function renewRental(
  context: Pick<Context, 'ids' | 'config'>,
  db: Writer,
  rental: Rental,
  now: Timestamp,
): Promise<Renewal | undefined> {
  const { projectId, currencyCode, unpaidSince, periodsCharged: period } = rental;
  const amountMinor = periodPriceMinor(rental);
  const account = await lockAccount(db, projectId, currencyCode);
  if (account !== undefined && !coversPeriod(account, amountMinor)) {
    return unpaidSince === null ? startDunning(context, db, rental, now) : undefined;
  }
  const periodEnd = periodStart(rental.rentedAt, period + 1, rental.paymentIntervalMonths);
  if (!(await advanceRental(db, rental, periodEnd))) return undefined;
  if (account !== undefined) await debitAccount(db, projectId, currencyCode, amountMinor);
  await insertCharge(db, account !== undefined, {
    id: context.ids.ulid(),
    projectId,
    rentalId: rental.id,
    e164: rental.e164,
    kind: 'PERIOD',
    period,
    periodStart: rental.nextChargeAt,
    periodEnd,
    currencyCode,
    amountMinor,
    createdAt: now,
  });
  const details = { period, amountMinor, currencyCode };
  await recordHistory(context, db, rental, 'RENEWED', 'worker', details, now);
  return { periodsCharged: period + 1, nextChargeAt: periodEnd };
}

/** What costs nothing is always paid, however much is owed. */
export function coversPeriod(
  { balanceMinor, creditLimitMinor }: Pick<Account, 'balanceMinor' | 'creditLimitMinor'>,
  amountMinor: number,
): boolean {
  return amountMinor === 0 || amountMinor <= balanceMinor + creditLimitMinor;
}

/** Charges all periods of one rental that have begun, as far as it is paid, for a use case that cannot wait for the worker. */
export async function renewToDate<Current extends Rental>(
  context: Pick<Context, 'ids' | 'config'>,
  db: Writer,
  rental: Current,
  now: Timestamp,
): Promise<Current> {
  let current = rental;
  while (current.nextChargeAt <= now && current.expireAt === null) {
    const renewed = await renewRental(context, db, current, now);
    if (renewed === undefined) return current;
    current = { ...current, ...renewed };
  }
  return current;
}
