import type { MovableClock } from '../clock.ts';
import { findSetting } from '../store/setting.ts';
import type { Store } from '../store/store.ts';

/** Goes to where another process has moved the clock of this database, or this one before it was restarted. */
export async function followSharedClock(store: Store, clock: MovableClock): Promise<void> {
  const offset = await store.read((db) => findSetting(db, 'clock-offset-ms'));
  if (offset !== undefined) clock.advanceOffsetTo(Number(offset));
}
