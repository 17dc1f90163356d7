import type { Context } from '../context.ts';
import { findRegistrationProblems } from '../domain/number-requirements.ts';
import { type PreconditionViolation, preconditionFailed } from '../errors.ts';
import { lockNumberOrder, type NumberOrder } from '../store/number-order.ts';
import type { Caller } from './caller.ts';
import {
  assertEditable,
  numberOrderNotFound,
  type NumberOrderView,
  orderExpired,
  viewNumberOrder,
} from './get-number-order.ts';
import { type Registration, viewRegistration } from './get-order-registration.ts';
import { findRequirements } from './lookup-requirements.ts';
import { moveNumberOrder } from './move-number-order.ts';
import { moveHoldsOfOrder, NO_END } from './order-holds.ts';
import { findReviewTime } from './sandbox-review.ts';

/**
 * Hands an order to the reviewers. From now on it does not expire. One that is with them, or that they have approved,
 * stays as it is: the answer to the first submission may have been lost.
 * @throws DomainError NOT_FOUND, or FAILED_PRECONDITION that names everything which is missing.
 */
export async function submitNumberOrder(
  context: Context,
  caller: Caller,
  id: string,
): Promise<NumberOrderView> {
  const pools = await context.pools.current();
  const view = await context.store.write(async (db) => {
    const order = await lockNumberOrder(db, caller.projectId, id);
    if (order === undefined) throw numberOrderNotFound(id);
    if (isSubmitted(order)) return viewNumberOrder(db, pools, order);
    assertEditable(order, context.clock.now());
    const registration = await viewRegistration(db, order);
    assertComplete(context, order, registration);
    const heldCount = await moveHoldsOfOrder(context, db, order, NO_END, caller);
    const reviewAt = findReviewTime(context, registration);
    const step = { state: 'IN_REVIEW', ...(reviewAt && { reviewAt }) } as const;
    const moved = await moveNumberOrder(context, db, order, step);
    const submitted = await viewNumberOrder(db, pools, moved);
    // By the clock of another process it has expired already, and somebody took a number of it.
    if (heldCount < submitted.numbers.length) throw orderExpired(id);
    return submitted;
  });
  context.jobsOrdered.raise();
  return view;
}

function isSubmitted({ state }: NumberOrder): boolean {
  return state === 'IN_REVIEW' || state === 'COMPLETED';
}

/** Also by requirements that have changed since the client filled them in. */
function assertComplete(
  context: Context,
  order: NumberOrder,
  { data, attachments }: Registration,
): void {
  const requirements = findRequirements(context, order);
  const missing: PreconditionViolation[] = findRegistrationProblems(requirements, data).map(
    ({ field, description }) => ({ type: 'REGISTRATION_INCOMPLETE', subject: field, description }),
  );
  const sent = new Set(attachments.map(({ attachmentId }) => attachmentId));
  for (const { id, mandatory } of requirements?.attachments ?? []) {
    if (!mandatory || sent.has(id)) continue;
    missing.push({
      type: 'ATTACHMENT_MISSING',
      subject: id,
      description: `The attachment ${id} is missing.`,
    });
  }
  if (missing.length > 0) throw preconditionFailed(...missing);
}
