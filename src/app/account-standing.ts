import type { Context } from '../context.ts';
import { periodStart } from '../domain/billing-calendar.ts';
import type { ProjectId } from '../domain/project-id.ts';
import { periodPriceMinor } from '../domain/rent-price.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import { type Account, listAccounts } from '../store/account.ts';
import type { Reader } from '../store/store.ts';
import { listUnpaidRentals, type UnpaidRental } from '../store/unpaid-rental.ts';

/** An account, and the numbers that it does not cover. */
export interface AccountStanding extends Account {
  /** `undefined`: all that is due is paid. */
  unpaid: Unpaid | undefined;
}

export interface Unpaid {
  numbers: number;
  /** What all their periods cost that have begun. */
  dueMinor: number;
  /** When the first of them is suspended; `undefined`: all are. */
  suspendAt: Timestamp | undefined;
  /** When the first of them ends. */
  endAt: Timestamp;
}

/** A project's accounts, with what they do not cover now. */
export async function listStandings(
  { clock }: Pick<Context, 'clock'>,
  db: Reader,
  projectId: ProjectId,
): Promise<AccountStanding[]> {
  const [accounts, rentals] = await Promise.all([
    listAccounts(db, projectId),
    listUnpaidRentals(db, projectId),
  ]);
  return toStandings(accounts, rentals, clock.now());
}

/** @param rentals the unpaid ones of the same projects. */
export function toStandings(
  accounts: readonly Account[],
  rentals: readonly UnpaidRental[],
  now: Timestamp,
): AccountStanding[] {
  const key = (of: Pick<Account, 'projectId' | 'currencyCode'>) =>
    `${of.projectId} ${of.currencyCode}`;
  const unpaid = Map.groupBy(rentals, key);
  return accounts.map((account) => ({ ...account, unpaid: sumUp(unpaid.get(key(account)), now) }));
}

function sumUp(rentals: readonly UnpaidRental[] = [], now: Timestamp): Unpaid | undefined {
  const [firstEnd] = rentals.map(({ expireAt }) => expireAt).toSorted();
  if (firstEnd === undefined) return undefined;
  const [suspendAt] = rentals
    .flatMap((rental) => (rental.suspendedAt === null ? [rental.suspendAt] : []))
    .toSorted();
  const dueMinor = rentals.reduce((sum, rental) => sum + dueOf(rental, now), 0);
  return { numbers: rentals.length, dueMinor, suspendAt, endAt: firstEnd };
}

function dueOf(rental: UnpaidRental, now: Timestamp): number {
  const { rentedAt, periodsCharged, paymentIntervalMonths } = rental;
  let period = periodsCharged;
  while (periodStart(rentedAt, period, paymentIntervalMonths) <= now) period++;
  return (period - periodsCharged) * periodPriceMinor(rental);
}
