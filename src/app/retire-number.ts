import type { Context } from '../context.ts';
import type { E164 } from '../domain/phone-number.ts';
import { preconditionFailed, resourceNotFound } from '../errors.ts';
import { findNumber, lockNumber, moveNumber } from '../store/number.ts';
import { endHoldIfOver } from './end-hold.ts';
import { appendEvent } from './record-event.ts';

/**
 * Takes a number out of stock for good: it was ported away, or given back to its carrier. It keeps its row, so that no
 * import brings it back, and its history. Doing it again changes nothing.
 * @throws DomainError NOT_FOUND when it is not in stock, FAILED_PRECONDITION while somebody has it.
 */
export function retireNumber(
  context: Pick<Context, 'store' | 'clock' | 'ids'>,
  e164: E164,
): Promise<void> {
  return context.store.write(async (db) => {
    await lockNumber(db, e164);
    await endHoldIfOver(context, db, e164);
    const number = await findNumber(db, e164);
    if (number === undefined) throw resourceNotFound('Number', e164, `${e164} is not in stock.`);
    const { state, stateUntil } = number;
    if (state === 'RETIRED') return;
    if (state === 'QUARANTINED' && stateUntil === null) {
      throw notRetirable(e164, 'the platforms are still letting go of it: try again');
    }
    if (state !== 'AVAILABLE' && state !== 'QUARANTINED') {
      throw notRetirable(e164, `it is ${state}`);
    }
    await moveNumber(db, e164, state, 'RETIRED', { projectId: null, until: null });
    await appendEvent(context, db, {
      e164,
      type: 'RETIRED',
      projectId: null,
      rentalId: null,
      actor: 'operator',
      requestId: null,
      details: JSON.stringify({ from: state, to: 'RETIRED' }),
      createdAt: context.clock.now(),
    });
  });
}

function notRetirable(e164: E164, why: string): Error {
  return preconditionFailed({
    type: 'NOT_RETIRABLE',
    subject: e164,
    description: `${e164} cannot be retired: ${why}.`,
  });
}
