import type { Command } from 'commander';

import type { ComparedTable } from '../app/compare-tables.ts';
import { copyDatabase, type CopyOptions } from '../app/copy-database.ts';
import { systemClock } from '../clock.ts';
import { loadDatabaseConfig } from '../config.ts';
import { DomainError } from '../errors.ts';
import { databaseExists, hidePassword, openStore } from '../store/store.ts';
import { CommandError, namingOptions } from './failure.ts';
import { readConfig } from './flags.ts';
import { EXIT_CODE_INTERRUPTED, watchInterruption } from './interruption.ts';
import { showProgress } from './progress.ts';
import { formatCount, formatTable } from './table.ts';

const CHECKSUM_DIGITS_SHOWN = 16;
const GO_ON = 'Run the same command again to go on.';

const ABOUT_COPY = `
Stop all servers first. The new database must be empty or not there; it gets the
tables by itself. When it is interrupted, the same command goes on where it was,
and no server runs on the half-finished copy. In the end all rows are read from
both sides and compared, and the command fails where they are not the same.

Examples:
  $ numberyard copy --from sqlite:data/numberyard.sqlite \\
      --to postgres://numberyard:PASSWORD@db.example.com/numberyard
  $ numberyard copy --from postgres://numberyard@localhost/numberyard \\
      --to sqlite:copy.sqlite

Exit code: 0 both have the same, 1 the copy failed, 130 it was interrupted.`;

export function addCopyCommand(program: Command): void {
  program
    .command('copy')
    .description('Copy everything to another database, on the same engine or another one.')
    .requiredOption('--from <url>', 'what is copied, as sqlite:PATH or postgres://…')
    .requiredOption('--to <url>', 'the new database, as sqlite:PATH or postgres://…')
    .addHelpText('after', ABOUT_COPY)
    .action(copy);
}

async function copy(flags: { from: string; to: string }): Promise<void> {
  const from = readConfig({ from: flags.from }, loadDatabaseConfig);
  const to = readConfig({ to: flags.to }, loadDatabaseConfig);
  const [sourceName, targetName] = [from, to].map((side) => hidePassword(side.databaseUrl));
  if (!databaseExists(from.databaseUrl)) {
    throw new CommandError(`--from: there is no database ${sourceName}.`);
  }
  const startedAt = performance.now();
  await using source = await openStore(from.databaseUrl, from.postgres, '--from');
  await using target = await openStore(to.databaseUrl, to.postgres, '--to');
  const compared = await namingOptions({ source: '--from', target: '--to' }, () =>
    watched((options) =>
      copyDatabase(
        { clock: systemClock },
        { source, target, sourceName: sourceName ?? '' },
        options,
      ),
    ),
  );
  if (compared === undefined) {
    console.log(`Interrupted. ${GO_ON}`);
    process.exitCode = EXIT_CODE_INTERRUPTED;
    return;
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const rows = compared.reduce((sum, table) => sum + table.rows, 0);
  console.log(formatCompared(compared));
  console.log(
    `${targetName} has all ${formatCount(rows)} rows of ${sourceName} after ${seconds.toFixed(1)} s.`,
  );
}

/** Shows how far it is, and lets an interrupt end it behind a batch. */
async function watched<T>(run: (options: CopyOptions) => Promise<T>): Promise<T> {
  using interruption = watchInterruption(() => console.error('Stopping…'));
  using progress = showProgress();
  let hasBegun = false;
  try {
    return await run({
      onProgress(step, count, total) {
        hasBegun = true;
        progress.update({ what: WHAT_IS_DONE[step], count, done: count, total });
      },
      isInterrupted: () => interruption.happened,
    });
  } catch (error) {
    const mayGoOn = hasBegun && error instanceof DomainError && error.code === 'UNAVAILABLE';
    throw mayGoOn ? new CommandError(error.message, GO_ON) : error;
  }
}

const WHAT_IS_DONE = { COPY: 'rows copied', COMPARE: 'rows compared' };

function formatCompared(tables: readonly ComparedTable[]): string {
  const rows = tables.map(({ name, rows: count, checksum }) => [
    name,
    formatCount(count),
    checksum.slice(0, CHECKSUM_DIGITS_SHOWN),
  ]);
  return formatTable(['TABLE', 'ROWS', 'SHA-256'], rows, ['ROWS']);
}
