import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

import { Busboy, type BusboyInstance } from '@fastify/busboy';
import type { FastifyRequest } from 'fastify';

import type { UploadedFile } from '../app/upload-order-attachment.ts';
import { DomainError, invalidField } from '../errors.ts';

/** A scan of some pages. More would be many rows, and a copy of them in memory for each upload under way. */
export const ATTACHMENT_BYTES_MAX = 5 * 1024 * 1024;
/** What surrounds the file: boundaries, headers, the other fields. */
const FORM_BYTES_MAX = 16 * 1024;
/** The names of document types are a few words. */
const FIELD_BYTES_MAX = 256;
const FILE_NAME_CHARACTERS_MAX = 255;
/** A type and a subtype (RFC 6838, 4.2), in lower case; together as long as one of them may be there. */
const MIME_TYPE = /^(?=.{1,127}$)[a-z0-9][\w!#$&^.+-]*\/[a-z0-9][\w!#$&^.+-]*$/;
/** Clients may send fields that we do not know; nobody sends many. */
const FIELDS_MAX = 10;

/**
 * Reads a form with a `file` and perhaps its `documentType`. The body has to be the request's stream: it is read only
 * now, behind the authentication. Afterwards the body is a text that is the same for the same content.
 * @throws DomainError INVALID_ARGUMENT when it is no such form, CONTENT_TOO_LARGE that names the attachment.
 */
export async function readAttachment(
  request: FastifyRequest,
  attachmentId: string,
): Promise<UploadedFile> {
  const type = request.headers['content-type'];
  const body = request.body as IncomingMessage | string | null | undefined;
  if (type === undefined || typeof body !== 'object' || body === null) throw noForm();
  const length = Number(request.headers['content-length'] ?? 0);
  if (length > ATTACHMENT_BYTES_MAX + FORM_BYTES_MAX) throw tooLarge(attachmentId);
  const { file, documentType } = await parseForm(body, type, attachmentId);
  if (file === undefined) throw invalidField('file', 'is required, with a file name.');
  if (file.content.length === 0) throw invalidField('file', 'must not be empty.');
  assertStorable('file', file.fileName);
  if (!MIME_TYPE.test(file.mimeType)) {
    throw invalidField(
      'file',
      'must have a type such as application/pdf, of at most 127 characters.',
    );
  }
  assertStorable('documentType', documentType);
  const { content, ...named } = file;
  request.body = JSON.stringify([named, documentType, hash('sha256', content)]);
  return { ...file, documentType };
}

interface Form {
  file: Omit<UploadedFile, 'documentType'> | undefined;
  documentType: string;
}

function parseForm(body: IncomingMessage, type: string, attachmentId: string): Promise<Form> {
  const { promise, resolve, reject } = Promise.withResolvers<Form>();
  const parser = openParser(type);
  const form: Form = { file: undefined, documentType: '' };
  // Not destroyed: what comes still is thrown away, so that the client gets to read the answer.
  const fail = (error: DomainError) => {
    body.unpipe(parser);
    body.resume();
    reject(error);
  };
  parser.on('file', (name, stream, fileName, _encoding, mimeType) => {
    const chunks: Buffer[] = [];
    if (name === 'file') stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    else stream.resume();
    // A form that ends too early is told here and not by the parser; without a listener the process would end.
    stream.on('error', () => fail(noForm()));
    stream.on('limit', () => fail(tooLarge(attachmentId)));
    stream.on('end', () => {
      if (name !== 'file') return;
      const [essence = ''] = mimeType.split(';', 1);
      form.file = {
        // By characters: half of an emoji is no text.
        fileName: [...fileName].slice(0, FILE_NAME_CHARACTERS_MAX).join(''),
        mimeType: essence.trim().toLowerCase(),
        content: Buffer.concat(chunks),
      };
    });
  });
  parser.on('field', (name, value, _nameTruncated, isTruncated) => {
    if (name !== 'documentType') return;
    form.documentType = value;
    if (isTruncated)
      fail(invalidField('documentType', `must have at most ${FIELD_BYTES_MAX} bytes.`));
  });
  parser.on('filesLimit', () => fail(invalidField('file', 'must be there once.')));
  for (const event of ['partsLimit', 'fieldsLimit'] as const) {
    parser.on(event, () => fail(invalidField('body', `must have at most ${FIELDS_MAX} fields.`)));
  }
  parser.on('error', () => fail(noForm()));
  parser.on('finish', () => resolve(form));
  body.on('close', () => {
    // The client has gone: there is nobody to tell, but somebody waits here.
    if (!body.readableEnded) fail(noForm());
  });
  body.pipe(parser);
  return promise;
}

function openParser(type: string): BusboyInstance {
  const limits = {
    files: 1,
    fields: FIELDS_MAX,
    parts: FIELDS_MAX + 1,
    fieldSize: FIELD_BYTES_MAX,
    fileSize: ATTACHMENT_BYTES_MAX,
    headerSize: FORM_BYTES_MAX,
  };
  try {
    return new Busboy({ headers: { 'content-type': type }, limits });
  } catch {
    throw noForm();
  }
}

/** As for every other text of a request: PostgreSQL takes no NUL. */
function assertStorable(field: string, text: string): void {
  if (text.isWellFormed() && !text.includes('\0')) return;
  throw invalidField(field, 'must not contain NUL or half of a surrogate pair.');
}

function noForm(): DomainError {
  return invalidField('body', 'must be a whole form in multipart/form-data, with a file.');
}

function tooLarge(attachmentId: string): DomainError {
  const description = `An attachment may have ${ATTACHMENT_BYTES_MAX} bytes.`;
  return new DomainError('CONTENT_TOO_LARGE', description, {
    details: [{ type: 'ContentTooLarge', resourceName: attachmentId, description }],
  });
}
