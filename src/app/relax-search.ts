import { setImmediate } from 'node:timers/promises';

import type { Context } from '../context.ts';
import { formatAmount } from '../domain/money.ts';
import { ANY_NUMBER, type NumberFilter } from '../domain/number-filter.ts';
import type { Place } from '../domain/place.ts';
import { type Capability, NUMBER_TYPES, type NumberType, type Pool } from '../domain/pool.ts';
import type { PlaceQuery } from '../domain/resolve-places.ts';
import type { SearchPattern } from '../domain/search-pattern.ts';
import type { Reader } from '../store/store.ts';
import type { AvailableNumber } from './get-available-number.ts';
import { listFarther, listNeighbouring, type RelaxedPlace } from './relax-place.ts';
import {
  type CapabilityMatch,
  fits,
  type PoolCriteria,
  type SearchCriteria,
} from './search-available-numbers.ts';
import { searchPool } from './search-pool.ts';
import { SearchWork } from './search-work.ts';

/** Rows and ranges that are read for one example at most: a millisecond or two on SQLite. */
const EXAMPLE_WORK_MAX = 2000;
/** Of ways to relax the same thing, the nearest first, no more are tried. */
const TRIES_MAX = 4;
/** More would be a list to read, and no help. */
const RELAXATIONS_MAX = 8;

/** What is to be changed: a value to be sent instead, or null for what is to be left out. */
export interface SearchChange {
  type?: NumberType;
  capabilities?: readonly Capability[] | null;
  capabilityMatch?: CapabilityMatch | null;
  currencyCode?: string | null;
  maxSetupPrice?: string | null;
  maxMonthlyPrice?: string | null;
  documentationRequired?: null;
  pattern?: SearchPattern | null;
  excluded?: null;
  place?: PlaceQuery | null;
  sequential?: null;
}

export type RelaxationKind =
  | 'WITHOUT_EXCLUSIONS'
  | 'ANYWHERE'
  | 'SHORTER_PATTERN'
  | 'WITHOUT_PATTERN'
  | 'NEIGHBOURING_AREA'
  | 'LARGER_DISTANCE'
  | 'WITHOUT_PLACE'
  | 'OTHER_CAPABILITIES'
  | 'HIGHER_PRICE'
  | 'OTHER_CURRENCY'
  | 'WITH_DOCUMENTATION'
  | 'OTHER_TYPE'
  | 'SINGLE_NUMBERS'
  | 'WITHOUT_FILTERS';

export interface Relaxation {
  kind: RelaxationKind;
  change: SearchChange;
  /** Of NEIGHBOURING_AREA. */
  place: Place | undefined;
  /** One of the numbers that the changed search has. */
  example: AvailableNumber;
}

/** A search like the one that was asked. */
export interface Candidate {
  kind: RelaxationKind;
  change: SearchChange;
  place?: Place;
  criteria: PoolCriteria & { filter: NumberFilter };
}

/**
 * Searches that differ from this one in one thing and have numbers, the most alike first. Where there is
 * none, the one that asks for the region and type alone.
 */
export async function findRelaxations(
  context: Context,
  db: Reader,
  visible: readonly Pool[],
  criteria: SearchCriteria,
  place: RelaxedPlace | undefined,
): Promise<Relaxation[]> {
  const found: Relaxation[] = [];
  for (const candidates of listCandidates(visible, criteria, place)) {
    for (const candidate of candidates) {
      await setImmediate();
      const example = await findExample(context, db, visible, candidate.criteria);
      if (example === undefined) continue;
      const { kind, change } = candidate;
      found.push({ kind, change, place: candidate.place, example });
      break;
    }
    if (found.length === RELAXATIONS_MAX) break;
  }
  return found.length > 0 ? found : findAnything(context, db, visible, criteria);
}

/** An available number that the criteria allow, if one is found soon. */
async function findExample(
  context: Context,
  db: Reader,
  visible: readonly Pool[],
  criteria: PoolCriteria & { filter: NumberFilter },
): Promise<AvailableNumber | undefined> {
  const work = new SearchWork(EXAMPLE_WORK_MAX);
  for (const pool of visible) {
    if (!fits(pool, criteria)) continue;
    const [e164] = await searchPool(context, db, pool, criteria.filter, 1, work);
    if (e164 !== undefined) return { e164, pool };
    if (work.isSpent) return undefined;
  }
  return undefined;
}

/** Each list is one way to relax the search: the first of it that has numbers is taken. */
function* listCandidates(
  visible: readonly Pool[],
  criteria: SearchCriteria,
  place: RelaxedPlace | undefined,
): Generator<Iterable<Candidate>> {
  if (criteria.sequential !== undefined) {
    // Runs are looked for in other ways. Single numbers that match tell at least that digits are not the reason.
    yield [{ kind: 'SINGLE_NUMBERS', change: { sequential: null }, criteria }];
    return;
  }
  yield* listOfDigits(criteria);
  if (place !== undefined) {
    yield listNeighbouring(criteria, place);
    yield listFarther(criteria, place);
  }
  yield listOfCapabilities(criteria);
  yield listOfPrices(visible, criteria);
  if (criteria.currencyCode !== undefined) {
    const change = { currencyCode: null } as const;
    yield [{ kind: 'OTHER_CURRENCY', change, criteria: { ...criteria, currencyCode: undefined } }];
  }
  if (criteria.documentationRequired !== undefined) {
    const relaxed = { ...criteria, documentationRequired: undefined };
    const change = { documentationRequired: null } as const;
    yield [{ kind: 'WITH_DOCUMENTATION', change, criteria: relaxed }];
  }
  for (const type of NUMBER_TYPES) {
    if (type === criteria.type) continue;
    yield [{ kind: 'OTHER_TYPE', change: { type }, criteria: { ...criteria, type } }];
  }
}

