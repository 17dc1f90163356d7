import { type Stats, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';

import type { Command } from 'commander';

import {
  type ImportCounts,
  type ImportProblem,
  importNumbers,
  type ImportRow,
} from '../app/import-numbers.ts';
import type { Pool } from '../domain/pool.ts';
import { listPools } from '../store/pool.ts';
import { hidePassword } from '../store/store.ts';
import { readRows } from './csv-rows.ts';
import { type CommandContext, withDatabase } from './database.ts';
import { CommandError } from './failure.ts';
import { addDatabaseOptions, type ConfigFlags } from './flags.ts';
import { EXIT_CODE_INTERRUPTED, type Interruption, watchInterruption } from './interruption.ts';
import { ProblemFile } from './problem-file.ts';
import { showProgress } from './progress.ts';
import { formatCount } from './table.ts';

/** Rows that the operator has to look at: bad ones, and numbers that another pool has. */
const EXIT_CODE_PROBLEMS = 2;

const ABOUT_FILE = `
The file has one number a line, and behind a comma or semicolon a locality where
there is one; a header is optional. Numbers are in E.164 or as people write
them.

What is in stock already stays as it is, so an import can be repeated. Rows that
added nothing are in the error file, with line and reason.

Exit code: 0 all numbers are in the pool, 2 some are not, 1 the import failed.`;

export function addImportCommand(program: Command): void {
  const command = program
    .command('import')
    .description('Add the numbers of a CSV file to a pool.')
    .argument('<file>', 'the CSV file; - for standard input')
    .requiredOption('--pool <name>', 'where the numbers go')
    .option('--dry-run', 'change nothing, only say what would happen')
    .option('--errors <file>', 'the error file (default: FILE.errors.csv)');
  addDatabaseOptions(command).addHelpText('after', ABOUT_FILE).action(importFile);
}

interface ImportFlags extends ConfigFlags {
  pool: string;
  dryRun?: boolean;
  errors?: string;
}

async function importFile(file: string, flags: ImportFlags): Promise<void> {
  const { dryRun = false } = flags;
  await using input = await openInput(file);
  const problemPath = flags.errors ?? `${file === '-' ? 'stdin' : file}.errors.csv`;
  if (isSameFile(input.stats, statSync(problemPath, { throwIfNoEntry: false }))) {
    throw new CommandError('--errors must name another file than the one that is imported.');
  }
  await withDatabase(flags, async (context) => {
    const pool = await getPool(context, flags.pool);
    const startedAt = performance.now();
    const outcome = await runImport(context, pool, input, dryRun, problemPath);
    const seconds = (performance.now() - startedAt) / 1000;
    console.log(summarize(pool, outcome, dryRun, seconds));
    if (outcome.problems > 0) console.log(`See ${problemPath} for the lines and reasons.`);
    if (outcome.byKind.BAD + outcome.byKind.IN_OTHER_POOL > 0) {
      process.exitCode = EXIT_CODE_PROBLEMS;
    }
    if (outcome.wasInterrupted) process.exitCode = EXIT_CODE_INTERRUPTED;
  });
}

interface Input extends AsyncDisposable {
  stream: Readable;
  /** `undefined` for standard input. */
  stats: Stats | undefined;
  /** How many bytes of it are read. */
  bytesRead(): number;
}

async function openInput(file: string): Promise<Input> {
  if (file === '-') {
    return {
      stream: process.stdin,
      stats: undefined,
      bytesRead: () => 0,
      [Symbol.asyncDispose]: async () => void process.stdin.destroy(),
    };
  }
  const handle = await open(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw new CommandError(`There is no file ${file}.`);
    throw error;
  });
  const stats = await handle.stat();
  if (stats.isDirectory()) throw new CommandError(`${file} is a folder.`);
  const stream = handle.createReadStream();
  return {
    stream,
    stats,
    bytesRead: () => stream.bytesRead,
    [Symbol.asyncDispose]: () => handle.close(),
  };
}

function isSameFile(a: Stats | undefined, b: Stats | undefined): boolean {
  return a !== undefined && a.dev === b?.dev && a.ino === b.ino;
}

async function getPool({ store, databaseUrl }: CommandContext, name: string): Promise<Pool> {
  const pools = await store.read(listPools);
  const pool = pools.find((candidate) => candidate.name === name);
  if (pool !== undefined) return pool;
  const others = pools.map((candidate) => candidate.name).join(', ');
  throw new CommandError(
    `There is no pool "${name}" in ${hidePassword(databaseUrl)}.`,
    others === '' ? 'Make it with "numberyard pool create".' : `There are: ${others}.`,
  );
}

interface Outcome {
  counts: ImportCounts;
  byKind: Record<ImportProblem['kind'], number>;
  problems: number;
  wasInterrupted: boolean;
}

async function runImport(
  context: CommandContext,
  pool: Pool,
  input: Input,
  dryRun: boolean,
  problemPath: string,
): Promise<Outcome> {
  using problemFile = new ProblemFile(problemPath);
  using interruption = watchInterruption();
  using progress = showProgress();
  const total = input.stats?.isFile() ? input.stats.size : undefined;
  const byKind = { BAD: 0, TWICE_IN_FILE: 0, IN_THIS_POOL: 0, IN_OTHER_POOL: 0 };
  const rows = untilInterrupted(readRows(input.stream), interruption);
  const counts = await importNumbers(context, pool, rows, {
    dryRun,
    onProblem(problem) {
      byKind[problem.kind]++;
      problemFile.add(problem);
    },
    onProgress({ read }) {
      progress.update({ what: 'rows read', count: read, done: input.bytesRead(), total });
    },
  });
  const problems = counts.duplicate + counts.bad;
  return { counts, byKind, problems, wasInterrupted: interruption.happened };
}

/** Ends the file at the place where somebody pressed Ctrl+C, so that what was read is added and summed up. */
async function* untilInterrupted(
  lists: AsyncIterable<ImportRow[]>,
  interruption: Interruption,
): AsyncGenerator<ImportRow[]> {
  for await (const rows of lists) {
    if (interruption.happened) return;
    yield rows;
  }
}

function summarize(
  pool: Pool,
  { counts, byKind, wasInterrupted }: Outcome,
  dryRun: boolean,
  seconds: number,
): string {
  if (counts.read === 0) return 'The file has no numbers.';
  const remarks = [
    [byKind.IN_THIS_POOL, 'in this pool already'],
    [byKind.IN_OTHER_POOL, 'in other pools'],
    [byKind.TWICE_IN_FILE, 'more than once in the file'],
    [byKind.BAD, 'bad'],
  ] as const;
  const rest = remarks
    .filter(([count]) => count > 0)
    .map(([count, remark]) => `, ${formatCount(count)} ${remark}`)
    .join('');
  const of = `${formatCount(counts.added)} of ${formatCount(counts.read)} numbers`;
  const done = dryRun ? `Would add ${of}` : `Added ${of}`;
  const time = seconds < 1 ? '' : ` in ${seconds.toFixed(1)} s`;
  const start = wasInterrupted ? 'Interrupted; import the file again to go on. ' : '';
  const end = dryRun ? ' Nothing was changed.' : '';
  return `${start}${done} to ${pool.name}${time}${rest}.${end}`;
}
