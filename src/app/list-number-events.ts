import type { Context } from '../context.ts';
import type { E164 } from '../domain/phone-number.ts';
import type { ProjectId } from '../domain/project-id.ts';
import { countEventsOf, listEventsOf, type StoredEvent } from '../store/event.ts';

export interface EventPage {
  events: StoredEvent[];
  /** The sequence that the next page begins before; `undefined` on the last one. */
  next: number | undefined;
  /** Over all pages. */
  totalSize: number;
}

/**
 * What has happened to a number while the project held or rented it, the newest first. Other holders' periods are not
 * in it, so of a number that it never had there is nothing, like of one that does not exist.
 */
export function listNumberEvents(
  context: Context,
  projectId: ProjectId,
  e164: E164,
  page: { before: number | undefined; size: number },
): Promise<EventPage> {
  return context.store.readRecent(async (db) => {
    const rows = await listEventsOf(db, projectId, e164, page.size + 1, page.before);
    const events = rows.slice(0, page.size);
    return {
      events,
      next: rows.length > page.size ? events.at(-1)?.sequence : undefined,
      totalSize: await countEventsOf(db, projectId, e164),
    };
  });
}
