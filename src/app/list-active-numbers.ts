import type { Context } from '../context.ts';
import type { ProjectId } from '../domain/project-id.ts';
import {
  type ActiveNumber,
  type ActiveNumberCursor,
  type ActiveNumberFilter,
  type ActiveNumberOrder,
  countActiveNumbers,
  listActiveNumbers as listRows,
} from '../store/active-number.ts';

export interface ActiveNumberPage {
  numbers: ActiveNumber[];
  /** Where the next page begins; `undefined` on the last one. */
  next: ActiveNumberCursor | undefined;
  /** Over all pages. */
  totalSize: number;
}

/**
 * One page of a project's active numbers. A page begins behind the last number of the one before, so a
 * walk sees every number that is there throughout exactly once, whatever else comes and goes.
 */
export function listActiveNumbers(
  context: Context,
  projectId: ProjectId,
  filter: ActiveNumberFilter,
  page: { order: ActiveNumberOrder; after: ActiveNumberCursor | undefined; size: number },
): Promise<ActiveNumberPage> {
  return context.store.readRecent(async (db) => {
    // One more than the page tells whether there is a next one: an empty last page would stop some clients early.
    const rows = await listRows(db, projectId, filter, page.order, page.after, page.size + 1);
    const numbers = rows.slice(0, page.size);
    const last = numbers.at(-1);
    return {
      numbers,
      next:
        rows.length > page.size && last !== undefined
          ? { e164: last.e164, displayName: last.displayName }
          : undefined,
      totalSize: await countActiveNumbers(db, projectId, filter),
    };
  });
}
