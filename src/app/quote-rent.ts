import type { Context } from '../context.ts';
import { periodStart } from '../domain/billing-calendar.ts';
import type { E164 } from '../domain/phone-number.ts';
import type { ProjectId } from '../domain/project-id.ts';
import {
  planSmsSteps,
  planVoiceSteps,
  type ProvisioningStep,
  UNLINKED_SMS,
  UNLINKED_VOICE,
} from '../domain/provisioning.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import type { DomainError } from '../errors.ts';
import { type AvailableNumber, findAvailableNumber } from './get-available-number.ts';
import { afterRent } from './limit-use.ts';
import type { LimitUsage } from './list-limits.ts';
import { listRentProblems } from './list-rent-problems.ts';
import { explainUnavailable, type RentRequest } from './rent-number.ts';
import { readStanding } from './rent-standing.ts';

/** What a rent would come to, at this moment. */
export interface RentQuote extends AvailableNumber {
  nextChargeAt: Timestamp;
  steps: ProvisioningStep[];
  /** As they would be after it; of a rent that would be refused, as they are. */
  limits: readonly LimitUsage[];
  /** Why it would be refused; none: it would not. */
  problems: DomainError[];
}

/**
 * What the rent of a number would do, without doing it. Nothing is set aside by it.
 * @throws DomainError NOT_FOUND as the rent would: of a number that is not this project's to rent nothing is told.
 */
export async function quoteRent(
  context: Context,
  projectId: ProjectId,
  e164: E164,
  request: RentRequest,
): Promise<RentQuote> {
  const available = await findAvailableNumber(context, projectId, e164);
  if (available === undefined) throw await explainUnavailable(context, projectId, e164);
  const { pool } = available;
  const standing = await context.store.read((db) => readStanding(context, db, projectId));
  const problems = listRentProblems(projectId, available, request, standing);
  const { limits } = standing;
  const isRefused = problems.length > 0;
  return {
    ...available,
    nextChargeAt: periodStart(context.clock.now(), 1, pool.paymentIntervalMonths),
    steps: [
      ...(request.sms ? planSmsSteps(UNLINKED_SMS, request.sms, []) : []),
      ...(request.voice ? planVoiceSteps(UNLINKED_VOICE, request.voice, []) : []),
    ],
    limits: isRefused ? limits : limits.map((limit) => afterRent(limit, pool)),
    problems,
  };
}
