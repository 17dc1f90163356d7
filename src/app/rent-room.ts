import type { Context } from '../context.ts';
import type { Pool } from '../domain/pool.ts';
import { isOfRents, type ProjectLimit } from '../domain/project-limit.ts';
import type { ProjectId } from '../domain/project-id.ts';
import { lockAccounts } from '../store/account.ts';
import { lockProject } from '../store/project.ts';
import { listProjectLimits } from '../store/project-limit.ts';
import type { Writer } from '../store/store.ts';
import { afterRent, assertRoomForRent, useOfRent } from './limit-use.ts';
import { type LimitUsage, readUsage } from './list-limits.ts';
import type { RentBasis } from './rent-number.ts';

/**
 * What a project may still rent in one write that has the project's lock. What is used of a limit is counted when a rent
 * first comes up against it, and carried forward from then on: to count it again for each of many would take as long as
 * the project has rentals, each time.
 */
export interface RentRoom {
  /** @throws DomainError FAILED_PRECONDITION that tells the limit, what is used of it, and when it begins anew. */
  assertFor(pool: Pool): Promise<void>;
  /** Notes a rent of this write. */
  take(pool: Pool): void;
}

/**
 * Locks a project, behind the numbers' locks, so that of two rents at once only one gets the last place. The room lasts
 * as long as nothing of the write is undone but what it has not been told of.
 */
export async function lockRentRoom(
  { clock }: Pick<Context, 'clock'>,
  db: Writer,
  projectId: ProjectId,
): Promise<RentRoom> {
  await lockProject(db, projectId);
  const limits = (await listProjectLimits(db, projectId)).filter(isOfRents);
  const usages = new Map<ProjectLimit, LimitUsage>();
  return {
    async assertFor(pool) {
      for (const limit of limits) {
        if (useOfRent(limit, pool) === undefined) continue;
        const usage = usages.get(limit) ?? (await readUsage(db, projectId, limit, clock.now()));
        usages.set(limit, usage);
        assertRoomForRent(projectId, usage, pool);
      }
    },
    take(pool) {
      for (const [limit, usage] of usages) usages.set(limit, afterRent(usage, pool));
    },
  };
}

/**
 * Takes what many rents of one write have to lock, behind the numbers' locks: one after the other they would lock the
 * accounts in the order of their numbers, which is not everybody's.
 * @returns the basis that these rents share.
 */
export async function lockForRents(
  context: Pick<Context, 'clock'>,
  db: Writer,
  projectId: ProjectId,
  basis: RentBasis,
): Promise<RentBasis> {
  const room = basis.isLimited ? await lockRentRoom(context, db, projectId) : undefined;
  if (basis.hasAccount) await lockAccounts(db, [projectId]);
  return { ...basis, room };
}
