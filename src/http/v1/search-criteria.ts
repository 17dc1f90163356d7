import { Type } from 'typebox';

import { CAPABILITY_MATCHES, type PoolCriteria } from '../../app/search-available-numbers.ts';
import { loadGazetteer } from '../../domain/gazetteer.ts';
import { isCurrencyCode, isDecimal } from '../../domain/money.ts';
import { toInternationalForm } from '../../domain/national-form.ts';
import { ANY_NUMBER, type NumberFilter } from '../../domain/number-filter.ts';
import type { Place } from '../../domain/place.ts';
import type { Capability, NumberType } from '../../domain/pool.ts';
import { callingCode } from '../../domain/region.ts';
import {
  DISTANCE_KM_DEFAULT,
  DISTANCE_KM_MAX,
  type PlaceQuery,
  resolvePlaces,
} from '../../domain/resolve-places.ts';
import {
  parseSearchPattern,
  PATTERN_LENGTH_MAX,
  PATTERN_TEXT_LENGTH_MAX,
  type SearchPattern,
  type SearchPosition,
} from '../../domain/search-pattern.ts';
import { invalidField } from '../../errors.ts';

/** What may be asked of a number: the same in a search and in a rent of any number. */

/** Of patterns and of exclusions each; every one is a search of its own, or looked for in every number. */
const PATTERNS_MAX = 10;
/** The names of no place are longer, and none of the other texts. */
const TEXT_LENGTH_MAX = 100;

const PATTERN_DESCRIPTION =
  'Digits to look for; `*` is any one digit, letters are the keys of a telephone (TAXI is 8294), and spaces, dashes, dots, slashes and brackets are ignored. With START it is compared with the complete number, so it begins with a plus sign; without one it is the national form, such as 212 or 0207 946.';

const patternText = () =>
  Type.String({ maxLength: PATTERN_TEXT_LENGTH_MAX, examples: ['+1202', '5*5', 'TAXI'] });

const EXCLUDED_DESCRIPTION =
  'Numbers that have these digits are left out. Written as a pattern; with a plus sign the beginning of a number is meant, else any digits behind the calling code.';

const criteria = {
  capabilityMatch: Type.Optional(
    Type.Enum([...CAPABILITY_MATCHES], {
      type: 'string',
      default: 'SUPERSET',
      description:
        'SUPERSET: the numbers have all of the capabilities, and perhaps more. EXACT: these and no others.',
      examples: ['EXACT'],
    }),
  ),
  currencyCode: Type.Optional(
    Type.String({
      description: 'Only numbers whose prices are in this currency. ISO 4217.',
      examples: ['USD'],
    }),
  ),
  maxSetupPrice: Type.Optional(
    Type.String({
      description: 'At most this price for the setup, in the currency of each number.',
      examples: ['1.00'],
    }),
  ),
  maxMonthlyPrice: Type.Optional(
    Type.String({
      description: 'At most this monthly price, in the currency of each number.',
      examples: ['0.75'],
    }),
  ),
  documentationRequired: Type.Optional(
    Type.Boolean({
      description:
        'false: only numbers that need no documents about their user; true: only those that do.',
      examples: [false],
    }),
  ),
  locality: Type.Optional(
    Type.String({
      maxLength: TEXT_LENGTH_MAX,
      description:
        'A town, in English or in its own language. What its numbers begin with is known.',
      examples: ['Boston'],
    }),
  ),
  administrativeArea: Type.Optional(
    Type.String({
      maxLength: TEXT_LENGTH_MAX,
      description: 'A state, province or county, by its name or its code.',
      examples: ['MA'],
    }),
  ),
  areaCode: Type.Optional(
    Type.String({
      maxLength: TEXT_LENGTH_MAX,
      description: 'An area code as people of the region write it: 212, 020.',
      examples: ['212'],
    }),
  ),
  near: Type.Optional(
    Type.String({
      maxLength: TEXT_LENGTH_MAX,
      description: 'Numbers of places around this one: a number in E.164, or latitude,longitude.',
      examples: ['40.71,-74.01', '+12125550100'],
    }),
  ),
  distanceKm: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: DISTANCE_KM_MAX,
      default: DISTANCE_KM_DEFAULT,
      description: 'How far from `near`, in kilometres.',
      examples: [25],
    }),
  ),
};

/** Parameters of a query, where lists are repeated. */
export const searchCriteriaQuery = {
  'numberPattern.pattern': Type.Optional(
    Type.Array(patternText(), {
      maxItems: PATTERNS_MAX,
      description: `${PATTERN_DESCRIPTION} Repeated: any of them.`,
      examples: [['+1202']],
    }),
  ),
  excludePattern: Type.Optional(
    Type.Array(patternText(), {
      maxItems: PATTERNS_MAX,
      description: `${EXCLUDED_DESCRIPTION} May be repeated.`,
      examples: [['13']],
    }),
  ),
  ...criteria,
};

const onePatternOrMore = (description: string, example: string) =>
  Type.Union([patternText(), Type.Array(patternText(), { maxItems: PATTERNS_MAX })], {
    description,
    examples: [example],
  });

/** Fields of a body. */
export const searchCriteriaBody = {
  excludePattern: Type.Optional(onePatternOrMore(`${EXCLUDED_DESCRIPTION} One, or a list.`, '13')),
  ...criteria,
};

/** Of the pattern object of a body. */
export const patternOfBody = Type.Optional(
  onePatternOrMore(`${PATTERN_DESCRIPTION} One, or a list: any of them.`, '+1202'),
);

