import type { Context } from '../context.ts';
import type { E164 } from '../domain/phone-number.ts';
import type { Pool } from '../domain/pool.ts';
import { type DomainError, preconditionFailed, resourceNotFound } from '../errors.ts';
import { findLastRentalId } from '../store/event.ts';
import { findNumber, lockNumber, moveNumber, type StockNumber } from '../store/number.ts';
import { listPools } from '../store/pool.ts';
import { findLinksBefore } from '../store/provisioning.ts';
import type { ActiveNumber } from '../store/active-number.ts';
import { findRental, type Rental, updateRentalLabels } from '../store/rental.ts';
import type { Writer } from '../store/store.ts';
import { endHoldIfOver } from './end-hold.ts';
import { readActiveNumber } from './get-active-number.ts';
import { type RentRequest, startRental } from './rent-number.ts';
import { undoReleaseInWrite } from './undo-release.ts';

/**
 * Gives a number back to its last holder, who released it by mistake: before the paid period ends the release is taken
 * back; after that a new rental begins, at the prices of the old one and without a setup charge, connected to what the
 * old one was connected to. The project's limits do not hold the operator up.
 * @throws DomainError NOT_FOUND when it is not in stock, FAILED_PRECONDITION when somebody has it, or nobody ever had.
 */
export function recallNumber(
  context: Pick<Context, 'store' | 'clock' | 'ids'>,
  e164: E164,
): Promise<ActiveNumber> {
  return context.store.write(async (db) => {
    await lockNumber(db, e164);
    await endHoldIfOver(context, db, e164);
    const number = await findNumber(db, e164);
    if (number === undefined) throw resourceNotFound('Number', e164, `${e164} is not in stock.`);
    const rentalId = await findLastRentalId(db, e164);
    const last = rentalId === undefined ? undefined : await findRental(db, rentalId);
    if (last === undefined) throw notRecallable(number, 'nobody has ever rented it');
    if (number.state === 'RELEASING') {
      if (last.unpaidSince !== null) {
        throw notRecallable(number, 'it is unpaid, and goes on when the account covers it');
      }
      if (!(await undoReleaseInWrite(context, db, last, 'operator'))) {
        throw notRecallable(number, 'its paid period has just ended: try again');
      }
    } else {
      await rentAgain(context, db, number, last);
    }
    return readActiveNumber(db, last.projectId, e164);
  });
}

async function rentAgain(
  context: Pick<Context, 'clock' | 'ids'>,
  db: Writer,
  number: StockNumber,
  last: Rental,
): Promise<void> {
  const { e164, state } = number;
  if (state !== 'QUARANTINED' && state !== 'AVAILABLE') {
    throw notRecallable(number, `it is ${state}`);
  }
  if (state === 'QUARANTINED' && number.stateUntil === null) {
    throw notRecallable(number, 'the platforms are still letting go of it: try again');
  }
  const { projectId } = last;
  await moveNumber(db, e164, state, 'ACTIVE', { projectId, until: null });
  const operator = { projectId, actor: 'operator', requestId: null };
  const pool = await priceAsBefore(db, last);
  const request = await connectAsBefore(db, last);
  const rental = await startRental(context, db, operator, e164, pool, request, state, 'ACCOUNT');
  if (rental === undefined) throw new Error(`${e164} was rented, and there is no rental.`);
  const { displayName, deletionLock } = last;
  const { callbackUrl } = rental;
  await updateRentalLabels(db, {
    id: rental.id,
    projectId,
    displayName,
    callbackUrl,
    deletionLock,
  });
}

async function priceAsBefore(db: Writer, last: Rental): Promise<Pool> {
  const pool = (await listPools(db)).find(({ id }) => id === last.poolId);
  if (pool === undefined)
    throw new Error(`A rental is of pool ${last.poolId}, which does not exist.`);
  const { regionCode, type, capabilities, currencyCode, monthlyPriceMinor } = last;
  const { paymentIntervalMonths } = last;
  const terms = { regionCode, type, capabilities, currencyCode, monthlyPriceMinor };
  return { ...pool, ...terms, paymentIntervalMonths, setupPriceMinor: 0 };
}

async function connectAsBefore(db: Writer, last: Rental): Promise<RentRequest> {
  const { callbackUrl, endedAt, suspendedAt } = last;
  const disconnectedAt = suspendedAt ?? endedAt;
  if (disconnectedAt === null) return { callbackUrl };
  const { sms, voice } = await findLinksBefore(db, last.id, disconnectedAt);
  return {
    callbackUrl,
    sms: sms?.servicePlanId === '' ? undefined : sms,
    voice: voice?.targetId === '' ? undefined : voice,
  };
}

function notRecallable({ e164 }: StockNumber, why: string): DomainError {
  return preconditionFailed({
    type: 'NOT_RECALLABLE',
    subject: e164,
    description: `${e164} cannot be recalled: ${why}.`,
  });
}
