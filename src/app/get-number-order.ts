import type { Context } from '../context.ts';
import { isEditable } from '../domain/number-order.ts';
import type { E164 } from '../domain/phone-number.ts';
import type { Pool } from '../domain/pool.ts';
import type { ProjectId } from '../domain/project-id.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import { type DomainError, preconditionFailed, resourceNotFound } from '../errors.ts';
import {
  findNumberOrder,
  listNumberOrderNumbers,
  type NumberOrder,
} from '../store/number-order.ts';
import type { Reader } from '../store/store.ts';
import { getPoolOfNumber, type Pools } from './pool-catalog.ts';

/** An order with its numbers, in the order of their digits, and the pools that tell what they cost. */
export interface NumberOrderView {
  order: NumberOrder;
  numbers: { e164: E164; pool: Pool }[];
}

/** @throws DomainError NOT_FOUND */
export async function getNumberOrder(
  context: Context,
  projectId: ProjectId,
  id: string,
): Promise<NumberOrderView> {
  const pools = await context.pools.current();
  return context.store.read(async (db) => {
    const order = await findNumberOrder(db, projectId, id);
    if (order === undefined) throw numberOrderNotFound(id);
    return viewNumberOrder(db, pools, order);
  });
}

export async function viewNumberOrder(
  db: Reader,
  pools: Pools,
  order: NumberOrder,
): Promise<NumberOrderView> {
  const numbers: NumberOrderView['numbers'] = [];
  for (const { e164, poolId } of await listNumberOrderNumbers(db, order.projectId, order.id)) {
    numbers.push({ e164, pool: await getPoolOfNumber(pools, db, poolId) });
  }
  return { order, numbers };
}

export function numberOrderNotFound(id: string): DomainError {
  return resourceNotFound('NumberOrder', id);
}

/** For the operator, who may see every project's: a command shows nothing but the message. */
export function noSuchNumberOrder(id: string): DomainError {
  return resourceNotFound('NumberOrder', id, `There is no order ${id}.`);
}

/** @throws DomainError FAILED_PRECONDITION when the client may not change the order any more, or not now. */
export function assertEditable({ id, state, expireAt }: NumberOrder, now: Timestamp): void {
  if (!isEditable(state)) {
    throw wrongState(
      id,
      `The order is ${state}: only one that is CREATED or BLOCKED can be changed.`,
    );
  }
  // The worker may not have met it yet.
  if (expireAt !== null && expireAt <= now) throw orderExpired(id);
}

export function orderExpired(id: string): DomainError {
  return wrongState(id, 'The order has expired.');
}

export function wrongState(id: string, description: string): DomainError {
  return preconditionFailed({ type: 'ORDER_STATE', subject: id, description });
}
