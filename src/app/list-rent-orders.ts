import type { Context } from '../context.ts';
import type { ProjectId } from '../domain/project-id.ts';
import {
  countRentOrderNumbers,
  countRentOrders,
  findRentOrder,
  listRentOrderNumbers,
  listRentOrders as listRows,
  type RentOrder,
  type RentOrderNumber,
} from '../store/rent-order.ts';
import { rentOrderNotFound } from './get-rent-order.ts';

/** One page of a list. */
export interface Page<Item> {
  items: Item[];
  /** Where the next page begins; `undefined` on the last one. */
  next: string | undefined;
  /** Over all pages. */
  totalSize: number;
}

/** A project's orders, the newest first. */
export function listRentOrders(
  context: Context,
  projectId: ProjectId,
  { after, size }: { after: string | undefined; size: number },
): Promise<Page<RentOrder>> {
  return context.store.readRecent(async (db) => {
    const rows = await listRows(db, projectId, size + 1, after);
    return toPage(rows, size, ({ id }) => id, await countRentOrders(db, projectId));
  });
}

/** The numbers of an order, with what came of each. @throws DomainError NOT_FOUND */
export function listNumbersOfRentOrder(
  context: Context,
  projectId: ProjectId,
  orderId: string,
  { after, size }: { after: string | undefined; size: number },
): Promise<Page<RentOrderNumber>> {
  return context.store.read(async (db) => {
    if ((await findRentOrder(db, projectId, orderId)) === undefined) {
      throw rentOrderNotFound(orderId);
    }
    const rows = await listRentOrderNumbers(db, projectId, orderId, size + 1, after);
    const totalSize = await countRentOrderNumbers(db, projectId, orderId);
    return toPage(rows, size, ({ e164 }) => e164, totalSize);
  });
}

/** @param rows one more than a page has, where there is a next one */
export function toPage<Item>(
  rows: readonly Item[],
  size: number,
  keyOf: (item: Item) => string,
  totalSize: number,
): Page<Item> {
  const items = rows.slice(0, size);
  const last = items.at(-1);
  const next = rows.length > size && last !== undefined ? keyOf(last) : undefined;
  return { items, next, totalSize };
}