/** What both ways in write alike. */
interface CommonFields extends PlaceQuery {
  type: NumberType;
  capabilities?: readonly Capability[];
  capabilityMatch?: PoolCriteria['capabilityMatch'];
  currencyCode?: string;
  maxSetupPrice?: string;
  maxMonthlyPrice?: string;
  documentationRequired?: boolean;
}

/** As it was written, by either way in. */
interface WrittenCriteria extends CommonFields {
  patterns: readonly string[];
  position: SearchPosition | undefined;
  excluded: readonly string[];
}

/** Of a query, in which an empty text counts as absent. */
export function fromQuery(
  query: CommonFields & {
    'numberPattern.pattern'?: readonly string[];
    'numberPattern.searchPattern'?: SearchPosition;
    excludePattern?: readonly string[];
  },
): WrittenCriteria {
  return {
    ...query,
    patterns: query['numberPattern.pattern'] ?? [],
    position: query['numberPattern.searchPattern'],
    excluded: query.excludePattern ?? [],
  };
}

/** Of a body. */
export function fromBody(
  body: CommonFields & {
    numberPattern?: { pattern?: string | readonly string[]; searchPattern?: SearchPosition };
    excludePattern?: string | readonly string[];
  },
): WrittenCriteria {
  return {
    ...body,
    patterns: toList(body.numberPattern?.pattern),
    position: body.numberPattern?.searchPattern,
    excluded: toList(body.excludePattern),
  };
}

function toList(oneOrMore: string | readonly string[] | undefined): readonly string[] {
  if (oneOrMore === undefined) return [];
  return typeof oneOrMore === 'string' ? [oneOrMore] : oneOrMore;
}

/** What is asked of pools, and of the digits of numbers. */
export type NumberCriteria = PoolCriteria & { filter: NumberFilter };

export interface ReadCriteria {
  criteria: NumberCriteria;
  /** What was asked about the place; `undefined`: nothing. */
  placeQuery: PlaceQuery | undefined;
  /** The places that were meant. */
  places: readonly Place[];
}

/** @throws DomainError INVALID_ARGUMENT when something cannot be understood, a place that is not known included. */
export async function readCriteria(written: WrittenCriteria): Promise<ReadCriteria> {
  const { regionCode, type, capabilities = [], capabilityMatch = 'SUPERSET' } = written;
  const { currencyCode, documentationRequired } = written;
  if (currencyCode !== undefined && !isCurrencyCode(currencyCode)) {
    throw invalidField('currencyCode', 'must be the code of a currency by ISO 4217, such as USD.');
  }
  const placeQuery = toPlaceQuery(written);
  const resolved = placeQuery && (await resolve(placeQuery));
  return {
    criteria: {
      regionCode,
      type,
      capabilities,
      capabilityMatch,
      currencyCode,
      maxSetupPrice: toLimit('maxSetupPrice', written.maxSetupPrice),
      maxMonthlyPrice: toLimit('maxMonthlyPrice', written.maxMonthlyPrice),
      documentationRequired,
      filter: toFilter(written, resolved?.prefixes),
    },
    placeQuery,
    places: resolved?.places ?? [],
  };
}

/** @throws DomainError INVALID_ARGUMENT when the pattern is none. */
export function toSearchPattern(
  field: string,
  text: string,
  position: SearchPosition | undefined,
): SearchPattern {
  const parsed = parseSearchPattern(text, position);
  if (parsed === undefined) {
    throw invalidField(
      field,
      `must be at most ${PATTERN_LENGTH_MAX} digits, perhaps behind a plus sign, such as +1202 or 555; * is any digit, letters are the keys of a telephone.`,
    );
  }
  return parsed;
}

function toFilter(
  { regionCode, patterns, position, excluded }: WrittenCriteria,
  prefixes: readonly string[] | undefined,
): NumberFilter {
  if (patterns.length === 0 && excluded.length === 0 && prefixes === undefined) return ANY_NUMBER;
  return {
    prefixes,
    patterns: patterns.flatMap((text) =>
      toInternationalForm(toSearchPattern('numberPattern.pattern', text, position), regionCode),
    ),
    excluded: excluded.map((text) => toExcluded(text, regionCode)),
  };
}

/** Nobody who wants no 4 in a number means the calling code of all British ones. */
function toExcluded(text: string, regionCode: string): SearchPattern {
  const pattern = toSearchPattern('excludePattern', text, undefined);
  if (pattern.position !== 'CONTAINS') return pattern;
  return { ...pattern, from: 1 + (callingCode(regionCode) ?? '').length };
}

function toLimit(field: string, text: string | undefined): string | undefined {
  if (text !== undefined && !isDecimal(text)) {
    throw invalidField(field, 'must be a decimal number of zero or more, such as 0.75.');
  }
  return text;
}

function toPlaceQuery(written: WrittenCriteria): PlaceQuery | undefined {
  const { regionCode, locality, administrativeArea, areaCode, near, distanceKm } = written;
  if (distanceKm !== undefined && near === undefined) {
    throw invalidField('distanceKm', 'needs near: it is the distance from there.');
  }
  if ([locality, administrativeArea, areaCode, near].every((text) => text === undefined)) {
    return undefined;
  }
  return { regionCode, locality, administrativeArea, areaCode, near, distanceKm };
}

async function resolve(query: PlaceQuery) {
  const resolved = resolvePlaces(await loadGazetteer(), query);
  if ('field' in resolved) throw invalidField(resolved.field, resolved.description);
  return resolved;
}
