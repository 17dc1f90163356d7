import type { Context } from '../context.ts';
import type { E164 } from '../domain/phone-number.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import { preconditionFailed } from '../errors.ts';
import { lockNumberFor, moveNumber } from '../store/number.ts';
import type { ActiveNumber } from '../store/active-number.ts';
import { releaseRental, type Rental } from '../store/rental.ts';
import type { Writer } from '../store/store.ts';
import { releaseUnpaidRental } from '../store/unpaid-rental.ts';
import type { Caller } from './caller.ts';
import { readActiveNumber } from './get-active-number.ts';
import { recordHistory } from './record-event.ts';
import { renewToDate } from './renew-rental.ts';
import { cancelOpen } from './schedule-provisioning.ts';

/**
 * Lets a rental end with the period that is paid, which is at once when it is unpaid. Until then the number works and is
 * shown with `expireAt`. What is being provisioned is cancelled. Releasing twice changes nothing.
 * @throws DomainError NOT_FOUND when the project has no current rental of the number, FAILED_PRECONDITION when the
 * number is locked against it.
 */
export function releaseNumber(context: Context, caller: Caller, e164: E164): Promise<ActiveNumber> {
  return context.store.write(async (db) => {
    await lockNumberFor(db, caller.projectId, e164, context.clock.now());
    const now = context.clock.now();
    const found = await readActiveNumber(db, caller.projectId, e164);
    if (isReleased(found)) return found;
    assertReleasable(found);
    // After a standstill the worker may be behind; a rental must not end in the past, with months unpaid.
    const before = await renewToDate(context, db, found, now);
    const details = await release(db, before, now);
    if (details === undefined) return before;
    for (const kind of ['SMS', 'VOICE'] as const) await cancelOpen(db, before.id, kind, now);
    await recordHistory(context, db, before, 'RELEASED', caller, details, now);
    return readActiveNumber(db, caller.projectId, e164);
  });
}

/** @returns what history is to say of it; `undefined` when it was released before. */
async function release(
  db: Writer,
  { id, e164, projectId, nextChargeAt, unpaidSince }: ActiveNumber,
  now: Timestamp,
): Promise<Record<string, unknown> | undefined> {
  // An unpaid one is RELEASING already, and has nothing left that is paid.
  if (unpaidSince !== null) {
    return (await releaseUnpaidRental(db, projectId, id, now)) ? { expireAt: now } : undefined;
  }
  if (!(await releaseRental(db, projectId, id))) return undefined;
  if (!(await moveNumber(db, e164, 'ACTIVE', 'RELEASING', { projectId, until: null }))) {
    throw new Error(`${e164} has a current rental, but it is not ACTIVE.`);
  }
  return { from: 'ACTIVE', to: 'RELEASING', expireAt: nextChargeAt };
}

/** Whether its project has released it; an unpaid one has an end too. */
export function isReleased({ expireAt, unpaidSince }: Rental): boolean {
  return expireAt !== null && unpaidSince === null;
}

/** @throws DomainError FAILED_PRECONDITION when the number is locked against it. */
export function assertReleasable({ e164, deletionLock }: ActiveNumber): void {
  if (!deletionLock) return;
  throw preconditionFailed({
    type: 'DELETION_LOCK',
    subject: e164,
    description: 'The number is locked against release: set deletionLock to false first.',
  });
}
