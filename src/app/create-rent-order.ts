import type { Context } from '../context.ts';
import type { E164 } from '../domain/phone-number.ts';
import { NUMBERS_PER_WRITE } from '../domain/rent-order.ts';
import { putJob } from '../store/job.ts';
import { insertRentOrder, insertRentOrderNumbers, type RentOrder } from '../store/rent-order.ts';
import type { Writer } from '../store/store.ts';
import type { Caller } from './caller.ts';
import { findCandidates, type WantedNumbers } from './find-rent-candidates.ts';
import { type RentOrderView, viewRentOrder } from './get-rent-order.ts';
import { readRentBasis, type RentRequest } from './rent-number.ts';
import { settleRentOrder } from './settle-rent-order.ts';

/** What is ordered: these numbers, or so many that match. */
export interface RentOrderRequest {
  e164s: readonly E164[] | undefined;
  wanted: WantedNumbers | undefined;
  quantity: number;
  allOrNothing: boolean;
  request: RentRequest;
}

/**
 * Rents many numbers. Up to a hundred are rented before the answer, in the transaction that makes the order; of more
 * the worker rents a hundred at a time, or, for all or nothing, sets aside a hundred at a time and rents all together.
 */
export async function createRentOrder(
  context: Context,
  caller: Caller,
  asked: RentOrderRequest,
): Promise<RentOrderView> {
  const order = toOrder(context, caller, asked);
  const isSmall = order.quantity <= NUMBERS_PER_WRITE;
  const candidates = isSmall ? await findCandidates(context, order, order.quantity) : undefined;
  const basis = await readRentBasis(context, caller.projectId);
  const terms = { basis, caller, request: asked.request };
  const view = await context.store.write(async (db) => {
    await insertRentOrder(db, order);
    if (asked.e164s) await insertRentOrderNumbers(db, order.id, 'PENDING', asked.e164s);
    const begun = isSmall ? await settleRentOrder(context, db, order, terms, candidates) : order;
    if (begun.state === 'IN_PROGRESS') await orderRentOrderJob(context, db, begun);
    return viewRentOrder(db, begun);
  });
  context.jobsOrdered.raise();
  return view;
}

/** Has the worker go on with an order. */
export async function orderRentOrderJob(
  context: Pick<Context, 'ids'>,
  db: Writer,
  { id, projectId, createdAt }: RentOrder,
): Promise<void> {
  const job = { id: context.ids.ulid(), kind: 'rent-order', lane: projectId } as const;
  await putJob(db, { ...job, subjectId: id, runAt: createdAt, createdAt });
}

function toOrder(context: Context, caller: Caller, asked: RentOrderRequest): RentOrder {
  const now = context.clock.now();
  return {
    id: context.ids.ulid(),
    projectId: caller.projectId,
    state: 'IN_PROGRESS',
    quantity: asked.quantity,
    allOrNothing: asked.allOrNothing,
    wanted: asked.wanted === undefined ? null : JSON.stringify(asked.wanted),
    request: JSON.stringify(asked.request),
    rentedCount: 0,
    failedCount: 0,
    reservedCount: 0,
    shares: null,
    vainTries: 0,
    error: null,
    actor: caller.actor,
    requestId: caller.requestId,
    createdAt: now,
    updatedAt: now,
    endedAt: null,
  };
}
