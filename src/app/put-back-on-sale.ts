import type { Context } from '../context.ts';
import type { E164 } from '../domain/phone-number.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import { moveNumber } from '../store/number.ts';
import type { Writer } from '../store/store.ts';
import { appendEvent } from './record-event.ts';

/**
 * Ends a quarantine, with the number's lock. It is an event of the number and of no project: the last holder's period
 * was over before.
 * @returns false when the number is not in quarantine any more.
 */
export async function putBackOnSale(
  context: Pick<Context, 'ids'>,
  db: Writer,
  e164: E164,
  now: Timestamp,
): Promise<boolean> {
  const nobody = { projectId: null, until: null };
  if (!(await moveNumber(db, e164, 'QUARANTINED', 'AVAILABLE', nobody))) return false;
  await appendEvent(context, db, {
    e164,
    type: 'BACK_ON_SALE',
    projectId: null,
    rentalId: null,
    actor: 'worker',
    requestId: null,
    details: JSON.stringify({ from: 'QUARANTINED', to: 'AVAILABLE' }),
    createdAt: now,
  });
  return true;
}
