import type { Context } from '../context.ts';
import { REVIEW_REASON_CHARACTERS_MAX, type ReviewOutcome } from '../domain/number-order.ts';
import { addMilliseconds } from '../domain/timestamp.ts';
import { invalidField, preconditionFailed } from '../errors.ts';
import { lockNumber } from '../store/number.ts';
import {
  listNumberOrderNumbers,
  lockNumberOrder,
  type NumberOrder,
} from '../store/number-order.ts';
import { insertNumberOrderLog } from '../store/number-order-log.ts';
import type { Writer } from '../store/store.ts';
import type { Caller } from './caller.ts';
import { noSuchNumberOrder, wrongState } from './get-number-order.ts';
import { getOrderProject } from './order-for-review.ts';
import { moveNumberOrder, type NumberOrderStep } from './move-number-order.ts';
import { endHoldsOfOrder, moveHoldsOfOrder } from './order-holds.ts';
import { readRentBasis, type RentBasis, rentInWrite, type RentRequest } from './rent-number.ts';
import { lockForRents } from './rent-room.ts';

/** What a reviewer says of an order. The reason goes to the client, and only an approval may be without. */
export type Review =
  | { outcome: 'COMPLETED'; reason?: string | undefined }
  | { outcome: Exclude<ReviewOutcome, 'COMPLETED'>; reason: string };

/** Who reviews, as the history of the numbers names it. */
export type Reviewer = Pick<Caller, 'actor' | 'requestId'>;

/** What it takes, which a command has too. */
export type ReviewContext = Pick<
  Context,
  'store' | 'clock' | 'ids' | 'pools' | 'limits' | 'accounts'
> & {
  config: Pick<Context['config'], 'numberOrder'>;
};

/**
 * Ends the review of an order. COMPLETED rents all of its numbers in one transaction; REJECTED frees them; BLOCKED
 * leaves them to the client for as long as a new order has, to mend what the reason says.
 * @throws DomainError NOT_FOUND; FAILED_PRECONDITION when it is not in review, or when a number cannot be rented: then
 * nothing has changed; INVALID_ARGUMENT for a reason that is missing or too long.
 */
export async function reviewNumberOrder(
  context: ReviewContext,
  id: string,
  review: Review,
  reviewer: Reviewer,
): Promise<NumberOrder> {
  assertReason(review);
  const projectId = await context.store.read((db) => getOrderProject(db, id));
  const basis = await readRentBasis(context, projectId);
  return context.store.write(async (db) => {
    const order = await lockNumberOrder(db, projectId, id);
    if (order === undefined) throw noSuchNumberOrder(id);
    if (order.state !== 'IN_REVIEW') {
      throw wrongState(
        id,
        `The order is ${order.state}: only one that is IN_REVIEW can be reviewed.`,
      );
    }
    return reviewInWrite(context, db, basis, order, review, reviewer);
  });
}

/** The same, as a part of a larger write that has the order's lock. */
export async function reviewInWrite(
  context: Pick<ReviewContext, 'clock' | 'ids' | 'config'>,
  db: Writer,
  basis: RentBasis,
  order: NumberOrder,
  { outcome, reason = '' }: Review,
  reviewer: Reviewer,
): Promise<NumberOrder> {
  const createdAt = context.clock.now();
  const step: NumberOrderStep = { state: outcome };
  switch (outcome) {
    case 'COMPLETED':
      await rentNumbers(context, db, basis, order, reviewer);
      break;
    case 'REJECTED':
      await endHoldsOfOrder(context, db, order, 'HOLD_RELEASED', reviewer);
      break;
    case 'BLOCKED':
      step.expireAt = addMilliseconds(createdAt, context.config.numberOrder.ttlMs);
      await moveHoldsOfOrder(context, db, order, step.expireAt, reviewer);
  }
  if (reason !== '') {
    const log = { id: context.ids.ulid(), orderId: order.id, message: reason, createdAt };
    await insertNumberOrderLog(db, log);
  }
  return moveNumberOrder(context, db, order, step);
}

/** All of them, or it throws. */
async function rentNumbers(
  context: Pick<ReviewContext, 'clock' | 'ids'>,
  db: Writer,
  basis: RentBasis,
  { id, projectId, request }: NumberOrder,
  reviewer: Reviewer,
): Promise<void> {
  const caller: Caller = { projectId, ...reviewer };
  const rentRequest = JSON.parse(request) as RentRequest;
  const numbers = await listNumberOrderNumbers(db, projectId, id);
  // A limit locks the project, and numbers come before it in everybody's order of locks.
  for (const { e164 } of numbers) await lockNumber(db, e164);
  const shared = await lockForRents(context, db, projectId, basis);
  for (const { e164 } of numbers) {
    const rented = await rentInWrite(context, db, shared, caller, e164, rentRequest, id);
    if (rented === undefined) {
      const description = `${e164} is not held for the order any more: reject it, and have another one made.`;
      throw preconditionFailed({ type: 'NUMBER_NOT_HELD', subject: e164, description });
    }
  }
}

function assertReason({ outcome, reason = '' }: Review): void {
  if (outcome !== 'COMPLETED' && reason.trim() === '') {
    throw invalidField('reason', 'is required: it is what the client is told.');
  }
  if (reason.length > REVIEW_REASON_CHARACTERS_MAX) {
    throw invalidField('reason', `must have at most ${REVIEW_REASON_CHARACTERS_MAX} characters.`);
  }
}
