import type { Context } from '../context.ts';
import { isOver, type NumberOrderState } from '../domain/number-order.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import { type NumberOrder, updateNumberOrder } from '../store/number-order.ts';
import type { Writer } from '../store/store.ts';
import { orderCallback } from './order-callback.ts';
import type { RentRequest } from './rent-number.ts';

/** Where an order goes, and what happens to it there by itself. */
export interface NumberOrderStep {
  state: NumberOrderState;
  expireAt?: Timestamp;
  reviewAt?: Timestamp;
}

/** Writes that an order has come to a new state, and tells of it. The caller has the order's lock. */
export async function moveNumberOrder(
  context: Pick<Context, 'clock' | 'ids'>,
  db: Writer,
  order: NumberOrder,
  { state, expireAt, reviewAt }: NumberOrderStep,
): Promise<NumberOrder> {
  const now = context.clock.now();
  const moved = {
    ...order,
    state,
    updatedAt: now,
    expireAt: expireAt ?? null,
    reviewAt: reviewAt ?? null,
    dataKeptSince: isOver(state) ? now : null,
  };
  await updateNumberOrder(db, moved);
  const { callbackUrl = '' } = JSON.parse(order.request) as RentRequest;
  if (callbackUrl === '') return moved;
  await orderCallback(context, db, callbackUrl, {
    eventId: context.ids.ulid(),
    at: now,
    projectId: order.projectId,
    resourceId: order.id,
    resourceType: 'NUMBER_ORDER',
    eventType: 'NUMBER_ORDER_PROCESSING',
    status: state,
    failureCode: null,
    internalFailureCode: null,
  });
  return moved;
}
