import type { Context } from '../context.ts';
import type { ProjectId } from '../domain/project-id.ts';
import { DomainError } from '../errors.ts';
import { lockNumberOrder } from '../store/number-order.ts';
import { viewRegistration } from './get-order-registration.ts';
import { readRentBasis } from './rent-number.ts';
import { type Review, reviewInWrite } from './review-number-order.ts';
import { reviewInSandbox } from './sandbox-review.ts';
import type { SetAside } from './set-aside.ts';
import { sweepOrders } from './sweep-orders.ts';

const REVIEWER = { actor: 'worker', requestId: null };

/**
 * Reviews the next order that a sandbox is to review by itself. What cannot be rented is BLOCKED, with the reason.
 * @returns how many; call again until it is none.
 */
export async function reviewSandboxOrders(context: Context, setAside: SetAside): Promise<number> {
  if (!context.config.sandbox) return 0;
  const due = { column: 'review_at', until: context.clock.now() } as const;
  return sweepOrders(context, setAside, due, async (order) => {
    const { id, projectId } = order;
    const registration = await context.store.read((db) => viewRegistration(db, order));
    try {
      await review(context, projectId, id, reviewInSandbox(registration));
    } catch (error) {
      if (!(error instanceof DomainError) || error.code === 'UNAVAILABLE') throw error;
      await review(context, projectId, id, { outcome: 'BLOCKED', reason: error.message });
    }
  });
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
