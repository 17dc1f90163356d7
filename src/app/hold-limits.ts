import type { Context } from '../context.ts';
import type { HoldPolicy } from '../domain/hold-policy.ts';
import type { ProjectId } from '../domain/project-id.ts';
import { invalidField, preconditionFailed } from '../errors.ts';
import { countHolds, type Hold } from '../store/hold.ts';
import { lockProject } from '../store/project.ts';
import type { Writer } from '../store/store.ts';

/** @throws DomainError INVALID_ARGUMENT when a hold is to last longer than the operator allows. */
export function assertTtlAllowed({ ttlMsMax }: HoldPolicy, ttlMs: number | undefined): void {
  if (ttlMs !== undefined && ttlMs > ttlMsMax) {
    throw invalidField('ttlSeconds', `must be <= ${ttlMsMax / 1000}.`);
  }
}

/**
 * Fails when a project holds more than it may with the numbers that this transaction has just taken. Behind these it
 * locks the project, so that of those who count at once each sees what the others have taken.
 * @throws DomainError FAILED_PRECONDITION
 */
export async function assertWithinHoldsLimit(
  { config, clock }: Pick<Context, 'config' | 'clock'>,
  db: Writer,
  projectId: ProjectId,
  taken: readonly Pick<Hold, 'e164'>[],
): Promise<void> {
  if (taken.length === 0) return;
  const limit = config.hold.numbersPerProjectMax;
  await lockProject(db, projectId);
  const before = await countHolds(
    db,
    projectId,
    clock.now(),
    taken.map(({ e164 }) => e164),
  );
  if (before.count + taken.length <= limit) return;
  const left = Math.max(0, limit - before.count);
  throw preconditionFailed({
    type: 'HOLDS_LIMIT',
    subject: projectId,
    description:
      `A project may hold ${limit} numbers at a time; this one holds ${before.count}, which leaves ${left}, and ` +
      `${taken.length} more are wanted.`,
    limit: String(limit),
    used: String(before.count),
    // The first of its holds ends, and with it a part of the limit is free.
    resetTime: before.firstExpireAt,
  });
}
