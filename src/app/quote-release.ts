import type { Context } from '../context.ts';
import { periodStart } from '../domain/billing-calendar.ts';
import type { E164 } from '../domain/phone-number.ts';
import type { ProjectId } from '../domain/project-id.ts';
import type { ProvisioningStep } from '../domain/provisioning.ts';
import { periodPriceMinor } from '../domain/rent-price.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import type { DomainError } from '../errors.ts';
import { type Account, listAccounts } from '../store/account.ts';
import { mayHoldAddress } from '../store/emergency-address.ts';
import { listUnsettled } from '../store/provisioning.ts';
import type { ActiveNumber } from '../store/active-number.ts';
import type { Rental } from '../store/rental.ts';
import type { Reader } from '../store/store.ts';
import { readActiveNumber } from './get-active-number.ts';
import { listProblems } from './list-rent-problems.ts';
import { restUntil } from './quarantine-number.ts';
import { assertReleasable, isReleased } from './release-number.ts';
import { coversPeriod } from './renew-rental.ts';
import { planSms, planVoice } from './schedule-provisioning.ts';

/** What a release would come to, at this moment. */
export interface ReleaseQuote {
  number: ActiveNumber;
  expireAt: Timestamp;
  /** Of periods that have begun and that nobody has charged yet. */
  dueMinor: number;
  /** What is paid and not given back. */
  paidPeriod: { startAt: Timestamp; endAt: Timestamp; priceMinor: number };
  /** `undefined`: it would be on sale again at `expireAt`. */
  quarantineUntil: Timestamp | undefined;
  /** How the number would leave its platforms at `expireAt`. */
  steps: ProvisioningStep[];
  endsEmergencyAddress: boolean;
  /** What is on its way and would be cancelled. */
  cancelled: Partial<Pick<ActiveNumber, 'scheduledSms' | 'scheduledVoice'>>;
  problems: DomainError[];
}

/**
 * What the release of a number would do, without doing it.
 * @throws DomainError NOT_FOUND when the project has no current rental of the number.
 */
export async function quoteRelease(
  context: Context,
  projectId: ProjectId,
  e164: E164,
): Promise<ReleaseQuote> {
  const pools = await context.pools.current();
  return context.store.read(async (db) => {
    const number = await readActiveNumber(db, projectId, e164);
    const now = context.clock.now();
    const accounts = await listAccounts(db, projectId);
    const { periodsCharged, nextChargeAt } = chargedToDate(number, accounts, now);
    const releasedTo = number.unpaidSince === null ? number.expireAt : null;
    // Of an unpaid one nothing is paid any more: it would end at once.
    const expireAt = releasedTo ?? later(nextChargeAt, now);
    const restsUntil = restUntil(pools, number, expireAt);
    const priceMinor = periodPriceMinor(number);
    const { rentedAt, paymentIntervalMonths } = number;
    return {
      number,
      expireAt,
      dueMinor: (periodsCharged - number.periodsCharged) * priceMinor,
      paidPeriod: {
        startAt: periodStart(rentedAt, periodsCharged - 1, paymentIntervalMonths),
        endAt: nextChargeAt,
        priceMinor,
      },
      quarantineUntil: restsUntil > expireAt ? restsUntil : undefined,
      steps: await planDisconnection(db, number),
      endsEmergencyAddress: await mayHoldAddress(db, number.id),
      // A second release changes nothing.
      cancelled: releasedTo === null ? number : {},
      problems: isReleased(number) ? [] : listProblems(() => assertReleasable(number)),
    };
  });
}

/**
 * How far a rental would be charged by now, where the worker is behind and the account covers it. One that has an end is
 * charged no more.
 */
function chargedToDate(
  rental: Rental,
  accounts: readonly Account[],
  now: Timestamp,
): Pick<Rental, 'periodsCharged' | 'nextChargeAt'> {
  const { rentedAt, paymentIntervalMonths, expireAt, currencyCode } = rental;
  const priceMinor = periodPriceMinor(rental);
  let { periodsCharged, nextChargeAt } = rental;
  let account = accounts.find((one) => one.currencyCode === currencyCode);
  if (expireAt !== null) return { periodsCharged, nextChargeAt };
  while (nextChargeAt <= now) {
    if (account !== undefined && !coversPeriod(account, priceMinor)) break;
    if (account !== undefined) {
      account = { ...account, balanceMinor: account.balanceMinor - priceMinor };
    }
    periodsCharged++;
    nextChargeAt = periodStart(rentedAt, periodsCharged, paymentIntervalMonths);
  }
  return { periodsCharged, nextChargeAt };
}

function later(one: Timestamp, other: Timestamp): Timestamp {
  return one > other ? one : other;
}

async function planDisconnection(db: Reader, rental: Rental): Promise<ProvisioningStep[]> {
  const unlinked = {
    sms: { servicePlanId: '', campaignId: '' },
    voice: { type: rental.voice.type, targetId: '' },
  };
  return [
    ...planSms(rental, unlinked.sms, await listUnsettled(db, rental.id, 'SMS')),
    ...planVoice(rental, unlinked.voice, await listUnsettled(db, rental.id, 'VOICE')),
  ];
}
