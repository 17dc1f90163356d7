import type { Context } from '../context.ts';
import { insertEvent } from '../store/event.ts';
import { listQuarantineOver, moveNumber } from '../store/number.ts';
import type { SetAside } from './set-aside.ts';
import { writeEach } from './write-each.ts';

const NUMBERS_PER_WRITE = 500;

/**
 * Puts numbers back on sale whose quarantine is over.
 * @returns how many; call again until it is none.
 */
export async function endQuarantines(context: Context, setAside: SetAside): Promise<number> {
  const now = context.clock.now();
  const limit = NUMBERS_PER_WRITE + setAside.count(now);
  const over = await context.store.read((db) => listQuarantineOver(db, now, limit));
  const idOf = (number: { e164: string }) => number.e164;
  return writeEach(context, setAside, over, idOf, async (db, { e164 }) => {
    const nobody = { projectId: null, until: null };
    if (!(await moveNumber(db, e164, 'QUARANTINED', 'AVAILABLE', nobody))) return false;
    await insertEvent(db, {
      id: context.ids.ulid(),
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
  });
}
