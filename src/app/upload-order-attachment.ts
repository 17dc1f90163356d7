import type { Context } from '../context.ts';
import type { RequiredAttachment } from '../domain/number-requirements.ts';
import { type FieldViolation, invalidFields, resourceNotFound } from '../errors.ts';
import { lockNumberOrder } from '../store/number-order.ts';
import { type OrderAttachment, putOrderAttachment } from '../store/order-attachment.ts';
import type { Caller } from './caller.ts';
import { assertEditable, numberOrderNotFound } from './get-number-order.ts';
import { findRequirements } from './lookup-requirements.ts';

/** A document as it came. */
export interface UploadedFile {
  fileName: string;
  /** In lower case, without parameters. */
  mimeType: string;
  /** What it is said to be; '' where nothing was said. */
  documentType: string;
  content: Buffer;
}

/**
 * Stores a document that the requirements ask for, in place of what was sent for it before.
 * @throws DomainError NOT_FOUND when there is no such order or it needs no such document, FAILED_PRECONDITION when the
 * order cannot be changed, INVALID_ARGUMENT when it is not of a type that is allowed.
 */
export function uploadOrderAttachment(
  context: Context,
  { projectId }: Caller,
  orderId: string,
  attachmentId: string,
  file: UploadedFile,
): Promise<OrderAttachment> {
  return context.store.write(async (db) => {
    const order = await lockNumberOrder(db, projectId, orderId);
    if (order === undefined) throw numberOrderNotFound(orderId);
    const now = context.clock.now();
    assertEditable(order, now);
    const asked = findRequirements(context, order)?.attachments.find(
      ({ id }) => id === attachmentId,
    );
    if (asked === undefined) throw resourceNotFound('NumberOrderAttachment', attachmentId);
    assertAllowed(asked, file);
    const { content, ...described } = file;
    const times = { createdAt: now, updatedAt: now };
    const attachment = { orderId, attachmentId, ...described, bytes: content.length, ...times };
    await putOrderAttachment(db, attachment, content);
    return attachment;
  });
}

function assertAllowed(
  { allowedMimeTypes, allowedDocumentTypes }: RequiredAttachment,
  { mimeType, documentType }: UploadedFile,
): void {
  const violations: FieldViolation[] = [];
  if (allowedMimeTypes.length > 0 && !allowedMimeTypes.includes(mimeType)) {
    const description = `must be of one of the types ${allowedMimeTypes.join(', ')}.`;
    violations.push({ field: 'file', description });
  }
  if (allowedDocumentTypes.length > 0 && !allowedDocumentTypes.includes(documentType)) {
    const description = `must be one of ${allowedDocumentTypes.join(', ')}.`;
    violations.push({ field: 'documentType', description });
  }
  if (violations.length > 0) throw invalidFields(violations);
}
