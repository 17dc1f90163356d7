import type { Context } from '../context.ts';
import type { E164 } from '../domain/phone-number.ts';
import { preconditionFailed, resourceNotFound } from '../errors.ts';
import { lockNumberFor, moveNumber } from '../store/number.ts';
import type { ActiveNumber } from '../store/active-number.ts';
import { type Rental, undoReleaseOfRental } from '../store/rental.ts';
import type { Writer } from '../store/store.ts';
import type { Caller } from './caller.ts';
import { readActiveNumber } from './get-active-number.ts';
import { type Actor, recordHistory } from './record-event.ts';

/**
 * Takes a release back, for as long as the paid period lasts: the rental goes on and is charged as if it had never been
 * released. What the release cancelled stays cancelled. For a number that was not released nothing changes.
 * @throws DomainError NOT_FOUND when the project has no rental of the number, or it has just ended; FAILED_PRECONDITION
 * when it ends because it is unpaid.
 */
export function undoRelease(context: Context, caller: Caller, e164: E164): Promise<ActiveNumber> {
  return context.store.write(async (db) => {
    await lockNumberFor(db, caller.projectId, e164, context.clock.now());
    const before = await readActiveNumber(db, caller.projectId, e164);
    if (before.expireAt === null) return before;
    assertPaid(before);
    if (!(await undoReleaseInWrite(context, db, before, caller))) {
      throw resourceNotFound('ActiveNumber', e164);
    }
    return readActiveNumber(db, caller.projectId, e164);
  });
}

function assertPaid({ e164, unpaidSince, expireAt }: Rental): void {
  if (unpaidSince === null) return;
  throw preconditionFailed({
    type: 'INSUFFICIENT_BALANCE',
    subject: e164,
    description: `The number is not released but unpaid, and ends at ${expireAt}: it goes on when the account covers it.`,
  });
}

/** The same, by anyone who has the number's lock. @returns false when the rental is over. */
export async function undoReleaseInWrite(
  context: Pick<Context, 'clock' | 'ids'>,
  db: Writer,
  rental: Rental,
  actor: Actor,
): Promise<boolean> {
  const now = context.clock.now();
  const { e164, projectId } = rental;
  if (!(await undoReleaseOfRental(db, projectId, rental.id, now))) return false;
  if (!(await moveNumber(db, e164, 'RELEASING', 'ACTIVE', { projectId, until: null }))) {
    throw new Error(`${e164} has a released rental, but it is not RELEASING.`);
  }
  const details = { from: 'RELEASING', to: 'ACTIVE', nextChargeAt: rental.nextChargeAt };
  await recordHistory(context, db, rental, 'RELEASE_UNDONE', actor, details, now);
  return true;
}
