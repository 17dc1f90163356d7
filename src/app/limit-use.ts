import { formatAmount } from '../domain/money.ts';
import type { Pool } from '../domain/pool.ts';
import type { ProjectLimit } from '../domain/project-limit.ts';
import type { ProjectId } from '../domain/project-id.ts';
import { firstPriceMinor } from '../domain/rent-price.ts';
import { type DomainError, preconditionFailed } from '../errors.ts';
import type { LimitUsage } from './list-limits.ts';

/** What the rent of a number of this pool uses of a limit; `undefined`: the limit is not about it. */
export function useOfRent({ kind, currencyCode }: ProjectLimit, pool: Pool): number | undefined {
  if (kind === 'NUMBERS') return 1;
  return kind === 'SPEND' && currencyCode === pool.currencyCode ? firstPriceMinor(pool) : undefined;
}

/** The limit as it is after such a rent. */
export function afterRent(limit: LimitUsage, pool: Pool): LimitUsage {
  if (limit.used === undefined) return limit;
  return { ...limit, used: limit.used + (useOfRent(limit, pool) ?? 0) };
}

/** What the rents of many numbers use of a limit, each of its pool. */
function useOfRents(limit: ProjectLimit, pools: readonly Pool[]): number {
  return pools.reduce((sum, pool) => sum + (useOfRent(limit, pool) ?? 0), 0);
}

/**
 * Whether a limit had room for the rents of many numbers, which are among what is used of it by now.
 * @throws DomainError FAILED_PRECONDITION
 */
export function assertHadRoomForRents(
  projectId: ProjectId,
  limit: LimitUsage,
  pools: readonly Pool[],
): void {
  const { used = 0, value } = limit;
  const use = useOfRents(limit, pools);
  if (use === 0 || used <= value) return;
  throw limitReached(projectId, { ...limit, used: used - use }, use, pools.length);
}

/**
 * @throws DomainError FAILED_PRECONDITION when the limit has no room for such a rent: it tells the limit, what is used
 * of it, and when it begins anew.
 */
export function assertRoomForRent(projectId: ProjectId, limit: LimitUsage, pool: Pool): void {
  const use = useOfRent(limit, pool);
  const { used = 0, value } = limit;
  if (use === undefined || used + use <= value) return;
  throw limitReached(projectId, limit, use, 1);
}

function limitReached(
  projectId: ProjectId,
  limit: LimitUsage,
  use: number,
  count: number,
): DomainError {
  const { used = 0, value } = limit;
  return limit.kind === 'NUMBERS'
    ? numbersLimitReached(projectId, value, used, count)
    : spendLimitReached(projectId, limit, used, use, count);
}

function numbersLimitReached(
  projectId: ProjectId,
  value: number,
  used: number,
  count: number,
): DomainError {
  const more = count === 1 ? '' : `; ${count} more are wanted`;
  return preconditionFailed({
    type: 'NUMBERS_LIMIT',
    subject: projectId,
    limit: String(value),
    used: String(used),
    resetTime: null,
    description: `The project may rent ${value} numbers at a time, and rents ${used}${more}.`,
  });
}

function spendLimitReached(
  projectId: ProjectId,
  { currencyCode, value, resetAt }: LimitUsage,
  spent: number,
  cost: number,
  count: number,
): DomainError {
  const amount = (minor: number) => formatAmount(minor, currencyCode);
  return preconditionFailed({
    type: 'SPEND_LIMIT',
    subject: projectId,
    limit: amount(value),
    used: amount(spent),
    resetTime: resetAt ?? null,
    description: `The project may be charged ${amount(value)} ${currencyCode} a month and has been charged ${amount(spent)}; ${costOf(count)} ${amount(cost)} at first.`,
  });
}

/** The beginning of a sentence about what numbers cost. */
export function costOf(count: number): string {
  return count === 1 ? 'this number costs' : `these ${count} numbers cost`;
}
