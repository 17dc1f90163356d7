import { PoolCatalog } from '../src/app/pool-catalog.ts';
import { searchAvailableNumbers } from '../src/app/search-available-numbers.ts';
import { SearchPlaces } from '../src/app/search-places.ts';
import { systemClock } from '../src/clock.ts';
import type { Context } from '../src/context.ts';
import type { ProjectId } from '../src/domain/project-id.ts';
import { parseSearchPattern, type SearchPattern } from '../src/domain/search-pattern.ts';
import { createIds } from '../src/ids.ts';
import { openStore } from '../src/store/store.ts';
import { createRandom, POOLS } from './stock.ts';

const WARM_UP = 200;
const SEED = 20_260_101;

export interface SearchResult {
  kind: string;
  p50Ms: number;
  p99Ms: number;
  /** Numbers found by a search, on average; 20 is a full page. */
  found: number;
}

/** Every kind of pattern, in the process, on US LOCAL numbers: two pools, half of the stock. */
export async function measureSearch(databaseUrl: string, rounds: number): Promise<SearchResult[]> {
  await using store = await openStore(databaseUrl);
  const ids = createIds(systemClock);
  const parts = { store, ids, pools: new PoolCatalog(store), places: new SearchPlaces(ids) };
  // A search needs no more of its context than these.
  const context = parts as unknown as Context;
  const results: SearchResult[] = [];
  for (const [kind, patternOf] of Object.entries(kinds())) {
    const times: number[] = [];
    let found = 0;
    for (let round = -WARM_UP; round < rounds; round++) {
      const pattern = patternOf();
      const startedAt = performance.now();
      const numbers = await searchAvailableNumbers(context, 'bench' as ProjectId, {
        regionCode: 'US',
        type: 'LOCAL',
        capabilities: [],
        pattern,
        size: 20,
      });
      if (round < 0) continue;
      times.push(performance.now() - startedAt);
      found += numbers.length;
    }
    times.sort((a, b) => a - b);
    results.push({
      kind,
      p50Ms: quantile(times, 0.5),
      p99Ms: quantile(times, 0.99),
      found: found / rounds,
    });
  }
  return results;
}

function kinds(): Record<string, () => SearchPattern | undefined> {
  const random = createRandom(SEED);
  const digits = (count: number) => String(random(10 ** count)).padStart(count, '0');
  const areaCodes = POOLS[0]?.prefixes ?? [];
  const areaCode = () => areaCodes[random(areaCodes.length)] ?? '';
  return {
    'no pattern': () => undefined,
    'START +1 and 3': () => parseSearchPattern(`+1${areaCode()}`, 'START'),
    'START +1 and 6': () => parseSearchPattern(`+1${areaCode()}${digits(3)}`, 'START'),
    'END 2': () => parseSearchPattern(digits(2), 'END'),
    'END 4': () => parseSearchPattern(digits(4), 'END'),
    ...Object.fromEntries(
      [1, 2, 3, 4, 5, 6, 7].map((count) => [
        `CONTAINS ${count}`,
        () => parseSearchPattern(digits(count), 'CONTAINS'),
      ]),
    ),
  };
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
