import { AccountCatalog } from '../src/app/account-catalog.ts';
import { LimitCatalog } from '../src/app/limit-catalog.ts';
import { PoolCatalog } from '../src/app/pool-catalog.ts';
import { SearchPlaces } from '../src/app/search-places.ts';
import { systemClock } from '../src/clock.ts';
import { loadConfig } from '../src/config.ts';
import type { Context } from '../src/context.ts';
import { createIds } from '../src/ids.ts';
import { Signal } from '../src/signal.ts';
import type { Store } from '../src/store/store.ts';

/** What use cases get, without a server around them: as much of it as those that are measured need. */
export function createBenchContext(store: Store): Context {
  const ids = createIds(systemClock);
  const parts = {
    config: loadConfig({}),
    store,
    ids,
    clock: systemClock,
    pools: new PoolCatalog(store),
    limits: new LimitCatalog(store),
    accounts: new AccountCatalog(store),
    places: new SearchPlaces(store, ids),
    jobsOrdered: new Signal(),
  };
  return parts as unknown as Context;
}

/** Lets searches know the stock as they do in a server that has run for some seconds. */
export async function learnPlaces({ pools, places }: Context): Promise<void> {
  for (const pool of (await pools.current()).all) {
    for (const index of ['e164', 'reversed'] as const) await places.learn(index, pool);
  }
}
