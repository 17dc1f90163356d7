import type { Context } from '../context.ts';
import { deleteExpiredKeys, hasExpiredKey } from '../store/kept-answer.ts';

/** A few milliseconds of work, which is how long a request may have to wait for it. */
const KEYS_PER_WRITE = 500;

/**
 * Deletes idempotency keys whose time is over, with their answers.
 * @returns how many; call again until it is none.
 */
export async function forgetAnswers(context: Context): Promise<number> {
  const now = context.clock.now();
  // A look costs a read; only when something is due does it cost a write.
  if (!(await context.store.read((db) => hasExpiredKey(db, now)))) return 0;
  return context.store.write((db) => deleteExpiredKeys(db, now, KEYS_PER_WRITE));
}
