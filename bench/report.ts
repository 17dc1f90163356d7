import { formatCount, formatTable } from '../src/cli/table.ts';
import { listGoals, million } from './goals.ts';
import type { BenchResults, EngineResults, StockResults } from './results.ts';

const ENGINE_NAMES = { sqlite: 'SQLite', postgres: 'PostgreSQL' };

/** The tables of one engine, as text. */
export function describeEngine(results: EngineResults): string {
  const { http, rents, import: imported } = results;
  const latency = ({ p50Ms, p99Ms }: { p50Ms: number; p99Ms: number }) =>
    `p50 ${ms(p50Ms)} ms, p99 ${ms(p99Ms)} ms`;
  const largest = million(results.stocks.at(-1)?.size ?? 0);
  const lines = [
    [`HTTP search, ${largest}`, `${count(http.searchesPerSecond)}/s, p99 ${http.searchP99Ms} ms`],
    ['bare node:http', `${count(http.barePerSecond)}/s: ratio ${http.ratio.toFixed(2)}`],
    [`HTTP check, ${largest}`, `${count(http.checksPerSecond)}/s`],
    [`check, ${million(rents.size)}`, latency(rents.check)],
    [`rent, ${million(rents.size)}`, `${count(rents.togetherRentsPerSecond)}/s durable, together`],
    [
      'one commit for each',
      `${count(rents.aloneRentsPerSecond)}/s: ratio ${rents.ratio.toFixed(2)}`,
    ],
    [
      'rentAny',
      `${count(rents.rentAnyPerSecond)}/s durable, together; alone ${latency(rents.rentAny)}`,
    ],
    [
      `import, ${count(imported.rows)} rows`,
      `${count(imported.rowsPerSecond)} rows/s, ${imported.bytesPerNumber.toFixed(1)} bytes each`,
    ],
    [
      'bare prepared insert',
      `${count(imported.bareRowsPerSecond)} rows/s: ratio ${imported.ratio.toFixed(2)}`,
    ],
    [
      `ready, ${largest}`,
      `${http.readyMs.toFixed(0)} ms; from source ${http.readyFromSourceMs.toFixed(0)} ms`,
    ],
    ['memory while serving', `${http.megabytes.toFixed(0)} MB`],
  ];
  return [
    ...results.stocks.map((stock) => describeStock(results.engine, stock)),
    formatTable([ENGINE_NAMES[results.engine], ''], lines),
  ].join('\n\n');
}

/** What was measured on one stock: `entries` are index entries read, where the engine tells. */
function describeStock(
  engine: EngineResults['engine'],
  { size, bytesPerNumber, buildSeconds, search }: StockResults,
): string {
  const header = ['search', 'p50 ms', 'p99 ms', 'found', 'ranges', 'rows', 'entries'];
  const rows = search.map((result) => [
    result.name,
    ms(result.p50Ms),
    ms(result.p99Ms),
    result.found.toFixed(1),
    result.ranges.toFixed(1),
    result.rows.toFixed(1),
    result.entries?.toFixed(1) ?? '',
  ]);
  return `${ENGINE_NAMES[engine]}, ${million(size)} numbers of ${bytesPerNumber.toFixed(1)} bytes, built in ${buildSeconds.toFixed(0)} s
${formatTable(header, rows, header.slice(1))}`;
}

/** Which goals are reached, and why the others are not. */
export function describeGoals(results: BenchResults): string {
  const { p50Ms, p99Ms } = results.noise;
  const goals = listGoals(results);
  const table = formatTable(
    ['goal, on SQLite', 'wanted', 'measured', ''],
    goals.map((goal) => [
      goal.what,
      goal.wanted,
      goal.measured,
      goal.isReached ? 'reached' : 'missed',
    ]),
  );
  const reasons = goals
    .filter(({ isReached }) => !isReached)
    .map(({ what, why }) => [`${what}:`, ...why.map((reason) => `  ${reason}`)].join('\n'));
  const noise = `The machine: a piece of computing that takes ${ms(p50Ms)} ms takes ${ms(p99Ms)} ms once in a hundred times.`;
  return [table, ...reasons, noise].join('\n\n');
}

function ms(milliseconds: number): string {
  return milliseconds.toFixed(milliseconds < 10 ? 3 : 1);
}

function count(value: number): string {
  return formatCount(Math.round(value));
}
