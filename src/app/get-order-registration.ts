import type { Context } from '../context.ts';
import type { RegistrationData } from '../domain/number-requirements.ts';
import type { ProjectId } from '../domain/project-id.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import { findNumberOrder, type NumberOrder } from '../store/number-order.ts';
import { listNumberOrderLogs, type NumberOrderLog } from '../store/number-order-log.ts';
import { listOrderAttachments, type OrderAttachment } from '../store/order-attachment.ts';
import type { Reader } from '../store/store.ts';
import { numberOrderNotFound } from './get-number-order.ts';

/** What a client has said with its order, and what reviewers have answered. */
export interface Registration {
  data: RegistrationData;
  attachments: OrderAttachment[];
  /** The oldest first. */
  logs: NumberOrderLog[];
  /** When data and attachments were deleted; `null`: they were not. */
  deletedAt: Timestamp | null;
}

/** @throws DomainError NOT_FOUND when there is no such order. */
export function getOrderRegistration(
  context: Context,
  projectId: ProjectId,
  orderId: string,
): Promise<Registration> {
  return context.store.read(async (db) => {
    const order = await findNumberOrder(db, projectId, orderId);
    if (order === undefined) throw numberOrderNotFound(orderId);
    return viewRegistration(db, order);
  });
}

export async function viewRegistration(
  db: Reader,
  { id, projectId, registration, dataDeletedAt }: NumberOrder,
): Promise<Registration> {
  return {
    data: registration === null ? [] : (JSON.parse(registration) as RegistrationData),
    // While they are being deleted, a part of their content is gone.
    attachments: dataDeletedAt === null ? await listOrderAttachments(db, projectId, id) : [],
    logs: await listNumberOrderLogs(db, projectId, id),
    deletedAt: dataDeletedAt,
  };
}
