import assert from 'node:assert/strict';

import type { Answer } from './test-server.ts';

/** A 400 of the contract that names this one field, as the client wrote it. */
export function assertRefused(answer: Answer, field: string, request: unknown): void {
  const what = `${JSON.stringify(request).slice(0, 200)} ${answer.text}`;
  assert.equal(answer.status, 400, what);
  const { code, status, details } = answer.json.error;
  assert.equal(code, 400, what);
  assert.equal(status, 'INVALID_ARGUMENT', what);
  assert.equal(details.length, 1, what);
  assert.equal(details[0].type, 'BadRequest', what);
  assert.deepEqual(
    details[0].fieldViolations.map((violation: { field: string }) => violation.field),
    [field],
    what,
  );
  assert.notEqual(details[0].fieldViolations[0].description, '', what);
}
