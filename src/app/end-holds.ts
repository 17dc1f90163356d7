import type { Context } from '../context.ts';
import { listHoldsOver, takeHoldsOver } from '../store/hold.ts';
import { endHold } from './end-hold.ts';
import type { SetAside } from './set-aside.ts';
import { writeEach } from './write-each.ts';

const NUMBERS_PER_WRITE = 500;

/**
 * Puts numbers back on sale whose holds are over.
 * @returns how many; call again until it is none.
 */
export function endHolds(context: Context, setAside: SetAside): Promise<number> {
  const now = context.clock.now();
  return writeEach(context, setAside, {
    numbersPerWrite: NUMBERS_PER_WRITE,
    list: (db, limit) => listHoldsOver(db, now, limit),
    take: (db, limit) => takeHoldsOver(db, now, limit),
    write: (db, hold) => endHold(context, db, hold, 'HOLD_EXPIRED', 'worker', now),
  });
}
