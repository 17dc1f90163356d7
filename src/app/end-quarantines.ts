import type { Context } from '../context.ts';
import { insertEvent } from '../store/event.ts';
import { listQuarantineOver, moveNumber } from '../store/number.ts';

const NUMBERS_PER_WRITE = 500;

/**
 * Puts numbers back on sale whose quarantine is over.
 * @returns how many; call again until it is none.
 */
export async function endQuarantines(context: Context): Promise<number> {
  const now = context.clock.now();
  const over = await context.store.read((db) => listQuarantineOver(db, now, NUMBERS_PER_WRITE));
  if (over.length === 0) return 0;
  return context.store.write(async (db) => {
    let moved = 0;
    for (const { e164 } of over) {
      const nobody = { projectId: null, until: null };
      if (!(await moveNumber(db, e164, 'QUARANTINED', 'AVAILABLE', nobody))) continue;
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
      moved++;
    }
    return moved;
  });
}
