import { Type } from 'typebox';

import type { WantedNumbers } from '../../app/find-rent-candidates.ts';
import type { E164 } from '../../domain/phone-number.ts';
import { parseE164 } from '../../domain/phone-number.ts';
import type { Capability, NumberType as TypeOfNumber } from '../../domain/pool.ts';
import { type FieldViolation, invalidField, invalidFields } from '../../errors.ts';
import {
  Capability as CapabilitySchema,
  NumberPattern,
  NumberType,
  regionCode,
} from './schemas.ts';
import { fromBody, readCriteria, searchCriteriaBody } from './search-criteria.ts';
import { SEQUENTIAL_MAX } from './search-page.ts';

/** Several numbers in one request: these ones, or so many that match, or as many that follow one another. */
export type ManyNumbers = { quantity: number } & (
  | { e164s: readonly E164[]; wanted: undefined }
  | { e164s: undefined; wanted: WantedNumbers }
);

const searchFields = {
  regionCode: Type.Optional(regionCode()),
  type: Type.Optional(NumberType),
  numberPattern: Type.Optional(NumberPattern),
  capabilities: Type.Optional(
    Type.Array(CapabilitySchema, {
      description: 'The numbers have all of these, and perhaps more.',
      examples: [['SMS']],
    }),
  ),
  ...searchCriteriaBody,
};

/** Fields of a body that asks for several numbers. */
export const manyNumbersFields = (quantityMax: number) => ({
  phoneNumbers: Type.Optional(
    Type.Array(Type.String(), {
      minItems: 1,
      maxItems: quantityMax,
      description: 'These numbers. Without them, quantity says how many.',
      examples: [['+12025550134', '+12025550135']],
    }),
  ),
  quantity: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: quantityMax,
      description: 'So many numbers that match; regionCode and type are required with it.',
      examples: [5],
    }),
  ),
  sequential: Type.Optional(
    Type.Boolean({
      description: `true: they follow one another, in one block of 2 to ${SEQUENTIAL_MAX} numbers of one price.`,
      examples: [true],
    }),
  ),
  ...searchFields,
});

type ManyNumbersBody = Omit<Parameters<typeof fromBody>[0], 'type' | 'regionCode'> & {
  phoneNumbers?: readonly string[];
  quantity?: number;
  sequential?: boolean;
  regionCode?: string;
  type?: TypeOfNumber;
  capabilities?: readonly Capability[];
};

/** Longer texts are not repeated in full: no number comes near. */
const SHOWN_LENGTH_MAX = 40;
/** Who has sent more wrong numbers than this looks at the first ones. */
const VIOLATIONS_MAX = 100;

/** @throws DomainError INVALID_ARGUMENT with every field that does not fit. */
export async function readManyNumbers(body: ManyNumbersBody): Promise<ManyNumbers> {
  if (body.phoneNumbers !== undefined) {
    return { ...readListed(body.phoneNumbers, body), wanted: undefined };
  }
  const { quantity, sequential = false } = body;
  if (quantity === undefined) {
    throw invalidField('phoneNumbers', 'is required, or quantity with regionCode and type.');
  }
  const { regionCode: region, type } = body;
  if (region === undefined || type === undefined) {
    const missing = (['regionCode', 'type'] as const).filter((field) => body[field] === undefined);
    throw invalidFields(missing.map((field) => ({ field, description: 'is required.' })));
  }
  if (sequential && (quantity < 2 || quantity > SEQUENTIAL_MAX)) {
    throw invalidField('quantity', `must be from 2 to ${SEQUENTIAL_MAX} with sequential.`);
  }
  const { criteria } = await readCriteria(fromBody({ ...body, regionCode: region, type }));
  return { e164s: undefined, wanted: { criteria, sequential }, quantity };
}

function readListed(
  phoneNumbers: readonly string[],
  body: ManyNumbersBody,
): { e164s: E164[]; quantity: number } {
  const violations: FieldViolation[] = ['quantity', 'sequential', ...Object.keys(searchFields)]
    .filter((field) => (body as Record<string, unknown>)[field] !== undefined)
    .map((field) => ({ field, description: 'does not go with phoneNumbers.' }));
  const e164s: E164[] = [];
  const seen = new Set<string>();
  for (const text of phoneNumbers) {
    const e164 = parseE164(text);
    if (e164 === undefined || seen.has(e164)) {
      const problem =
        e164 === undefined
          ? 'is not a number in E.164 format, such as +12025550134'
          : 'stands there twice';
      const shown = text.slice(0, SHOWN_LENGTH_MAX);
      violations.push({ field: 'phoneNumbers', description: `"${shown}" ${problem}.` });
      if (violations.length === VIOLATIONS_MAX) break;
    } else {
      seen.add(e164);
      e164s.push(e164);
    }
  }
  if (violations.length > 0) throw invalidFields(violations);
  return { e164s, quantity: e164s.length };
}
