import type { Context } from '../context.ts';
import type { ProjectId } from '../domain/project-id.ts';
import { DomainError } from '../errors.ts';
import { hasDueOrder, lockNumberOrder, takeOrderToReview } from '../store/number-order.ts';
import { viewRegistration } from './get-order-registration.ts';
import { readRentBasis } from './rent-number.ts';
import { type Review, reviewInWrite } from './review-number-order.ts';
import { reviewInSandbox } from './sandbox-review.ts';

const REVIEWER = { actor: 'worker', requestId: null };

/**
 * Reviews the next order that a sandbox is to review by itself. What cannot be rented is BLOCKED, with the reason.
 * @returns how many; call again until it is none.
 */
export async function reviewSandboxOrders(context: Context): Promise<number> {
  if (!context.config.sandbox) return 0;
  const now = context.clock.now();
  // A look costs a read; only when something is due does it cost a write.
  if (!(await context.store.read((db) => hasDueOrder(db, 'review_at', now)))) return 0;
  const due = await context.store.write(async (db) => {
    const order = await takeOrderToReview(db, now);
    return order && { order, review: reviewInSandbox(await viewRegistration(db, order)) };
  });
  if (due === undefined) return 0;
  const { id, projectId } = due.order;
  try {
    await review(context, projectId, id, due.review);
  } catch (error) {
    if (!(error instanceof DomainError) || error.code === 'UNAVAILABLE') throw error;
    await review(context, projectId, id, { outcome: 'BLOCKED', reason: error.message });
  }
  return 1;
}

async function review(
  context: Context,
  projectId: ProjectId,
  id: string,
  decided: Review,
): Promise<void> {
  const basis = await readRentBasis(context, projectId);
  await context.store.write(async (db) => {
    const order = await lockNumberOrder(db, projectId, id);
    // Another worker, or an operator, was faster.
    if (order === undefined || order.state !== 'IN_REVIEW' || order.reviewAt === null) return;
    await reviewInWrite(context, db, basis, order, decided, REVIEWER);
  });
}
