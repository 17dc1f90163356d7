import type { Context } from '../context.ts';
import { formatAmount } from '../domain/money.ts';
import type { Pool } from '../domain/pool.ts';
import { monthOf, type ProjectLimit } from '../domain/project-limit.ts';
import type { ProjectId } from '../domain/project-id.ts';
import { type DomainError, preconditionFailed } from '../errors.ts';
import { lockProject } from '../store/project.ts';
import { countCurrentRentals, listProjectLimits, sumChargesSince } from '../store/project-limit.ts';
import type { Writer } from '../store/store.ts';

/**
 * Refuses a rent beyond what the project may have or spend. In the rent's own transaction, behind the number's lock,
 * so that of two rents at once only one gets the last place.
 * @throws DomainError FAILED_PRECONDITION that tells the limit, what is used of it, and when it begins anew.
 */
export async function assertWithinLimits(
  context: Context,
  db: Writer,
  projectId: ProjectId,
  pool: Pool,
): Promise<void> {
  await lockProject(db, projectId);
  const limits = await listProjectLimits(db, projectId);
  for (const limit of limits) {
    if (limit.kind === 'NUMBERS') await assertNumbers(db, projectId, limit);
    if (limit.kind === 'SPEND' && limit.currencyCode === pool.currencyCode) {
      await assertSpend(context, db, projectId, pool, limit);
    }
  }
}

/** Whether a limit is about what is rented. */
export function isOfRents({ kind }: ProjectLimit): boolean {
  return kind === 'NUMBERS' || kind === 'SPEND';
}

async function assertNumbers(
  db: Writer,
  projectId: ProjectId,
  { value }: ProjectLimit,
): Promise<void> {
  const count = await countCurrentRentals(db, projectId);
  if (count < value) return;
  throw limitReached('NUMBERS_LIMIT', projectId, {
    limit: String(value),
    used: String(count),
    resetTime: null,
    description: `The project may rent ${value} numbers at a time, and rents ${count}.`,
  });
}

async function assertSpend(
  { clock }: Context,
  db: Writer,
  projectId: ProjectId,
  { currencyCode, setupPriceMinor, monthlyPriceMinor, paymentIntervalMonths }: Pool,
  { value }: ProjectLimit,
): Promise<void> {
  const month = monthOf(clock.now());
  const spent = await sumChargesSince(db, projectId, currencyCode, month.start);
  const cost = setupPriceMinor + monthlyPriceMinor * paymentIntervalMonths;
  if (spent + cost <= value) return;
  const amount = (minor: number) => formatAmount(minor, currencyCode);
  throw limitReached('SPEND_LIMIT', projectId, {
    limit: amount(value),
    used: amount(spent),
    resetTime: month.end,
    description: `The project may be charged ${amount(value)} ${currencyCode} a month and has been charged ${amount(spent)}; this number costs ${amount(cost)} at first.`,
  });
}

function limitReached(
  type: string,
  subject: string,
  rest: { limit: string; used: string; resetTime: string | null; description: string },
): DomainError {
  return preconditionFailed({ type, subject, ...rest });
}
