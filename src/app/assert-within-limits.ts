import type { Context } from '../context.ts';
import type { Pool } from '../domain/pool.ts';
import type { ProjectId } from '../domain/project-id.ts';
import { isOfRents } from '../domain/project-limit.ts';
import { lockProject } from '../store/project.ts';
import { listProjectLimits } from '../store/project-limit.ts';
import type { Writer } from '../store/store.ts';
import { assertHadRoomForRents } from './limit-use.ts';
import { readUsage } from './list-limits.ts';

/**
 * Refuses many rents that this transaction has written already, each of its pool, when they are beyond what the project
 * may have or spend: the project is locked only when all of them are there, and what is used is counted once.
 * @throws DomainError FAILED_PRECONDITION that tells the limit, what is used of it, and when it begins anew.
 */
export async function assertWithinLimits(
  context: Pick<Context, 'clock'>,
  db: Writer,
  projectId: ProjectId,
  pools: readonly Pool[],
): Promise<void> {
  await lockProject(db, projectId);
  const limits = (await listProjectLimits(db, projectId)).filter(isOfRents);
  for (const limit of limits) {
    const usage = await readUsage(db, projectId, limit, context.clock.now());
    assertHadRoomForRents(projectId, usage, pools);
  }
}
