import type { ProjectId } from '../domain/project-id.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import type { Reader, Writer } from './store.ts';

/** A document that a client has sent with an order, without its content. */
export interface OrderAttachment {
  orderId: string;
  attachmentId: string;
  fileName: string;
  mimeType: string;
  documentType: string;
  bytes: number;
  createdAt: Timestamp;
  updatedAt: Timestamp;
}

/** Characters of base64 in a row: a multiple of four, so that each is base64 of its own. */
const PIECE_CHARACTERS = 8192;
const PIECES_PER_STATEMENT = 50;

/**
 * Stores a document in place of the one that may be there under its id, which keeps its `createdAt`. The caller has the
 * lock of the order, and has found that it is the project's.
 */
export async function putOrderAttachment(
  db: Writer,
  attachment: OrderAttachment,
  content: Buffer,
): Promise<void> {
  const { orderId, attachmentId } = attachment;
  await db.run(
    'DELETE FROM number_order_attachment_piece WHERE number_order_id = ? AND attachment_id = ?',
    orderId,
    attachmentId,
  );
  await db.run(
    `INSERT INTO number_order_attachment (number_order_id, attachment_id, file_name, mime_type, document_type, bytes,
      created_at, updated_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (number_order_id, attachment_id) DO UPDATE SET file_name = excluded.file_name,
      mime_type = excluded.mime_type, document_type = excluded.document_type, bytes = excluded.bytes,
      updated_at = excluded.updated_at`,
    orderId,
    attachmentId,
    attachment.fileName,
    attachment.mimeType,
    attachment.documentType,
    attachment.bytes,
    attachment.createdAt,
    attachment.updatedAt,
  );
  const text = content.toString('base64');
  const rows: [string, string, number, string][] = [];
  for (let place = 0; place * PIECE_CHARACTERS < text.length; place++) {
    const start = place * PIECE_CHARACTERS;
    rows.push([orderId, attachmentId, place, text.slice(start, start + PIECE_CHARACTERS)]);
  }
  for (let i = 0; i < rows.length; i += PIECES_PER_STATEMENT) {
    const batch = rows.slice(i, i + PIECES_PER_STATEMENT);
    await db.run(
      `INSERT INTO number_order_attachment_piece (number_order_id, attachment_id, place, content)
      VALUES ${batch.map(() => '(?, ?, ?, ?)').join(', ')}`,
      ...batch.flat(),
    );
  }
}

const COLUMNS = `attachment.number_order_id AS "orderId", attachment.attachment_id AS "attachmentId",
  attachment.file_name AS "fileName", attachment.mime_type AS "mimeType",
  attachment.document_type AS "documentType", attachment.bytes, attachment.created_at AS "createdAt",
  attachment.updated_at AS "updatedAt"`;

/** Those of an order of this project, by their ids. */
export function listOrderAttachments(
  db: Reader,
  projectId: ProjectId,
  orderId: string,
): Promise<OrderAttachment[]> {
  return db.all<OrderAttachment>(
    `SELECT ${COLUMNS}
    FROM number_order JOIN number_order_attachment AS attachment ON number_order_id = number_order.id
    WHERE number_order.id = ? AND number_order.project_id = ? ORDER BY attachment.attachment_id`,
    orderId,
    projectId,
  );
}

/** The content of a document of an order of this project. */
export async function readOrderAttachment(
  db: Reader,
  projectId: ProjectId,
  orderId: string,
  attachmentId: string,
): Promise<Buffer> {
  const pieces = await db.column<string>(
    `SELECT piece.content
    FROM number_order JOIN number_order_attachment_piece AS piece ON number_order_id = number_order.id
    WHERE number_order.id = ? AND number_order.project_id = ? AND piece.attachment_id = ? ORDER BY piece.place`,
    orderId,
    projectId,
    attachmentId,
  );
  return Buffer.from(pieces.join(''), 'base64');
}

/**
 * The bytes of all documents of a project's open orders.
 * @param except the document that does not count.
 */
export async function sumOpenAttachments(
  db: Reader,
  projectId: ProjectId,
  except: Pick<OrderAttachment, 'orderId' | 'attachmentId'>,
): Promise<number> {
  const [sum] = await db.column<number | null>(
    `SELECT CAST(sum(bytes) AS ${db.dialect.integer})
    FROM number_order JOIN number_order_attachment ON number_order_id = number_order.id
    WHERE project_id = ? AND state IN ('CREATED', 'IN_REVIEW', 'BLOCKED')
      AND NOT (number_order_id = ? AND attachment_id = ?)`,
    projectId,
    except.orderId,
    except.attachmentId,
  );
  return sum ?? 0;
}

/** Deletes so many pieces of an order's documents, with the order's lock. @returns how many there were of these. */
export function deleteAttachmentPieces(
  db: Writer,
  orderId: string,
  limit: number,
): Promise<number> {
  return db.run(
    `DELETE FROM number_order_attachment_piece WHERE (number_order_id, attachment_id, place) IN (
      SELECT number_order_id, attachment_id, place FROM number_order_attachment_piece
      WHERE number_order_id = ? ORDER BY attachment_id, place LIMIT ?)`,
    orderId,
    limit,
  );
}

/** Deletes an order's documents whose content is deleted, with the order's lock. */
export async function deleteOrderAttachments(db: Writer, orderId: string): Promise<void> {
  await db.run('DELETE FROM number_order_attachment WHERE number_order_id = ?', orderId);
}