/** What is asked of the digits, without the place. */
function* listOfDigits(criteria: SearchCriteria): Generator<Candidate[]> {
  const { filter } = criteria;
  const { patterns, excluded } = filter;
  const withFilter = (kind: RelaxationKind, change: SearchChange, more: Partial<NumberFilter>) => ({
    kind,
    change,
    criteria: { ...criteria, filter: { ...filter, ...more } },
  });
  if (excluded.length > 0) {
    yield [withFilter('WITHOUT_EXCLUSIONS', { excluded: null }, { excluded: [] })];
  }
  const [pattern, ...others] = patterns;
  if (pattern === undefined) return;
  const withPattern = (kind: RelaxationKind, relaxed: SearchPattern) =>
    withFilter(kind, { pattern: relaxed }, { patterns: [relaxed] });
  if (others.length === 0) {
    if (pattern.position !== 'CONTAINS' && !pattern.digits.startsWith('+')) {
      yield [withPattern('ANYWHERE', { ...pattern, position: 'CONTAINS' })];
    }
  }
  const shorter = others.length === 0 ? listShorter(pattern) : [];
  yield [
    ...shorter.map((each) => withPattern('SHORTER_PATTERN', each)),
    withFilter('WITHOUT_PATTERN', { pattern: null }, { patterns: [] }),
  ];
}

/** The same pattern with a digit less, and with two less; where it stands decides on which side. */
function listShorter(pattern: SearchPattern): SearchPattern[] {
  const { position, digits } = pattern;
  const shorter: string[] = [];
  for (let less = 1; shorter.length < TRIES_MAX && less < digits.length; less++) {
    if (position !== 'END') shorter.push(digits.slice(0, -less));
    if (position !== 'START') shorter.push(digits.slice(less));
  }
  return shorter.filter((text) => /\d/.test(text)).map((text) => ({ ...pattern, digits: text }));
}

/** More than these are no obstacle; fewer of them; at last any. */
function listOfCapabilities(criteria: SearchCriteria): Candidate[] {
  const { capabilities, capabilityMatch } = criteria;
  const candidates: Candidate[] = [];
  const add = (change: SearchChange, more: Partial<PoolCriteria>) =>
    candidates.push({ kind: 'OTHER_CAPABILITIES', change, criteria: { ...criteria, ...more } });
  if (capabilityMatch === 'EXACT') {
    add({ capabilityMatch: null }, { capabilityMatch: 'SUPERSET' });
  }
  for (const left of capabilities.length > 1 ? capabilities : []) {
    add(
      { capabilities: [left], capabilityMatch: null },
      { capabilities: [left], capabilityMatch: 'SUPERSET' },
    );
  }
  if (capabilities.length > 0) {
    add(
      { capabilities: null, capabilityMatch: null },
      { capabilities: [], capabilityMatch: 'SUPERSET' },
    );
  }
  return candidates;
}

/** The prices of the pools that only cost too much, the lowest first. */
function listOfPrices(visible: readonly Pool[], criteria: SearchCriteria): Candidate[] {
  const { maxSetupPrice, maxMonthlyPrice } = criteria;
  if (maxSetupPrice === undefined && maxMonthlyPrice === undefined) return [];
  const unlimited = { ...criteria, maxSetupPrice: undefined, maxMonthlyPrice: undefined };
  const dearer = visible.filter((pool) => fits(pool, unlimited) && !fits(pool, criteria));
  return dearer
    .toSorted(
      (a, b) => a.monthlyPriceMinor - b.monthlyPriceMinor || a.setupPriceMinor - b.setupPriceMinor,
    )
    .slice(0, TRIES_MAX)
    .map((pool) => {
      const change = {
        ...raised('maxSetupPrice', pool, pool.setupPriceMinor, criteria),
        ...raised('maxMonthlyPrice', pool, pool.monthlyPriceMinor, criteria),
      };
      return { kind: 'HIGHER_PRICE', change, criteria: { ...criteria, ...change } };
    });
}

/** A limit that is below a pool's price, raised to it. */
function raised(
  limit: 'maxSetupPrice' | 'maxMonthlyPrice',
  pool: Pool,
  priceMinor: number,
  criteria: SearchCriteria,
): Partial<Record<typeof limit, string>> {
  const alone = { ...criteria, maxSetupPrice: undefined, maxMonthlyPrice: undefined };
  if (fits(pool, { ...alone, [limit]: criteria[limit] })) return {};
  return { [limit]: formatAmount(priceMinor, pool.currencyCode) };
}

async function findAnything(
  context: Context,
  db: Reader,
  visible: readonly Pool[],
  { regionCode, type }: SearchCriteria,
): Promise<Relaxation[]> {
  const criteria = { capabilities: [], capabilityMatch: 'SUPERSET', filter: ANY_NUMBER } as const;
  for (const other of [type, ...NUMBER_TYPES.filter((each) => each !== type)]) {
    const relaxed = { regionCode, type: other, ...criteria };
    const example = await findExample(context, db, visible, relaxed);
    if (example === undefined) continue;
    const change: SearchChange = {
      ...(other !== type && { type: other }),
      capabilities: null,
      capabilityMatch: null,
      currencyCode: null,
      maxSetupPrice: null,
      maxMonthlyPrice: null,
      documentationRequired: null,
      pattern: null,
      excluded: null,
      place: null,
      sequential: null,
    };
    return [{ kind: 'WITHOUT_FILTERS', change, place: undefined, example }];
  }
  return [];
}
