import type { Context } from '../context.ts';
import { ANY_NUMBER, type NumberFilter } from '../domain/number-filter.ts';
import { loadGazetteer } from '../domain/gazetteer.ts';
import type { Place } from '../domain/place.ts';
import type { Pool } from '../domain/pool.ts';
import type { ProjectId } from '../domain/project-id.ts';
import type { PlaceQuery } from '../domain/resolve-places.ts';
import type { Reader } from '../store/store.ts';
import {
  fits,
  type PoolCriteria,
  type SearchCriteria,
  type SearchResult,
} from './search-available-numbers.ts';
import { searchPool } from './search-pool.ts';
import { SearchWork } from './search-work.ts';
import { findRelaxations, type Relaxation } from './relax-search.ts';

/** Numbers are counted up to here: whoever has so many to choose from needs no figure. */
const COUNT_MAX = 1000;
/** Rows and ranges that are read for one count at most: some milliseconds on SQLite. */
const COUNT_WORK_MAX = 5000;

/** A count of pools is exact; one of numbers may have been given up. */
export interface ExplainedCount {
  unit: 'POOLS' | 'NUMBERS';
  count: number;
  precision: 'EXACT' | 'AT_LEAST';
}

/** A part of what was asked, in the order in which the parts were tried. */
export type SearchStep =
  | 'capabilities'
  | 'currencyCode'
  | 'maxSetupPrice'
  | 'maxMonthlyPrice'
  | 'documentationRequired'
  | 'place'
  | 'patterns'
  | 'excluded';

export interface ExplainedStep {
  step: SearchStep;
  removed: ExplainedCount;
  /** What was still there after this step. */
  left: ExplainedCount;
}

export interface Explanation {
  /** FULL: as many as were asked for, so that there is nothing to explain. */
  outcome: 'FULL' | 'SHORT' | 'EMPTY';
  /** Pools of the region and type that the project may see. */
  pools: number;
  /** Available numbers of the pools that fit. */
  numbers: ExplainedCount;
  steps: ExplainedStep[];
  /** Searches that are like this one and have numbers, the most alike first. None when the outcome is FULL. */
  relaxations: Relaxation[];
}

/**
 * Why a search found what it did. Pools are counted in memory. Of numbers only some are looked at: all of it takes
 * some tens of milliseconds at most, with turns for others.
 * @param place what was asked about the place, which the filter has as beginnings, and the places that were meant.
 */
export async function explainSearch(
  context: Context,
  projectId: ProjectId,
  criteria: SearchCriteria,
  result: SearchResult,
  place: { query: PlaceQuery | undefined; places: readonly Place[] },
): Promise<Explanation> {
  const visible = (await context.pools.current()).visibleTo(projectId);
  const { pools, steps, ofRegion } = explainPools(visible, criteria);
  const relaxedPlace = place.query && {
    gazetteer: await loadGazetteer(),
    query: place.query,
    places: place.places,
  };
  const { size, sequential = 1 } = criteria;
  const found = result.numbers.length;
  // A page may be short and not the last one.
  const isFull = found >= Math.floor(size / sequential) * sequential || result.next !== undefined;
  return context.store.readRecent(async (db) => {
    const count = (filter: NumberFilter) => countNumbers(context, db, pools, filter);
    const numbers = await count(ANY_NUMBER);
    await explainDigits(criteria.filter, numbers, count, steps);
    return {
      outcome: isFull ? 'FULL' : found > 0 ? 'SHORT' : 'EMPTY',
      pools: ofRegion,
      numbers,
      steps,
      relaxations: isFull
        ? []
        : await findRelaxations(context, db, visible, criteria, relaxedPlace),
    };
  });
}

/** The filters of pools, one after the other. */
function explainPools(visible: readonly Pool[], criteria: PoolCriteria) {
  const steps: ExplainedStep[] = [];
  const { regionCode, type, capabilities, capabilityMatch } = criteria;
  let asked: PoolCriteria = { regionCode, type, capabilities: [], capabilityMatch: 'SUPERSET' };
  let pools = visible.filter((pool) => fits(pool, asked));
  const ofRegion = pools.length;
  function add(step: SearchStep, more: Partial<PoolCriteria>): void {
    asked = { ...asked, ...more };
    const left = pools.filter((pool) => fits(pool, asked));
    steps.push({
      step,
      removed: exactPools(pools.length - left.length),
      left: exactPools(left.length),
    });
    pools = left;
  }
  if (capabilities.length > 0 || capabilityMatch === 'EXACT') {
    add('capabilities', { capabilities, capabilityMatch });
  }
  for (const step of POOL_STEPS) {
    if (criteria[step] !== undefined) add(step, { [step]: criteria[step] });
  }
  return { pools, steps, ofRegion };
}

const POOL_STEPS = [
  'currencyCode',
  'maxSetupPrice',
  'maxMonthlyPrice',
  'documentationRequired',
] as const;

/** The filters of digits, one after the other, in the order in which people think of them. */
async function explainDigits(
  { prefixes, patterns, excluded }: NumberFilter,
  all: ExplainedCount,
  count: (filter: NumberFilter) => Promise<ExplainedCount>,
  steps: ExplainedStep[],
): Promise<void> {
  let asked = ANY_NUMBER;
  let before = all;
  const parts: [SearchStep, boolean, Partial<NumberFilter>][] = [
    ['place', prefixes !== undefined, { prefixes }],
    ['patterns', patterns.length > 0, { patterns }],
    ['excluded', excluded.length > 0, { excluded }],
  ];
  for (const [step, isAsked, more] of parts) {
    if (!isAsked) continue;
    asked = { ...asked, ...more };
    // Of nothing there is nothing left, whatever is asked.
    const left = before.count === 0 && before.precision === 'EXACT' ? before : await count(asked);
    steps.push({ step, removed: difference(before, left), left });
    before = left;
  }
}

function difference(before: ExplainedCount, left: ExplainedCount): ExplainedCount {
  const isExact = before.precision === 'EXACT' && left.precision === 'EXACT';
  // What is left may be more than was counted, and then fewer were removed: nothing is certain.
  const count = left.precision === 'EXACT' ? Math.max(0, before.count - left.count) : 0;
  return { unit: 'NUMBERS', count, precision: isExact ? 'EXACT' : 'AT_LEAST' };
}

async function countNumbers(
  context: Context,
  db: Reader,
  pools: readonly Pool[],
  filter: NumberFilter,
): Promise<ExplainedCount> {
  const work = new SearchWork(COUNT_WORK_MAX);
  let count = 0;
  for (const pool of pools) {
    const limit = COUNT_MAX - count;
    count += (await searchPool(context, db, pool, filter, limit, work)).length;
    if (count >= COUNT_MAX || work.isSpent) {
      return { unit: 'NUMBERS', count, precision: 'AT_LEAST' };
    }
  }
  return { unit: 'NUMBERS', count, precision: 'EXACT' };
}

function exactPools(count: number): ExplainedCount {
  return { unit: 'POOLS', count, precision: 'EXACT' };
}
