import type { ErrorDetail, FieldViolation, PreconditionViolation } from '../../errors.ts';

/** The envelope of errors, for examples of the reference. */
export function toError(
  code: number,
  status: string,
  message: string,
  details: readonly ErrorDetail[] = [],
): object {
  return { error: { code, message, status, details } };
}

/** The message repeats the first violation. */
export function toViolations(first: FieldViolation, ...others: FieldViolation[]): object {
  return toError(400, 'INVALID_ARGUMENT', `${first.field}: ${first.description}`, [
    { type: 'BadRequest', fieldViolations: [first, ...others] },
  ]);
}

export function toPreconditionFailure(...violations: PreconditionViolation[]): object {
  return toError(400, 'FAILED_PRECONDITION', violations[0]?.description ?? '', [
    { type: 'PreconditionFailure', violations },
  ]);
}
