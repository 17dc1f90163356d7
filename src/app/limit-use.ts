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

/**
 * @throws DomainError FAILED_PRECONDITION when the limit has no room for such a rent: it tells the limit, what is used
 * of it, and when it begins anew.
 */
export function assertRoomForRent(projectId: ProjectId, limit: LimitUsage, pool: Pool): void {
  const use = useOfRent(limit, pool);
  const { used = 0, value } = limit;
  if (use === undefined || used + use <= value) return;
  throw limit.kind === 'NUMBERS'
    ? numbersLimitReached(projectId, value, used)
    : spendLimitReached(projectId, limit, used, use);
}

function numbersLimitReached(projectId: ProjectId, value: number, used: number): DomainError {
  return preconditionFailed({
    type: 'NUMBERS_LIMIT',
    subject: projectId,
    limit: String(value),
    used: String(used),
    resetTime: null,
    description: `The project may rent ${value} numbers at a time, and rents ${used}.`,
  });
}

function spendLimitReached(
  projectId: ProjectId,
  { currencyCode, value, resetAt }: LimitUsage,
  spent: number,
  cost: number,
): DomainError {
  const amount = (minor: number) => formatAmount(minor, currencyCode);
  return preconditionFailed({
    type: 'SPEND_LIMIT',
    subject: projectId,
    limit: amount(value),
    used: amount(spent),
    resetTime: resetAt ?? null,
    description: `The project may be charged ${amount(value)} ${currencyCode} a month and has been charged ${amount(spent)}; this number costs ${amount(cost)} at first.`,
  });
}
