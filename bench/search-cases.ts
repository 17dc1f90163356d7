import type { SearchCriteria } from '../src/app/search-available-numbers.ts';
import { ANY_NUMBER } from '../src/domain/number-filter.ts';
import {
  parseSearchPattern,
  type SearchPattern,
  type SearchPosition,
} from '../src/domain/search-pattern.ts';
import { NEW_YORK, POOLS } from './stock-plan.ts';
import type { createRandom } from './timing.ts';

/** One kind of search. To measure another, add a line to SEARCH_CASES. */
export interface SearchCase {
  name: string;
  /** A pattern of digits: the goals are about these. */
  isPattern: boolean;
  /** Has a line in docs/search.svg. */
  isDrawn: boolean;
  /** What is asked, other digits each time. What it leaves out is as in BASE. */
  criteria: (random: Random) => Partial<SearchCriteria>;
}

type Random = ReturnType<typeof createRandom>;

/** US LOCAL is two pools and half of the stock. */
export const BASE: SearchCriteria = {
  regionCode: 'US',
  type: 'LOCAL',
  capabilities: [],
  capabilityMatch: 'SUPERSET',
  filter: ANY_NUMBER,
  size: 20,
  order: 'SPREAD',
  position: undefined,
  sequential: undefined,
};

/** What the area codes of New York come to. */
const TOWN = NEW_YORK.map((code) => `+1${code}`);

const AREA_CODES = POOLS.filter(({ regionCode }) => regionCode === 'US').flatMap(
  ({ prefixes }) => prefixes,
);

export const SEARCH_CASES: readonly SearchCase[] = [
  pattern('no pattern', () => [], { isDrawn: true }),
  pattern('START +1 and 3', (random) => [start(areaCode(random))], { isDrawn: true }),
  pattern('START +1 and 6', (random) => [start(areaCode(random) + digits(random, 3))]),
  pattern('END 2', (random) => [end(digits(random, 2))]),
  pattern('END 4', (random) => [end(digits(random, 4))], { isDrawn: true }),
  pattern('CONTAINS 1', (random) => [containing(digits(random, 1))]),
  pattern('CONTAINS 2', (random) => [containing(digits(random, 2))]),
  pattern('CONTAINS 3', (random) => [containing(digits(random, 3))], { isDrawn: true }),
  pattern('CONTAINS 4', (random) => [containing(digits(random, 4))]),
  pattern('CONTAINS 5', (random) => [containing(digits(random, 5))], { isDrawn: true }),
  pattern('CONTAINS 6', (random) => [containing(digits(random, 6))]),
  pattern('CONTAINS 7', (random) => [containing(digits(random, 7))], { isDrawn: true }),
  pattern('START with **', (random) => [start(`${areaCode(random)}**${digits(random, 2)}`)]),
  pattern('END with *', (random) => [end(`${digits(random, 2)}*${digits(random, 1)}`)]),
  pattern('CONTAINS 4 with *', (random) => [withStar(random, 4)]),
  pattern('CONTAINS 6 with *', (random) => [withStar(random, 6)], { isDrawn: true }),
  pattern('one of three CONTAINS 4', (random) =>
    [1, 2, 3].map(() => containing(digits(random, 4))),
  ),
  filter('END 2, excluding two digits', (random) => ({
    filter: {
      prefixes: undefined,
      patterns: [end(digits(random, 2))],
      excluded: [containing('4'), containing('13')],
    },
  })),
  filter('a town of 7 area codes', () => ({ filter: { ...ANY_NUMBER, prefixes: TOWN } })),
  filter('a town and END 3', (random) => ({
    filter: { ...ANY_NUMBER, prefixes: TOWN, patterns: [end(digits(random, 3))] },
  })),
  filter('at most a price', () => ({ currencyCode: 'USD', maxMonthlyPrice: '0.80' })),
  filter('exact capabilities', () => ({ capabilities: ['VOICE'], capabilityMatch: 'EXACT' })),
  filter('page by number', (random) => ({
    order: 'PHONE_NUMBER',
    position: { rank: [], from: `+1${areaCode(random)}${digits(random, 3)}` },
  })),
  filter('page by number, CONTAINS 4', (random) => ({
    order: 'PHONE_NUMBER',
    filter: { ...ANY_NUMBER, patterns: [containing(digits(random, 4))] },
  })),
  filter('page by price', () => ({ order: 'MONTHLY_PRICE' })),
  filter('page by memorability', () => ({ order: 'MEMORABILITY' })),
  filter('4 blocks of 5', () => ({ sequential: 5 })),
  filter('1 block of 20', () => ({ sequential: 20 })),
];

function pattern(
  name: string,
  patterns: (random: Random) => SearchPattern[],
  { isDrawn }: Pick<SearchCase, 'isDrawn'> = { isDrawn: false },
): SearchCase {
  const criteria = (random: Random) => ({ filter: { ...ANY_NUMBER, patterns: patterns(random) } });
  return { name, isPattern: true, isDrawn, criteria };
}

function filter(name: string, criteria: SearchCase['criteria']): SearchCase {
  return { name, isPattern: false, isDrawn: false, criteria };
}

function start(national: string): SearchPattern {
  return parse(`+1${national}`, 'START');
}

function end(text: string): SearchPattern {
  return parse(text, 'END');
}

function containing(text: string): SearchPattern {
  return parse(text, 'CONTAINS');
}

/** Of so many characters, the one in the middle may be any digit. */
function withStar(random: Random, length: number): SearchPattern {
  const before = Math.floor(length / 2);
  return containing(`${digits(random, before)}*${digits(random, length - before - 1)}`);
}

function parse(text: string, position: SearchPosition): SearchPattern {
  const parsed = parseSearchPattern(text, position);
  if (parsed === undefined) throw new Error(`${text} is no pattern.`);
  return parsed;
}

function areaCode(random: Random): string {
  return AREA_CODES[random(AREA_CODES.length)] as string;
}

function digits(random: Random, count: number): string {
  return String(random(10 ** count)).padStart(count, '0');
}
