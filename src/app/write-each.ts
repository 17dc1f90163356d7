import type { Context } from '../context.ts';
import { addMilliseconds } from '../domain/timestamp.ts';
import { DomainError } from '../errors.ts';
import type { Writer } from '../store/store.ts';
import type { SetAside } from './set-aside.ts';

/** What could not be done is tried again after this long. */
const SET_ASIDE_MS = 600_000;

/**
 * Does something to each of a batch: all in one transaction, or, when that fails, each in its own, so that
 * one bad item holds up no other. The bad one is logged and set aside.
 * @param write returns false when there was nothing to do.
 * @returns to how many something was done.
 */
export async function writeEach<Item>(
  context: Context,
  setAside: SetAside,
  batch: readonly Item[],
  idOf: (item: Item) => string,
  write: (db: Writer, item: Item) => Promise<boolean>,
): Promise<number> {
  const items = batch.filter((item) => !setAside.has(idOf(item)));
  if (items.length === 0) return 0;
  try {
    return await context.store.write(async (db) => {
      let done = 0;
      for (const item of items) if (await write(db, item)) done++;
      return done;
    });
  } catch (error) {
    if (isDatabaseDown(error)) throw error;
  }
  let done = 0;
  for (const item of items) {
    try {
      if (await context.store.write((db) => write(db, item))) done++;
    } catch (error) {
      if (isDatabaseDown(error)) throw error;
      const id = idOf(item);
      context.log.error({ err: error, id }, 'set aside: this could not be done');
      const until = addMilliseconds(context.clock.now(), SET_ASIDE_MS);
      if (!setAside.add(id, until)) throw error;
    }
  }
  return done;
}

/** Then it is no fault of the item. */
function isDatabaseDown(error: unknown): boolean {
  return error instanceof DomainError && error.code === 'UNAVAILABLE';
}
