/** What went wrong, as a closed set. `http/error-response.ts` maps each to its HTTP status. */
export type ErrorCode =
  | 'INVALID_ARGUMENT'
  | 'UNAUTHENTICATED'
  | 'PERMISSION_DENIED'
  | 'NOT_FOUND'
  | 'ALREADY_EXISTS'
  | 'ABORTED'
  | 'KEY_REUSED'
  | 'FAILED_PRECONDITION'
  | 'RESOURCE_EXHAUSTED'
  | 'CONTENT_TOO_LARGE'
  | 'UNAVAILABLE'
  | 'INTERNAL';

/** One field of a request that was refused. `field` is a dotted path of wire names. */
export interface FieldViolation {
  field: string;
  description: string;
}

export type ErrorDetail =
  | { type: 'BadRequest'; fieldViolations: FieldViolation[] }
  | {
      type: 'ResourceInfo';
      resourceType: string;
      resourceName: string;
      owner: string;
      description: string;
    }
  | { type: 'ContentTooLarge'; resourceName: string; description: string }
  | { type: 'PreconditionFailure'; violations: PreconditionViolation[] }
  | { type: 'QuotaFailure'; violations: QuotaViolation[] };

/** Too many requests. */
export interface QuotaViolation {
  type: 'REQUESTS_LIMIT' | 'KEY_REQUESTS_LIMIT';
  /** The project or the key. */
  subject: string;
  description: string;
  /** Requests a second. */
  limit: string;
  /** When the whole rate is free again; a part of it is earlier. */
  resetTime: string;
}

/** Why a request that is right in itself cannot be granted as things are. `type` is for programs. */
export interface PreconditionViolation {
  type: string;
  /** What it is about: a phone number, a project, a limit. */
  subject: string;
  description: string;
  /** Of a limit: its value, what is used of it, and when it begins anew (`null`: not by itself). */
  limit?: string;
  used?: string;
  resetTime?: string | null;
}

/**
 * Every error that the product raises on purpose. `message` and `details` go to the caller;
 * `internal` is only for the log and never leaves the server.
 */
export class DomainError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetail[];
  readonly internal: string | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { details?: ErrorDetail[]; internal?: string; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'DomainError';
    this.code = code;
    this.details = options.details ?? [];
    this.internal = options.internal;
  }
}

/** It may go well when it is tried again, and nothing about what was tried is to blame: the database was away. */
export function isUnavailable(error: unknown): error is DomainError {
  return error instanceof DomainError && error.code === 'UNAVAILABLE';
}

/** A request with one wrong field. The message repeats the description, for clients that show only that. */
export function invalidField(field: string, description: string): DomainError {
  return invalidFields([{ field, description }]);
}

/** A request with several wrong fields, all reported at once. */
export function invalidFields(violations: FieldViolation[]): DomainError {
  const [first] = violations;
  return new DomainError(
    'INVALID_ARGUMENT',
    first === undefined ? '' : `${first.field}: ${first.description}`,
    { details: [{ type: 'BadRequest', fieldViolations: violations }] },
  );
}

/** A resource that is not there, or that is another project's: the two must look alike. */
export function resourceNotFound(
  resourceType: string,
  resourceName: string,
  message = '',
): DomainError {
  return new DomainError('NOT_FOUND', message, {
    details: [
      { type: 'ResourceInfo', resourceType, resourceName, owner: '', description: message },
    ],
  });
}

/** A request that would be right at another time: when there is more credit, or a lock is gone. */
export function preconditionFailed(...violations: PreconditionViolation[]): DomainError {
  return new DomainError('FAILED_PRECONDITION', violations[0]?.description ?? '', {
    details: [{ type: 'PreconditionFailure', violations }],
  });
}
