import type { HttpResult } from './http.ts';
import type { ImportResult } from './import.ts';
import type { RentsResult } from './rents.ts';
import type { SearchResult } from './search.ts';
import type { Engine } from './stocks.ts';
import type { Timing } from './timing.ts';

/** All that one run has measured: what is written to bench/results/. */
export interface BenchResults {
  machine: { cpu: string; cores: number; memoryGigabytes: number; node: string };
  /** Of a tenth of a millisecond of computing that asks nobody. */
  noise: Timing;
  seconds: number;
  engines: EngineResults[];
}

export interface EngineResults {
  engine: Engine;
  /** From the smallest to the largest. */
  stocks: StockResults[];
  /** With the largest stock. */
  http: HttpResult;
  rents: RentsResult & { size: number };
  import: ImportResult;
}

export interface StockResults {
  size: number;
  bytesPerNumber: number;
  buildSeconds: number;
  search: SearchResult[];
}
