import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

import type { Command } from 'commander';

import { loadDatabaseConfig } from '../config.ts';
import { backUpSqlite } from '../store/backup.ts';
import { databaseExists, findPath, hidePassword } from '../store/store.ts';
import { CommandError } from './failure.ts';
import { addDatabaseOptions, type ConfigFlags, readConfig } from './flags.ts';
import { EXIT_CODE_INTERRUPTED, watchInterruption } from './interruption.ts';
import { showProgress } from './progress.ts';
import { formatCount } from './table.ts';

const INTERRUPTED = 'Interrupted. There is no backup.';

const ABOUT_BACKUP = `
Servers may go on to read and write: the file has what was there when it began.
It is checked before it gets its name. It holds secrets, and is only for you to
read. To restore it, stop the servers, put it in the database's place, remove
the files with -wal and -shm at the end there, and start.

PostgreSQL has its own tools for this: pg_dump, or what your provider offers.

Examples:
  $ numberyard backup backups/monday.sqlite --force
  $ numberyard backup now.sqlite --database sqlite:data/numberyard.sqlite`;

export function addBackupCommand(program: Command): void {
  const command = program
    .command('backup')
    .description('Copy the SQLite database into a file, while servers use it.')
    .argument('<file>', 'the new file')
    .option('--force', 'replace the file where there is one');
  addDatabaseOptions(command).addHelpText('after', ABOUT_BACKUP).action(backUp);
}

async function backUp(file: string, flags: ConfigFlags & { force?: boolean }): Promise<void> {
  const { databaseUrl } = readConfig(flags, loadDatabaseConfig);
  const path = findPath(databaseUrl);
  if (path === undefined) {
    throw new CommandError(
      "This command is for SQLite. Back PostgreSQL up with pg_dump or with your provider's backups.",
    );
  }
  if (!databaseExists(databaseUrl)) {
    throw new CommandError(`There is no database ${hidePassword(databaseUrl)}.`);
  }
  assertMayWrite(file, path, flags.force ?? false);

  using interruption = watchInterruption();
  using progress = showProgress();
  const startedAt = performance.now();
  try {
    const rows = await backUpSqlite(path, file, (done, total) => {
      if (interruption.happened) throw new CommandError(INTERRUPTED);
      progress.update({ what: 'pages copied', count: done, done, total });
    });
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    console.log(`${file} has all ${formatCount(rows)} rows, checked, after ${seconds} s.`);
  } catch (error) {
    if (!interruption.happened) throw error;
    console.log(INTERRUPTED);
    process.exitCode = EXIT_CODE_INTERRUPTED;
  }
}

/** @throws CommandError */
function assertMayWrite(file: string, path: string, isForced: boolean): void {
  const folder = dirname(file);
  if (!existsSync(folder)) throw new CommandError(`There is no folder ${folder}.`);
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats?.isDirectory()) throw new CommandError(`${file} is a folder.`);
  const database = statSync(path);
  if (stats?.dev === database.dev && stats.ino === database.ino) {
    throw new CommandError(`${file} is the database itself.`);
  }
  for (const log of [`${file}-wal`, `${file}-journal`]) {
    // SQLite would take it for the new file's and write old pages into it.
    if (existsSync(log)) {
      throw new CommandError(
        `There is a file ${log}: a database of this name is in use or was not closed.`,
      );
    }
  }
  if (stats !== undefined && !isForced) {
    throw new CommandError(`There is a file ${file} already: add --force to replace it.`);
  }
}
