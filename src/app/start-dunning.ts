import type { Context } from '../context.ts';
import { dunningDates } from '../domain/dunning.ts';
import { periodPriceMinor } from '../domain/rent-price.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import { moveNumber } from '../store/number.ts';
import type { Rental } from '../store/rental.ts';
import type { Writer } from '../store/store.ts';
import { startDunning as startRow } from '../store/unpaid-rental.ts';
import { recordDunning } from './record-event.ts';

/** Since when a rental is unpaid, and what follows from it. The dates are never moved. */
export interface UnpaidTerms {
  unpaidSince: Timestamp;
  suspendAt: Timestamp;
  expireAt: Timestamp;
}

/**
 * Announces the end of a rental whose next period is not covered. The dates count from now, not from the day it was due:
 * after a standstill of ours nobody is suspended without having been told.
 * @returns `undefined` when it is not any more what was read.
 */
export async function startDunning(
  context: Pick<Context, 'ids' | 'config'>,
  db: Writer,
  rental: Rental,
  now: Timestamp,
): Promise<UnpaidTerms | undefined> {
  const { suspendAt, endAt } = dunningDates(context.config.dunning, now);
  const terms = { unpaidSince: now, suspendAt, expireAt: endAt };
  if (!(await startRow(db, rental, terms))) return undefined;
  const { e164, projectId, currencyCode, periodsCharged: period } = rental;
  if (!(await moveNumber(db, e164, 'ACTIVE', 'RELEASING', { projectId, until: null }))) {
    throw new Error(`${e164} has a current rental, but it is not ACTIVE.`);
  }
  const details = {
    from: 'ACTIVE',
    to: 'RELEASING',
    period,
    amountMinor: periodPriceMinor(rental),
    currencyCode,
    suspendTime: suspendAt,
    endTime: endAt,
  };
  await recordDunning(context, db, rental, 'DUNNING_STARTED', details, now);
  return terms;
}
