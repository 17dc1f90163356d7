import type { Context } from '../context.ts';
import { NUMBER_TYPES, type NumberType } from '../domain/pool.ts';
import type { ProjectId } from '../domain/project-id.ts';
import { regionName } from '../domain/region.ts';

export interface AvailableRegion {
  regionCode: string;
  regionName: string;
  types: NumberType[];
}

/**
 * The regions this project has numbers of, rented ones too, in the order of their codes, each with all of its types.
 * @param types only regions that offer any of these; empty for all.
 */
export async function listAvailableRegions(
  context: Context,
  projectId: ProjectId,
  types: readonly NumberType[],
): Promise<AvailableRegion[]> {
  const typesByRegion = new Map<string, Set<NumberType>>();
  for (const pool of (await context.pools.current()).visibleTo(projectId)) {
    // Made, but nothing was ever imported.
    if (pool.digitsMax === 0) continue;
    const known = typesByRegion.get(pool.regionCode) ?? new Set();
    typesByRegion.set(pool.regionCode, known.add(pool.type));
  }
  return [...typesByRegion]
    .filter(([, offered]) => types.length === 0 || types.some((type) => offered.has(type)))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([regionCode, offered]) => ({
      regionCode,
      regionName: regionName(regionCode),
      types: NUMBER_TYPES.filter((type) => offered.has(type)),
    }));
}
