import { setImmediate } from 'node:timers/promises';

/** Numbers that are looked at or rented in one turn of the event loop: some milliseconds on SQLite, which is part of it. */
const NUMBERS_PER_TURN = 100;

/**
 * Lets the requests that have come meanwhile be served, for loops over many numbers. In a write too: others may read,
 * and write when it is over.
 * @param done how many numbers the loop has behind it.
 */
export async function letOthersRun(done: number): Promise<void> {
  if (done % NUMBERS_PER_TURN === 0) await setImmediate();
}
