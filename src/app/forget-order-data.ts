import type { Context } from '../context.ts';
import { addMilliseconds } from '../domain/timestamp.ts';
import { isRentedByProject, lockNumberOrder, updateNumberOrder } from '../store/number-order.ts';
import { deleteAttachmentPieces, deleteOrderAttachments } from '../store/order-attachment.ts';
import type { SetAside } from './set-aside.ts';
import { sweepOrders } from './sweep-orders.ts';

/** Four megabytes of documents in one write: others wait some milliseconds for it. */
const PIECES_PER_WRITE = 500;

/**
 * Deletes what a client has filled in and sent with the next order that has been over for long enough: of documents a
 * slice in each call. The order, its numbers and what reviewers have written stay.
 * @returns how many; call again until it is none.
 */
export async function forgetOrderData(context: Context, setAside: SetAside): Promise<number> {
  const { retentionMs } = context.config.numberOrder;
  if (retentionMs === 0) return 0;
  const before = addMilliseconds(context.clock.now(), -retentionMs);
  const due = { column: 'data_kept_since', until: before } as const;
  return sweepOrders(context, setAside, due, ({ id, projectId }) =>
    context.store.write(async (db) => {
      const order = await lockNumberOrder(db, projectId, id);
      const since = order?.dataKeptSince ?? null;
      // Another worker was faster.
      if (order === undefined || since === null || since > before) return;
      const now = context.clock.now();
      const isBegun = order.dataDeletedAt !== null;
      // Who uses a number is known for as long as it is rented.
      if (!isBegun && order.state === 'COMPLETED' && (await isRentedByProject(db, projectId, id))) {
        await updateNumberOrder(db, { ...order, dataKeptSince: now });
        return;
      }
      const count = await deleteAttachmentPieces(db, id, PIECES_PER_WRITE);
      const isDone = count < PIECES_PER_WRITE;
      if (isDone) await deleteOrderAttachments(db, id);
      // From the first slice on nothing of it is shown.
      await updateNumberOrder(db, {
        ...order,
        registration: null,
        dataKeptSince: isDone ? null : since,
        dataDeletedAt: order.dataDeletedAt ?? now,
      });
    }),
  );
}
