import type { Context } from '../context.ts';
import { periodStart } from '../domain/billing-calendar.ts';
import type { ProjectId } from '../domain/project-id.ts';
import { periodPriceMinor } from '../domain/rent-price.ts';
import { addDays, type Timestamp } from '../domain/timestamp.ts';
import { type Account, listAccounts, listEveryAccount } from '../store/account.ts';
import type { Reader } from '../store/store.ts';
import { listUnpaidSince, sumUnpaid, type UnpaidRental } from '../store/unpaid-rental.ts';

/** An account, and the numbers that it does not cover. */
export interface AccountStanding extends Account {
  /** `undefined`: all that is due is paid. */
  unpaid: Unpaid | undefined;
}

export interface Unpaid {
  numbers: number;
  /** What all their periods cost that have begun. */
  dueMinor: bigint;
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
  return toStandings(db, await listAccounts(db, projectId), clock.now(), projectId);
}

/** The same of all projects, for the operator. */
export async function listAllStandings(
  { clock }: Pick<Context, 'clock'>,
  db: Reader,
): Promise<AccountStanding[]> {
  return toStandings(db, await listEveryAccount(db), clock.now());
}

/** No period is shorter: whatever has been unpaid for less than this lacks one period. */
const PERIOD_DAYS_MIN = 28;

async function toStandings(
  db: Reader,
  accounts: readonly Account[],
  now: Timestamp,
  projectId?: ProjectId,
): Promise<AccountStanding[]> {
  const key = (of: Pick<Account, 'projectId' | 'currencyCode'>) =>
    `${of.projectId} ${of.currencyCode}`;
  const sums = new Map((await sumUnpaid(db, projectId)).map((sum) => [key(sum), sum]));
  const old = await listUnpaidSince(db, addDays(now, -PERIOD_DAYS_MIN), projectId);
  const oldOf = Map.groupBy(old, key);
  return accounts.map((account) => {
    const sum = sums.get(key(account));
    if (sum === undefined) return { ...account, unpaid: undefined };
    const { count: numbers, suspendAt, expireAt: endAt } = sum;
    const more = (oldOf.get(key(account)) ?? []).map((rental) => dueBeyondFirst(rental, now));
    const dueMinor = more.reduce((total, due) => total + due, sum.priceMinor);
    return { ...account, unpaid: { numbers, dueMinor, suspendAt: suspendAt ?? undefined, endAt } };
  });
}

/** What a rental owes besides its oldest unpaid period: the periods that have begun since. */
function dueBeyondFirst(rental: UnpaidRental, now: Timestamp): bigint {
  const { rentedAt, periodsCharged, paymentIntervalMonths } = rental;
  let period = periodsCharged + 1;
  while (periodStart(rentedAt, period, paymentIntervalMonths) <= now) period++;
  return BigInt(period - periodsCharged - 1) * BigInt(periodPriceMinor(rental));
}
