import type { Context } from '../context.ts';
import { type CallbackEvent, toCallbackOrigin, toCallbackPayload } from '../domain/callback.ts';
import type { ProjectId } from '../domain/project-id.ts';
import { insertDelivery } from '../store/delivery.ts';
import { putJob } from '../store/job.ts';
import type { Writer } from '../store/store.ts';

/** Orders a callback in the transaction of what it tells of; the caller raises `jobsOrdered` when that is committed. */
export async function orderCallback(
  context: Pick<Context, 'ids'>,
  db: Writer,
  url: string,
  event: CallbackEvent & { projectId: ProjectId },
): Promise<void> {
  const id = context.ids.ulid();
  await insertDelivery(db, {
    id,
    eventId: event.eventId,
    projectId: event.projectId,
    url,
    body: toCallbackPayload(event),
    createdAt: event.at,
  });
  await putJob(db, {
    id: context.ids.ulid(),
    kind: 'deliver',
    lane: toCallbackOrigin(url),
    subjectId: id,
    runAt: event.at,
    createdAt: event.at,
  });
}
