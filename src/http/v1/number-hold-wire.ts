import type { WantedNumbers } from '../../app/hold-matching-numbers.ts';
import type { HeldNumber } from '../../app/hold-numbers.ts';
import { type E164, parseE164 } from '../../domain/phone-number.ts';
import { type FieldViolation, invalidField, invalidFields } from '../../errors.ts';
import type { HoldNumbersRequest } from './number-hold-schemas.ts';
import { fromBody, readCriteria } from './search-criteria.ts';
import { toPoolFields } from './wire.ts';

export function toNumberHold(hold: HeldNumber): Record<string, unknown> {
  return {
    phoneNumber: hold.e164,
    projectId: hold.projectId,
    ...toPoolFields(hold.pool),
    createTime: hold.heldAt,
    expireTime: hold.expireAt,
  };
}

/** What is to be held: these numbers, or so many of those that match. */
export type HoldRequest = { e164s: E164[] } | { wanted: WantedNumbers };

/** @throws DomainError INVALID_ARGUMENT when it is neither, both, or not understood. */
export async function toHoldRequest(body: HoldNumbersRequest): Promise<HoldRequest> {
  const { phoneNumbers, ttlSeconds: _ttlSeconds, ...search } = body;
  if (phoneNumbers !== undefined) {
    const violations = Object.keys(search).map((field) => ({
      field,
      description: 'does not go with phoneNumbers.',
    }));
    if (violations.length > 0) throw invalidFields(violations);
    return { e164s: toE164s(phoneNumbers) };
  }
  const { quantity, sequential, regionCode, type, ...criteria } = search;
  if (quantity === undefined) {
    throw invalidField('phoneNumbers', 'is required, or quantity with regionCode and type.');
  }
  if (regionCode === undefined || type === undefined) {
    const missing = Object.entries({ regionCode, type }).filter(([, value]) => value === undefined);
    throw invalidFields(missing.map(([field]) => ({ field, description: 'is required.' })));
  }
  const read = await readCriteria(fromBody({ ...criteria, regionCode, type }));
  return { wanted: { criteria: read.criteria, quantity, isSequential: sequential === true } };
}

function toE164s(phoneNumbers: readonly string[]): E164[] {
  if (phoneNumbers.length === 0) throw invalidField('phoneNumbers', 'must not be empty.');
  const e164s: E164[] = [];
  const violations: FieldViolation[] = [];
  for (const text of phoneNumbers) {
    const e164 = parseE164(text);
    if (e164 !== undefined) e164s.push(e164);
    else violations.push({ field: 'phoneNumbers', description: describe(text) });
  }
  if (violations.length > 0) throw invalidFields(violations);
  return e164s;
}

/** Longer texts are not repeated in full: no number comes near. */
const SHOWN_LENGTH_MAX = 40;

function describe(text: string): string {
  return `"${text.slice(0, SHOWN_LENGTH_MAX)}" is not a number in E.164 format, such as +12025550134.`;
}

/** The API counts in seconds. */
export function toMilliseconds(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000;
}
