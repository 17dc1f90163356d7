import type { Context } from '../context.ts';
import type { NumberArea } from '../domain/number-area.ts';
import type { Capability, NumberType, Pool } from '../domain/pool.ts';
import type { ProjectId } from '../domain/project-id.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import { DomainError } from '../errors.ts';

export const COVERAGE_GROUPINGS = ['region', 'areaCode', 'locality'] as const;
export type CoverageGrouping = (typeof COVERAGE_GROUPINGS)[number];

export interface CoverageQuery {
  regionCode: string | undefined;
  type: NumberType | undefined;
  groupBy: CoverageGrouping;
  /** Groups behind this one; `undefined` for the first page. */
  after: string | undefined;
  size: number;
}

/** Available numbers that are alike. What they are not grouped by is ''. */
export interface CoverageGroup extends NumberArea {
  regionCode: string;
  type: NumberType;
  capabilities: readonly Capability[];
  availableCount: number;
  /** Numbers with prices in different currencies are in different groups. */
  currencyCode: string;
  setupPriceMinorMin: number;
  monthlyPriceMinorMin: number;
}

export interface Coverage {
  groups: CoverageGroup[];
  /** When the count began that this is from. */
  asOf: Timestamp;
  /** The last group of the page when there are more. */
  next: string | undefined;
}

/**
 * How many numbers this project could rent, and from what price on, by region, type, area, capabilities and
 * currency; groups without numbers are left out. It is from a count in memory and asks nothing of the
 * database, so its cost depends on the number of areas and not of numbers.
 * @throws DomainError UNAVAILABLE while there is no count that is recent enough.
 */
export async function getCoverage(
  context: Context,
  projectId: ProjectId,
  query: CoverageQuery,
): Promise<Coverage> {
  const counted = await context.stock.areas();
  if (counted === undefined) {
    throw new DomainError('UNAVAILABLE', 'The numbers are being counted; try again in a moment.');
  }
  const pools = new Map(
    (await context.pools.current())
      .visibleTo(projectId)
      .filter((pool) => isAsked(pool, query))
      .map((pool) => [pool.id, pool]),
  );
  const groups = new Map<string, CoverageGroup>();
  for (const { poolId, count, ...area } of counted.areas) {
    const pool = pools.get(poolId);
    if (pool === undefined) continue;
    const group = toGroup(pool, groupedArea(area, query.groupBy));
    const key = keyOf(group);
    const known = groups.get(key) ?? group;
    known.availableCount += count;
    known.setupPriceMinorMin = Math.min(known.setupPriceMinorMin, pool.setupPriceMinor);
    known.monthlyPriceMinorMin = Math.min(known.monthlyPriceMinorMin, pool.monthlyPriceMinor);
    groups.set(key, known);
  }
  const { after = '', size } = query;
  const keys = [...groups.keys()].filter((key) => key > after).sort();
  const page = keys.slice(0, size);
  return {
    groups: page.flatMap((key) => groups.get(key) ?? []),
    asOf: counted.asOf,
    next: keys.length > size ? page.at(-1) : undefined,
  };
}

function isAsked(pool: Pool, { regionCode, type }: CoverageQuery): boolean {
  return (
    (regionCode === undefined || pool.regionCode === regionCode) &&
    (type === undefined || pool.type === type)
  );
}

/** Nothing more of an area than what is grouped by. */
function groupedArea(area: NumberArea, groupBy: CoverageGrouping): NumberArea {
  const nowhere = { areaCode: '', locality: '', administrativeArea: '' };
  switch (groupBy) {
    case 'region':
      return nowhere;
    case 'areaCode':
      return { ...nowhere, areaCode: area.areaCode };
    case 'locality':
      return { ...nowhere, locality: area.locality, administrativeArea: area.administrativeArea };
  }
}

function toGroup(pool: Pool, area: NumberArea): CoverageGroup {
  return {
    regionCode: pool.regionCode,
    type: pool.type,
    ...area,
    capabilities: pool.capabilities,
    availableCount: 0,
    currencyCode: pool.currencyCode,
    setupPriceMinorMin: pool.setupPriceMinor,
    monthlyPriceMinorMin: pool.monthlyPriceMinor,
  };
}

/** Also the order of groups. A space sorts before everything that names have. */
function keyOf(group: CoverageGroup): string {
  return [
    group.regionCode,
    group.type,
    group.areaCode,
    group.administrativeArea,
    group.locality,
    group.capabilities.join('+'),
    group.currencyCode,
  ].join('  ');
}
