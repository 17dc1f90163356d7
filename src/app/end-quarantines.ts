import type { Context } from '../context.ts';
import type { E164 } from '../domain/phone-number.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import { listQuarantineOver, moveNumber, takeQuarantineOver } from '../store/number.ts';
import type { Writer } from '../store/store.ts';
import { appendEvent } from './record-event.ts';
import type { SetAside } from './set-aside.ts';
import { writeEach } from './write-each.ts';

const NUMBERS_PER_WRITE = 500;

/**
 * Puts numbers back on sale whose quarantine is over.
 * @returns how many; call again until it is none.
 */
export function endQuarantines(context: Context, setAside: SetAside): Promise<number> {
  const now = context.clock.now();
  return writeEach(context, setAside, {
    numbersPerWrite: NUMBERS_PER_WRITE,
    list: (db, limit) => listQuarantineOver(db, now, limit),
    take: (db, limit) => takeQuarantineOver(db, now, limit),
    write: (db, { e164 }) => endQuarantine(context, db, e164, now),
  });
}

async function endQuarantine(
  context: Context,
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
