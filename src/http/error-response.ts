import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';

import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { DomainError, type ErrorCode, type ErrorDetail, invalidField } from '../errors.ts';
import { asWritten } from './read-request.ts';
import { sendJsonText } from './send-json.ts';

/** The one table from what went wrong to what the wire says (contract 4.1). */
const HTTP: Record<ErrorCode, { status: number; name: string }> = {
  INVALID_ARGUMENT: { status: 400, name: 'INVALID_ARGUMENT' },
  UNAUTHENTICATED: { status: 401, name: 'UNAUTHENTICATED' },
  PERMISSION_DENIED: { status: 403, name: 'PERMISSION_DENIED' },
  NOT_FOUND: { status: 404, name: 'NOT_FOUND' },
  ALREADY_EXISTS: { status: 409, name: 'ALREADY_EXISTS' },
  ABORTED: { status: 409, name: 'ABORTED' },
  KEY_REUSED: { status: 422, name: 'INVALID_ARGUMENT' },
  // 400, not 429: clients of the contract try 429 again by themselves, and here that would not help.
  FAILED_PRECONDITION: { status: 400, name: 'FAILED_PRECONDITION' },
  RESOURCE_EXHAUSTED: { status: 429, name: 'RESOURCE_EXHAUSTED' },
  CONTENT_TOO_LARGE: { status: 413, name: 'CONTENT_TOO_LARGE' },
  UNAVAILABLE: { status: 503, name: 'UNAVAILABLE' },
  INTERNAL: { status: 500, name: 'INTERNAL' },
};

/** What was refused because of others that are at it, and will pass. */
const CODES_TO_RETRY: ReadonlySet<ErrorCode> = new Set([
  'UNAVAILABLE',
  'ABORTED',
  'RESOURCE_EXHAUSTED',
]);
const RETRY_AFTER_SECONDS = '1';

/** What an error says to the caller. */
export type ErrorText = Pick<DomainError, 'code' | 'message' | 'details'>;

/** Every error of every route leaves through here, in the contract's envelope. */
export function registerErrorResponses(app: FastifyInstance): void {
  app.setNotFoundHandler((request, reply) =>
    sendError(request, reply, new DomainError('NOT_FOUND', 'Not Found')),
  );
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const known = toDomainError(request, error);
    if (known.code === 'INTERNAL') {
      request.log.error({ err: error, requestId: request.id }, 'request failed');
    } else if (known.internal !== undefined) {
      request.log.info({ requestId: request.id, reason: known.internal }, 'request refused');
    }
    return sendError(request, reply, known);
  });
}

/** For what fails before a route is found, such as a path that cannot be decoded. Hooks have not run by then. */
export function sendRoutingError(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  void sendError(request, reply.header('x-request-id', request.id), toDomainError(request, error));
}

/**
 * For what is no HTTP, more of it than the parser takes, or comes too slowly, so that there is neither request nor
 * reply.
 */
export function refuseUnreadable(
  error: NodeJS.ErrnoException,
  socket: Socket,
  requestId: string,
): void {
  // The client is gone, or an answer is half sent already.
  if (error.code === 'ECONNRESET' || !socket.writable || socket.bytesWritten > 0) {
    socket.destroy();
    return;
  }
  // Where the server was too busy to read it, the client is not to blame, and may try again.
  const isLate = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
  const { status, name } = isLate ? HTTP.UNAVAILABLE : HTTP.INVALID_ARGUMENT;
  const message = UNREADABLE_MESSAGES[error.code ?? ''] ?? 'The request is not HTTP.';
  const body = JSON.stringify({ error: { code: status, message, status: name, details: [] } });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    ...(isLate ? [`retry-after: ${RETRY_AFTER_SECONDS}`] : []),
    `x-request-id: ${requestId}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

const UNREADABLE_MESSAGES: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: 'The path and the headers together are too long.',
  ERR_HTTP_REQUEST_TIMEOUT: 'The request did not arrive in time; try again.',
};

/** An error inside an answer that is none itself, in the same words. */
export function toErrorJson({ code, message, details }: ErrorText): object {
  const { status, name } = HTTP[code];
  return { code: status, message, status: name, details };
}

function sendError(
  request: FastifyRequest,
  reply: FastifyReply,
  error: DomainError,
): Promise<FastifyReply> {
  const { code, status, body } = toErrorAnswer(request, error);
  if (CODES_TO_RETRY.has(code)) void reply.header('retry-after', RETRY_AFTER_SECONDS);
  return sendJsonText(reply.code(status), body);
}

/** Exactly what is sent when a handler of the request throws this. */
export function toErrorAnswer(
  request: FastifyRequest,
  error: unknown,
): { code: ErrorCode; status: number; body: string } {
  const known = toDomainError(request, error as FastifyError | DomainError);
  const { status, name } = HTTP[known.code];
  const body = JSON.stringify({
    error: {
      code: status,
      message: renameInMessage(request, known),
      status: name,
      details: known.details.map((detail) => rename(request, detail)),
    },
  });
  return { code: known.code, status, body };
}

/** Errors of the framework become ours; anything unknown is a fault of the server and says no more. */
function toDomainError(request: FastifyRequest, error: FastifyError | DomainError): DomainError {
  if (error instanceof DomainError) return error;
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return invalidField('body', `must have at most ${request.routeOptions.bodyLimit} bytes.`);
  }
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    return new DomainError('INVALID_ARGUMENT', error.message);
  }
  return new DomainError('INTERNAL', '');
}

function rename(request: FastifyRequest, detail: ErrorDetail): ErrorDetail {
  if (detail.type !== 'BadRequest') return detail;
  return {
    type: 'BadRequest',
    fieldViolations: detail.fieldViolations.map(({ field, description }) => ({
      field: asWritten(request, field),
      description,
    })),
  };
}

/** The message of a field error begins with the field's name. */
function renameInMessage(request: FastifyRequest, error: DomainError): string {
  const [detail] = error.details;
  if (detail?.type !== 'BadRequest') return error.message;
  const [violation] = detail.fieldViolations;
  if (violation === undefined || !error.message.startsWith(`${violation.field}: `)) {
    return error.message;
  }
  return asWritten(request, violation.field) + error.message.slice(violation.field.length);
}
