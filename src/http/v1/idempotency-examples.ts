import { toError, toViolations } from './to-error-example.ts';
import type { Examples } from './examples.ts';

/** Errors of every operation that changes something, as the reference shows them. */

export const KEY_TEXT_EXAMPLES: Examples = {
  keyText: {
    summary: 'A key that is too long',
    value: toViolations({
      field: 'Idempotency-Key',
      description: 'must be 1 to 255 visible ASCII characters.',
    }),
  },
};

export const KEY_RUNNING_EXAMPLES: Examples = {
  keyRunning: {
    summary: 'The first request is not done',
    value: toError(
      409,
      'ABORTED',
      'The first request with this Idempotency-Key is still under way; try again.',
    ),
  },
};

const REUSED = {
  field: 'Idempotency-Key',
  description: 'was used for another request: the same key needs the same path and body.',
};

export const KEY_REUSED_EXAMPLES: Examples = {
  keyReused: {
    summary: 'A key of another request',
    value: toError(422, 'INVALID_ARGUMENT', `${REUSED.field}: ${REUSED.description}`, [
      { type: 'BadRequest', fieldViolations: [REUSED] },
    ]),
  },
};
