import type { Context } from '../context.ts';
import type { ProjectId } from '../domain/project-id.ts';
import { resourceNotFound } from '../errors.ts';
import {
  findRentOrder,
  listRentOrderNumbers,
  type RentOrder,
  type RentOrderNumber,
} from '../store/rent-order.ts';
import type { Reader } from '../store/store.ts';

/** Orders of more numbers show them in pages of their own. */
const NUMBERS_SHOWN_MAX = 100;

/** An order with its numbers, where they are few. */
export interface RentOrderView {
  order: RentOrder;
  numbers: RentOrderNumber[];
}

/** @throws DomainError NOT_FOUND when the project has no such order. */
export function getRentOrder(
  context: Context,
  projectId: ProjectId,
  id: string,
): Promise<RentOrderView> {
  return context.store.read(async (db) => {
    const order = await findRentOrder(db, projectId, id);
    if (order === undefined) throw rentOrderNotFound(id);
    return viewRentOrder(db, order);
  });
}

export async function viewRentOrder(db: Reader, order: RentOrder): Promise<RentOrderView> {
  const { id, projectId, quantity } = order;
  if (quantity > NUMBERS_SHOWN_MAX) return { order, numbers: [] };
  return { order, numbers: await listRentOrderNumbers(db, projectId, id, NUMBERS_SHOWN_MAX) };
}

export function rentOrderNotFound(id: string) {
  return resourceNotFound('RentOrder', id);
}
