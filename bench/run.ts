import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { measureHttp } from './http.ts';
import { measureSearch, type SearchResult } from './search.ts';
import { buildStock } from './stock.ts';

/**
 * Speed, measured in one run: this machine's numbers mean little, their ratios do.
 * `--quick` takes about a minute; without it the stock of ten million alone takes some.
 */
const { values: flags } = parseArgs({
  options: { quick: { type: 'boolean', default: false } },
});
const SIZES = flags.quick ? [10_000, 200_000] : [10_000, 1_000_000, 10_000_000];
const ROUNDS = flags.quick ? 500 : 2000;
const HTTP_SECONDS_PER_TURN = flags.quick ? 3 : 8;
const HTTP_TURNS = flags.quick ? 3 : 5;

const folder = join(tmpdir(), 'numberyard-bench');
const stocks: {
  size: number;
  bytesPerNumber: number;
  buildSeconds: number;
  search: SearchResult[];
  http: Awaited<ReturnType<typeof measureHttp>>;
}[] = [];
for (const size of SIZES) {
  const path = join(folder, `${size}.sqlite`);
  const { databaseUrl, bytesPerNumber, seconds } = await buildStock(path, size);
  console.log(
    `\n${size.toLocaleString('en')} numbers: ${bytesPerNumber.toFixed(1)} bytes each, built in ${seconds.toFixed(1)} s`,
  );
  const search = await measureSearch(databaseUrl, ROUNDS);
  printSearch(search);
  const http = await measureHttp(databaseUrl, HTTP_SECONDS_PER_TURN, HTTP_TURNS);
  console.log(
    `HTTP search ${http.search.requestsPerSecond.toFixed(0)}/s, bare node:http ${http.bare.requestsPerSecond.toFixed(0)}/s: ` +
      `ratio ${http.ratio.toFixed(2)}, p99 ${http.search.p99Ms} ms, ${http.search.rssMiB} MiB`,
  );
  stocks.push({ size, bytesPerNumber, buildSeconds: seconds, search, http });
}
printGrowth(stocks[0]?.search ?? [], stocks.at(-1)?.search ?? []);
await writeResults();

function printSearch(results: readonly SearchResult[]): void {
  console.log('  pattern           p50 ms   p99 ms    found');
  for (const { kind, p50Ms, p99Ms, found } of results) {
    console.log(
      `  ${kind.padEnd(16)}${p50Ms.toFixed(3).padStart(8)}${p99Ms.toFixed(3).padStart(9)}${found.toFixed(1).padStart(9)}`,
    );
  }
}

function printGrowth(small: readonly SearchResult[], large: readonly SearchResult[]): void {
  console.log(
    `\nMedian at ${SIZES.at(-1)?.toLocaleString('en')} against ${SIZES[0]?.toLocaleString('en')} numbers:`,
  );
  small.forEach(({ kind, p50Ms }, i) => {
    console.log(
      `  ${kind.padEnd(16)}${((large[i]?.p50Ms ?? Number.NaN) / p50Ms).toFixed(2).padStart(8)} times`,
    );
  });
}

async function writeResults(): Promise<void> {
  const results = new URL('results/', import.meta.url);
  await mkdir(results, { recursive: true });
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version };
  const name = flags.quick ? 'quick.json' : 'full.json';
  await writeFile(new URL(name, results), `${JSON.stringify({ machine, stocks }, null, 2)}\n`);
  console.log(`\nWritten to bench/results/${name}`);
}
