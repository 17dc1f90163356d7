import type { Context } from '../context.ts';
import type { E164 } from '../domain/phone-number.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import { deleteHold, findHoldOver, type Hold } from '../store/hold.ts';
import { moveNumber } from '../store/number.ts';
import type { Writer } from '../store/store.ts';
import type { Actor } from './record-event.ts';
import { recordHoldEvent } from './record-hold-event.ts';

/**
 * Puts a held number back on sale, with its lock, as a part of a larger write.
 * @returns false when somebody else has ended the hold.
 */
export async function endHold(
  context: Pick<Context, 'ids'>,
  db: Writer,
  hold: Hold,
  type: 'HOLD_RELEASED' | 'HOLD_EXPIRED',
  actor: Actor,
  now: Timestamp,
): Promise<boolean> {
  if (!(await deleteHold(db, hold.projectId, hold.e164))) return false;
  const nobody = { projectId: null, until: null };
  if (!(await moveNumber(db, hold.e164, 'HELD', 'AVAILABLE', nobody))) {
    throw new Error(`${hold.e164} has a hold, but it is not HELD.`);
  }
  await recordHoldEvent(context, db, hold, type, actor, { from: 'HELD', to: 'AVAILABLE' }, now);
  return true;
}

/**
 * For those who want a number whose hold is over before the worker has met it: nobody waits for the worker. With the
 * number's lock. @returns whether the number is on sale by this.
 */
export async function endHoldIfOver(
  context: Pick<Context, 'clock' | 'ids'>,
  db: Writer,
  e164: E164,
): Promise<boolean> {
  const now = context.clock.now();
  const hold = await findHoldOver(db, e164, now);
  return hold !== undefined && endHold(context, db, hold, 'HOLD_EXPIRED', 'worker', now);
}
