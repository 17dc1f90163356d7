import type { BenchResults, EngineResults, StockResults } from './results.ts';
import type { SearchResult } from './search.ts';

/** What is aimed at, and what came of it. */
export interface Goal {
  what: string;
  wanted: string;
  measured: string;
  isReached: boolean;
  /** Why not, as far as the results tell; empty when it is reached. */
  why: string[];
}

const P99_MS_MAX = 1;
const GROWTH_MAX = 1.5;
const HTTP_RATIO_MIN = 0.45;
const RENT_RATIO_MIN = 5;
const IMPORT_RATIO_MIN = 0.5;
const BYTES_MAX = 100;
const READY_MS_MAX = 500;
const MEGABYTES_MAX = 200;

/** The goals are those of SQLite, the engine that every installation starts with. */
export function listGoals({ engines }: Pick<BenchResults, 'engines'>): Goal[] {
  const sqlite = engines.find(({ engine }) => engine === 'sqlite');
  const small = sqlite?.stocks[0];
  const large = sqlite?.stocks.at(-1);
  if (sqlite === undefined || small === undefined || large === undefined) return [];
  return [
    toLatencyGoal(large),
    toGrowthGoal(small, large),
    toHttpGoal(sqlite),
    toRentGoal(sqlite),
    toImportGoal(sqlite),
    toFileGoal(large),
    toStartGoal(sqlite),
    toMemoryGoal(sqlite),
  ];
}

function toLatencyGoal(large: StockResults): Goal {
  const patterns = large.search.filter(({ isPattern }) => isPattern);
  const slow = patterns.filter(({ p99Ms }) => p99Ms > P99_MS_MAX);
  const slowest = patterns.reduce((a, b) => (a.p99Ms >= b.p99Ms ? a : b));
  return {
    what: `p99 of every kind of pattern, ${million(large.size)}`,
    wanted: `≤ ${P99_MS_MAX} ms`,
    measured: `${slowest.p99Ms.toFixed(2)} ms (${slowest.name})`,
    isReached: slow.length === 0,
    why: slow.map(explainSlow),
  };
}

function explainSlow({ name, p99Ms, ranges, found }: SearchResult): string {
  const asked = `${name}: ${p99Ms.toFixed(2)} ms`;
  return found < 20
    ? `${asked}, for there are only ${found.toFixed(1)} matches and all ${ranges.toFixed(0)} ranges are asked`
    : `${asked} for ${ranges.toFixed(0)} ranges`;
}

function toGrowthGoal(small: StockResults, large: StockResults): Goal {
  const patterns = small.search.filter(({ isPattern }) => isPattern);
  const growths = patterns.flatMap((before) => {
    const after = large.search.find(({ name }) => name === before.name);
    if (after === undefined) return [];
    return [{ before, after, times: after.p99Ms / before.p99Ms }];
  });
  const missed = growths.filter(({ times }) => times > GROWTH_MAX);
  const worst = growths.reduce((a, b) => (a.times >= b.times ? a : b));
  return {
    what: `p99 at ${million(large.size)} against ${million(small.size)}`,
    wanted: `≤ ${GROWTH_MAX} times`,
    measured: `${worst.times.toFixed(2)} times (${worst.after.name})`,
    isReached: missed.length === 0,
    why: missed.map(({ before, after }) => explainGrowth(before, after)),
  };
}

function explainGrowth(before: SearchResult, after: SearchResult): string {
  const p99 = `${after.name}: ${before.p99Ms.toFixed(2)} → ${after.p99Ms.toFixed(2)} ms`;
  const p50 = `median ${before.p50Ms.toFixed(2)} → ${after.p50Ms.toFixed(2)} ms`;
  const ranges = `${before.ranges.toFixed(0)} → ${after.ranges.toFixed(0)} ranges`;
  return `${p99} (${p50}, ${ranges})`;
}

function toHttpGoal({ http }: EngineResults): Goal {
  return toGoal(
    'HTTP search against bare node:http',
    HTTP_RATIO_MIN,
    http.ratio,
    `${(1e6 / http.searchesPerSecond).toFixed(0)} µs a request, of which bare node:http takes ${(1e6 / http.barePerSecond).toFixed(0)} µs`,
  );
}

function toRentGoal({ rents }: EngineResults): Goal {
  const alone = 1000 / rents.aloneRentsPerSecond;
  const together = 1000 / rents.togetherRentsPerSecond;
  return toGoal(
    'durable rents together against one commit each',
    RENT_RATIO_MIN,
    rents.ratio,
    `a rent with a commit of its own takes ${alone.toFixed(2)} ms on this disk, one of many ${together.toFixed(2)} ms: the flush that they share is not more of it`,
  );
}

function toImportGoal({ import: imported }: EngineResults): Goal {
  return toGoal(
    'import against a bare insert',
    IMPORT_RATIO_MIN,
    imported.ratio,
    `${(1e6 / imported.rowsPerSecond).toFixed(1)} µs a row, of which a bare insert takes ${(1e6 / imported.bareRowsPerSecond).toFixed(1)} µs`,
  );
}

function toGoal(what: string, wanted: number, measured: number, why: string): Goal {
  const isReached = measured >= wanted;
  return {
    what,
    wanted: `≥ ${wanted} times`,
    measured: `${measured.toFixed(2)} times`,
    isReached,
    why: isReached ? [] : [why],
  };
}

function toFileGoal({ size, bytesPerNumber }: StockResults): Goal {
  const isReached = bytesPerNumber < BYTES_MAX;
  return {
    what: `database for each number, ${million(size)}`,
    wanted: `< ${BYTES_MAX} bytes`,
    measured: `${bytesPerNumber.toFixed(1)} bytes`,
    isReached,
    why: isReached ? [] : ['a number stands in the table and twice in the indexes of search'],
  };
}

function toStartGoal({ http }: EngineResults): Goal {
  const isReached = http.readyMs < READY_MS_MAX;
  return {
    what: 'ready on the largest stock',
    wanted: `< ${READY_MS_MAX} ms`,
    measured: `${http.readyMs.toFixed(0)} ms`,
    isReached,
    why: isReached ? [] : ['nearly all of it is loading the program, whatever the stock'],
  };
}

function toMemoryGoal({ http }: EngineResults): Goal {
  const isReached = http.megabytes < MEGABYTES_MAX;
  return {
    what: 'memory while serving the largest stock',
    wanted: `< ${MEGABYTES_MAX} MB`,
    measured: `${http.megabytes.toFixed(0)} MB`,
    isReached,
    why: isReached
      ? []
      : [
          'the runtime itself is 59 MB of it; the rest are the program, its garbage and page caches',
        ],
  };
}

/** 10000 → `10 k`, 10000000 → `10 M`. */
export function million(size: number): string {
  return size >= 1_000_000 ? `${size / 1_000_000} M` : `${size / 1000} k`;
}
