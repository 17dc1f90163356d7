import type { Context } from '../context.ts';
import type { Pool } from '../domain/pool.ts';
import type { ProjectId } from '../domain/project-id.ts';
import { lockProject } from '../store/project.ts';
import { listProjectLimits } from '../store/project-limit.ts';
import type { Writer } from '../store/store.ts';
import { assertRoomForRent, useOfRent } from './limit-use.ts';
import { readUsage } from './list-limits.ts';

/**
 * Refuses a rent beyond what the project may have or spend. In the rent's own transaction, behind the number's lock,
 * so that of two rents at once only one gets the last place.
 * @throws DomainError FAILED_PRECONDITION that tells the limit, what is used of it, and when it begins anew.
 */
export async function assertWithinLimits(
  context: Pick<Context, 'clock'>,
  db: Writer,
  projectId: ProjectId,
  pool: Pool,
): Promise<void> {
  await lockProject(db, projectId);
  for (const limit of await listProjectLimits(db, projectId)) {
    // What is used is counted only of limits that it may come up against.
    if (useOfRent(limit, pool) === undefined) continue;
    const usage = await readUsage(db, projectId, limit, context.clock.now());
    assertRoomForRent(projectId, usage, pool);
  }
}
