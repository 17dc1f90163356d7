import type { Context } from '../context.ts';
import type { HoldPolicy } from '../domain/hold-policy.ts';
import type { ProjectId } from '../domain/project-id.ts';
import type { ProjectLimit } from '../domain/project-limit.ts';
import { invalidField, preconditionFailed } from '../errors.ts';
import { countHolds, type Hold } from '../store/hold.ts';
import { lockProject } from '../store/project.ts';
import type { Writer } from '../store/store.ts';
import type { Pools } from './pool-catalog.ts';

/** @throws DomainError INVALID_ARGUMENT when a hold is to last longer than the operator allows. */
export function assertTtlAllowed({ ttlMsMax }: HoldPolicy, ttlMs: number | undefined): void {
  if (ttlMs !== undefined && ttlMs > ttlMsMax) {
    throw invalidField('ttlSeconds', `must be <= ${ttlMsMax / 1000}.`);
  }
}

/** What a project may hold: its own limit, be it above or below the one that all others have. */
export function holdsLimitOf(
  { numbersPerProjectMax }: HoldPolicy,
  limits: readonly ProjectLimit[],
): ProjectLimit {
  const own = limits.find(({ kind }) => kind === 'HOLDS');
  return own ?? { kind: 'HOLDS', currencyCode: '', value: numbersPerProjectMax };
}

/** What a hold has to know before its write begins. */
export interface HoldBasis {
  pools: Pools;
  /** How many numbers the project may hold, as it was a moment ago. */
  numbersMax: number;
}

export async function readHoldBasis(
  { config, pools, limits }: Pick<Context, 'config' | 'pools' | 'limits'>,
  projectId: ProjectId,
): Promise<HoldBasis> {
  return {
    pools: await pools.current(),
    numbersMax: holdsLimitOf(config.hold, await limits.of(projectId)).value,
  };
}

/**
 * Fails when a project holds more than it may with the numbers that this transaction has just taken. Behind these it
 * locks the project, so that of those who count at once each sees what the others have taken.
 * @throws DomainError FAILED_PRECONDITION
 */
export async function assertWithinHoldsLimit(
  { clock }: Pick<Context, 'clock'>,
  db: Writer,
  { numbersMax }: Pick<HoldBasis, 'numbersMax'>,
  projectId: ProjectId,
  taken: readonly Pick<Hold, 'e164'>[],
): Promise<void> {
  if (taken.length === 0) return;
  await lockProject(db, projectId);
  const before = await countHolds(
    db,
    projectId,
    clock.now(),
    taken.map(({ e164 }) => e164),
  );
  if (before.count + taken.length <= numbersMax) return;
  const left = Math.max(0, numbersMax - before.count);
  throw preconditionFailed({
    type: 'HOLDS_LIMIT',
    subject: projectId,
    description:
      `The project may hold ${numbersMax} numbers at a time and holds ${before.count}, which leaves ${left}, and ` +
      `${taken.length} more are wanted.`,
    limit: String(numbersMax),
    used: String(before.count),
    // The first of its holds ends, and with it a part of the limit is free.
    resetTime: before.firstExpireAt,
  });
}
