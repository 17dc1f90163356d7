import type { Context } from '../context.ts';
import { periodStart } from '../domain/billing-calendar.ts';
import type { E164 } from '../domain/phone-number.ts';
import type { ProjectId } from '../domain/project-id.ts';
import type { ProvisioningStep } from '../domain/provisioning.ts';
import { periodPriceMinor } from '../domain/rent-price.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import type { DomainError } from '../errors.ts';
import { mayHoldAddress } from '../store/emergency-address.ts';
import { listUnsettled } from '../store/provisioning.ts';
import type { ActiveNumber, Rental } from '../store/rental.ts';
import type { Reader } from '../store/store.ts';
import { readActiveNumber } from './get-active-number.ts';
import { listProblems } from './list-rent-problems.ts';
import { restUntil } from './quarantine-number.ts';
import { assertReleasable } from './release-number.ts';
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
    const { periodsCharged, nextChargeAt } = chargedToDate(number, context.clock.now());
    const expireAt = number.expireAt ?? nextChargeAt;
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
      cancelled: number.expireAt === null ? number : {},
      problems: listProblems(() => assertReleasable(number)),
    };
  });
}

/** How far a rental would be charged by now, where the worker is behind. A released one is charged no more. */
function chargedToDate(
  rental: Rental,
  now: Timestamp,
): Pick<Rental, 'periodsCharged' | 'nextChargeAt'> {
  const { rentedAt, paymentIntervalMonths, expireAt } = rental;
  let { periodsCharged, nextChargeAt } = rental;
  if (expireAt !== null) return { periodsCharged, nextChargeAt };
  while (nextChargeAt <= now) {
    periodsCharged++;
    nextChargeAt = periodStart(rentedAt, periodsCharged, paymentIntervalMonths);
  }
  return { periodsCharged, nextChargeAt };
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
