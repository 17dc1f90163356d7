import type { Context } from '../context.ts';
import type { RequiredAttachment } from '../domain/number-requirements.ts';
import type { ProjectId } from '../domain/project-id.ts';
import {
  type FieldViolation,
  invalidFields,
  preconditionFailed,
  resourceNotFound,
} from '../errors.ts';
import { lockNumberOrder } from '../store/number-order.ts';
import {
  type OrderAttachment,
  putOrderAttachment,
  sumOpenAttachments,
} from '../store/order-attachment.ts';
import { lockProject } from '../store/project.ts';
import type { Writer } from '../store/store.ts';
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
 * order cannot be changed or the project has as many bytes of documents as it may, INVALID_ARGUMENT when it is not of a type that is allowed.
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
    await assertWithinAttachmentsLimit(context, db, projectId, attachment);
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

/** Behind the project's lock, so that of two uploads at once only one gets the last bytes. */
async function assertWithinAttachmentsLimit(
  { config }: Context,
  db: Writer,
  projectId: ProjectId,
  attachment: OrderAttachment,
): Promise<void> {
  const limit = config.numberOrder.attachmentBytesMax;
  await lockProject(db, projectId);
  const used = await sumOpenAttachments(db, projectId, attachment);
  if (used + attachment.bytes <= limit) return;
  throw preconditionFailed({
    type: 'ATTACHMENTS_LIMIT',
    subject: projectId,
    description: `The attachments of the open number orders of a project may have ${limit} bytes and have ${used} without this one, which has ${attachment.bytes}.`,
    limit: String(limit),
    used: String(used),
    resetTime: null,
  });
}
