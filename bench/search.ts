import { searchAvailableNumbers } from '../src/app/search-available-numbers.ts';
import type { Context } from '../src/context.ts';
import type { ProjectId } from '../src/domain/project-id.ts';
import { openStore } from '../src/store/store.ts';
import { createBenchContext, learnPlaces } from './context.ts';
import { BASE, SEARCH_CASES, type SearchCase } from './search-cases.ts';
import { countReads } from './search-reads.ts';
import { createRandom, timeRounds, type Timing } from './timing.ts';

/** Searches whose reads are counted: they are slower, and the mean of so many is good enough. */
const COUNTED = 20;
const SEED = 20_260_101;
const PROJECT_ID = 'bench' as ProjectId;

/** Of one search, on average. */
export interface SearchResult extends Timing {
  name: string;
  isPattern: boolean;
  isDrawn: boolean;
  /** Numbers found; 20 is a full page. */
  found: number;
  ranges: number;
  rows: number;
  entries: number | undefined;
}

/** Every kind of search, in the process. */
export async function measureSearch(databaseUrl: string, rounds: number): Promise<SearchResult[]> {
  await using store = await openStore(databaseUrl);
  const context = createBenchContext(store);
  await learnPlaces(context);
  const results: SearchResult[] = [];
  // All kinds before the first is measured, which would otherwise wait for the compiler alone.
  for (const searchCase of SEARCH_CASES) {
    await timeRounds(0, rounds / 10, toSearch(context, searchCase));
  }
  for (const searchCase of SEARCH_CASES) {
    const timing = await timeRounds(rounds, rounds / 10, toSearch(context, searchCase));
    let found = 0;
    const reads = await countReads(store, async (counted) => {
      const search = toSearch({ ...context, store: counted }, searchCase);
      for (let i = 0; i < COUNTED; i++) found += await search();
    });
    results.push({
      name: searchCase.name,
      isPattern: searchCase.isPattern,
      isDrawn: searchCase.isDrawn,
      ...timing,
      found: found / COUNTED,
      ranges: reads.ranges / COUNTED,
      rows: reads.rows / COUNTED,
      entries: reads.entries === undefined ? undefined : reads.entries / COUNTED,
    });
  }
  return results;
}

/** Searches of a kind, one at each call and the same in every run. @returns how many numbers each found. */
function toSearch(context: Context, { criteria }: SearchCase): () => Promise<number> {
  const random = createRandom(SEED);
  return async () => {
    const wanted = { ...BASE, ...criteria(random) };
    return (await searchAvailableNumbers(context, PROJECT_ID, wanted)).numbers.length;
  };
}
