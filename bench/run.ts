import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';

import { buildPackage } from '../scripts/build.ts';
import { drawSearchChart } from './chart.ts';
import { measureEngine, type Plan } from './measure-engine.ts';
import { openPostgresStocks } from './postgres-stocks.ts';
import { measureRenewals } from './renewals.ts';
import { describeEngine, describeGoals } from './report.ts';
import type { BenchResults, EngineResults } from './results.ts';
import { openSqliteStocks } from './sqlite-stocks.ts';
import { measureNoise } from './timing.ts';

/**
 * Speed, measured in one run: this machine's figures mean little, their ratios do. A full run takes at most
 * a quarter of an hour on two cores, and most of that the stocks of ten million numbers; `--quick` takes
 * about a minute. Stocks stay in the temporary folder for the next run; `--rebuild` makes them anew.
 * `--renewals` measures only those, in one to two minutes.
 */
const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rebuild: { type: 'boolean', default: false },
    renewals: { type: 'boolean', default: false },
  },
});

/** Enough for what grows with their number to be seen. */
const RENEWALS = 20_000;

const FULL: Plan = {
  sizes: [10_000, 1_000_000, 10_000_000],
  searchRounds: { sqlite: 2000, postgres: 150 },
  httpSeconds: 5,
  httpTurns: 5,
  rents: 6000,
  rentTurns: 5,
  importedRows: { sqlite: 300_000, postgres: 60_000 },
  importTurns: 3,
};
const QUICK: Plan = {
  sizes: [10_000, 100_000],
  searchRounds: { sqlite: 100, postgres: 30 },
  httpSeconds: 1,
  httpTurns: 3,
  rents: 1000,
  rentTurns: 3,
  importedRows: { sqlite: 50_000, postgres: 10_000 },
  importTurns: 1,
};

if (flags.renewals) {
  await showRenewals();
  process.exit();
}
const startedAt = performance.now();
await buildPackage();
const engines: EngineResults[] = [];
for (const openStocks of [openSqliteStocks, openPostgresStocks]) {
  await using stocks = await openStocks(flags.rebuild);
  engines.push(await measureEngine(stocks, flags.quick ? QUICK : FULL, showProgress));
}
const results: BenchResults = {
  machine: {
    cpu: cpus()[0]?.model ?? '',
    cores: cpus().length,
    memoryGigabytes: Math.round(totalmem() / 1e9),
    node: process.version,
  },
  noise: await measureNoise(),
  seconds: Math.round((performance.now() - startedAt) / 1000),
  engines,
};
for (const engine of engines) console.log(`\n${describeEngine(engine)}`);
console.log(`\n${describeGoals(results)}`);
await writeResults();

function showProgress(done: string): void {
  console.error(`${((performance.now() - startedAt) / 1000).toFixed(0).padStart(4)} s  ${done}`);
}

/** By one worker and by two, in turn. */
async function showRenewals(): Promise<void> {
  for (const openStocks of [openSqliteStocks, openPostgresStocks]) {
    await using stocks = await openStocks(false);
    for (const workers of [1, 2]) {
      const { perSecond, cpuMs, minutes } = await measureRenewals(stocks, RENEWALS, workers);
      console.log(
        `${stocks.engine}, workers: ${workers}: ${perSecond} renewals/s, ${cpuMs.toFixed(2)} ms CPU each, ${minutes.toFixed(1)} min for 100 000`,
      );
    }
  }
}

async function writeResults(): Promise<void> {
  const folder = new URL('results/', import.meta.url);
  await mkdir(folder, { recursive: true });
  const name = flags.quick ? 'quick' : 'full';
  await writeFile(new URL(`${name}.json`, folder), `${JSON.stringify(results, null, 2)}\n`);
  // The published chart shows ten million numbers; that of a quick run stands beside its results.
  const chart = flags.quick
    ? new URL('quick.svg', folder)
    : new URL('../../docs/search.svg', folder);
  await writeFile(chart, drawSearchChart(results));
  console.log(`\nWritten to bench/results/${name}.json after ${results.seconds} s.`);
}
