import type { Context } from '../context.ts';
import type { ProjectId } from '../domain/project-id.ts';
import { countListedHolds, listHolds as listRows } from '../store/hold.ts';
import type { HeldNumber } from './hold-numbers.ts';
import { getPoolOfNumber } from './pool-catalog.ts';

export interface HoldPage {
  holds: HeldNumber[];
  /** The number that the next page begins behind; `undefined` on the last one. */
  next: string | undefined;
  /** Over all pages. */
  totalSize: number;
}

/** One page of what a project has set aside, in the order of the digits. */
export async function listHolds(
  context: Context,
  projectId: ProjectId,
  page: { after: string | undefined; size: number },
): Promise<HoldPage> {
  const pools = await context.pools.current();
  const now = context.clock.now();
  return context.store.readRecent(async (db) => {
    const rows = await listRows(db, projectId, now, page.after ?? '', page.size + 1);
    const holds: HeldNumber[] = [];
    for (const hold of rows.slice(0, page.size)) {
      holds.push({ ...hold, pool: await getPoolOfNumber(pools, db, hold.poolId) });
    }
    return {
      holds,
      next: rows.length > page.size ? holds.at(-1)?.e164 : undefined,
      totalSize: await countListedHolds(db, projectId, now),
    };
  });
}
