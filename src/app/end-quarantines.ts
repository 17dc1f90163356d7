import type { Context } from '../context.ts';
import { listQuarantineOver, takeQuarantineOver } from '../store/number.ts';
import { putBackOnSale } from './put-back-on-sale.ts';
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
    write: (db, { e164 }) => putBackOnSale(context, db, e164, now),
  });
}
