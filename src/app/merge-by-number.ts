import type { Pool } from '../domain/pool.ts';
import type { AvailableNumber } from './get-available-number.ts';
import { END, type Handful } from './matches-in-order.ts';

/** What one pool has, sorted. */
export interface PoolList {
  pool: Pool;
  handfuls: AsyncGenerator<Handful, void>;
}

/** Numbers of several pools, sorted. */
export interface MergedHandful {
  numbers: AvailableNumber[];
  /** Nothing more will come up to this text, included. */
  upTo: string;
}

/** Makes one sorted list of several, a handful at a time; a handful may be empty. */
export async function* mergeByNumber(
  lists: readonly PoolList[],
): AsyncGenerator<MergedHandful, void> {
  const open = new Set(
    lists.map((list) => ({ ...list, numbers: [] as Handful['numbers'], taken: 0, upTo: '' })),
  );
  for (let known = ''; open.size > 0 && known !== END;) {
    for (const list of open) {
      // Those that are known further have to wait for the others.
      if (list.upTo !== known) continue;
      const { done, value } = await list.handfuls.next();
      if (done === true) open.delete(list);
      else Object.assign(list, { ...value, taken: 0 });
    }
    known = [...open].reduce((least, { upTo }) => (upTo < least ? upTo : least), END);
    const numbers: AvailableNumber[] = [];
    for (const list of open) {
      for (let e164 = list.numbers[list.taken]; e164 !== undefined && e164 <= known;) {
        numbers.push({ e164, pool: list.pool });
        e164 = list.numbers[++list.taken];
      }
    }
    if (open.size > 1) numbers.sort((a, b) => (a.e164 < b.e164 ? -1 : 1));
    yield { numbers, upTo: known };
  }
}
