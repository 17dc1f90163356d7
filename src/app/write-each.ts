import type { Context } from '../context.ts';
import type { E164 } from '../domain/phone-number.ts';
import { addMilliseconds } from '../domain/timestamp.ts';
import { isUnavailable } from '../errors.ts';
import type { Reader, Writer } from '../store/store.ts';
import { SET_ASIDE_MS, type SetAside } from './set-aside.ts';

/** Numbers for which something is due by time, and what is to be done to each. */
export interface DueWork<Item extends { e164: E164 }> {
  /** How many share a transaction. */
  numbersPerWrite: number;
  /** Up to `limit` of those that are due. */
  list: (db: Reader, limit: number) => Promise<Item[]>;
  /** The same, with the locks of their numbers, and without those whose locks others have. */
  take: (db: Writer, limit: number) => Promise<Item[]>;
  /** With the number's lock. @returns false when there was nothing to do. */
  write: (db: Writer, item: Item) => Promise<boolean>;
}

/**
 * Does a batch of what is due: all in one transaction, or, when that fails, each in its own, so that one bad
 * number holds up no other. The bad one is logged and set aside. Workers that are at it together take
 * different batches and never wait for each other.
 * @returns to how many something was done.
 */
export async function writeEach<Item extends { e164: E164 }>(
  context: Context,
  setAside: SetAside,
  { numbersPerWrite, list, take, write }: DueWork<Item>,
): Promise<number> {
  const asideCount = setAside.list(context.clock.now()).length;
  const isWanted = ({ e164 }: Item) => !setAside.has(e164);
  // A look costs a read; only when something is due does it cost a write.
  const due = await context.store.read((db) => list(db, asideCount + 1));
  if (!due.some(isWanted)) return 0;
  let batch: Item[] = [];
  try {
    return await context.store.write(async (db) => {
      batch = (await take(db, asideCount + numbersPerWrite)).filter(isWanted);
      let done = 0;
      for (const item of batch) if (await write(db, item)) done++;
      return done;
    });
  } catch (error) {
    if (isUnavailable(error)) throw error;
  }
  // What the others have changed since the batch was undone is not in what it had read.
  const takeAgain = async (db: Writer, { e164 }: Item) => {
    const items = await take(db, asideCount + numbersPerWrite);
    return items.find((item) => item.e164 === e164);
  };
  let done = 0;
  for (const item of batch) {
    if (await writeAlone(context, setAside, item, { takeAgain, write })) done++;
  }
  return done;
}

async function writeAlone<Item extends { e164: E164 }>(
  context: Context,
  setAside: SetAside,
  item: Item,
  {
    takeAgain,
    write,
  }: Pick<DueWork<Item>, 'write'> & {
    /** As it is now, with its number's lock. */
    takeAgain: (db: Writer, item: Item) => Promise<Item | undefined>;
  },
): Promise<boolean> {
  try {
    return await context.store.write(async (db) => {
      const current = await takeAgain(db, item);
      return current !== undefined && write(db, current);
    });
  } catch (error) {
    if (isUnavailable(error)) throw error;
    const { e164: phoneNumber } = item;
    context.log.error({ err: error, phoneNumber }, 'set aside: this could not be done');
    const until = addMilliseconds(context.clock.now(), SET_ASIDE_MS);
    if (!setAside.add(phoneNumber, until)) throw error;
    return false;
  }
}
