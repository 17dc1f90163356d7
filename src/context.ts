import type { StockCounter } from './app/count-stock.ts';
import type { AccountCatalog } from './app/account-catalog.ts';
import type { LimitCatalog } from './app/limit-catalog.ts';
import type { PoolCatalog } from './app/pool-catalog.ts';
import type { SearchPlaces } from './app/search-places.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Ids } from './ids.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { CallbackClient } from './outgoing.ts';
import type { Platform } from './platforms/platform.ts';
import type { Store } from './store/store.ts';
import type { Signal } from './signal.ts';

/** What a use case needs, made once by `server.ts` and passed to every one of them. */
export interface Context {
  config: Config;
  store: Store;
  clock: Clock;
  ids: Ids;
  log: Log;
  metrics: Metrics;
  platform: Platform;
  callbacks: CallbackClient;
  pools: PoolCatalog;
  limits: LimitCatalog;
  accounts: AccountCatalog;
  places: SearchPlaces;
  /** How many numbers there are of what, counted now and then. */
  stock: StockCounter;
  /** Signs bearer and page tokens; the same for all processes of an installation. */
  tokenKey: Uint8Array;
  /** Raised when jobs were ordered, so that the worker does not wait for its next look. */
  jobsOrdered: Signal;
}
