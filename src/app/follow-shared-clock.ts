import { setTimeout } from 'node:timers/promises';

import type { MovableClock } from '../clock.ts';
import { findSetting } from '../store/setting.ts';
import type { Store } from '../store/store.ts';

/** Goes to where another process has moved the clock of this database, or this one before it was restarted. */
export async function followSharedClock(store: Store, clock: MovableClock): Promise<void> {
  const offset = await store.read((db) => findSetting(db, 'clock-offset-ms'));
  if (offset !== undefined) clock.advanceOffsetTo(Number(offset));
}

/** A process without a worker, which follows before each look, learns of a move after this long at most. */
const FOLLOW_EVERY_MS = 250;

/** Follows until it is disposed of. */
export function keepFollowingSharedClock(store: Store, clock: MovableClock): Disposable {
  const stopping = new AbortController();
  void follow(store, clock, stopping.signal);
  return { [Symbol.dispose]: () => stopping.abort() };
}

async function follow(store: Store, clock: MovableClock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await followSharedClock(store, clock).catch(() => {
      // The next request says that the database is down.
    });
    await setTimeout(FOLLOW_EVERY_MS, undefined, { signal, ref: false }).catch(() => {
      // It is disposed of.
    });
  }
}
