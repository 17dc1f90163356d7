import type { Command } from 'commander';

import { systemClock } from '../clock.ts';
import { loadDatabaseConfig } from '../config.ts';
import { listMigrations, migrate, type MigrationState } from '../store/schema.ts';
import { databaseExists, hidePassword, openStore } from '../store/store.ts';
import { addDatabaseOptions, type ConfigFlags, readConfig } from './flags.ts';
import { formatTable } from './table.ts';

const ABOUT_MIGRATIONS = `
Every command that opens a database applies them as well. This one is for those
who want to see them first, or have them applied before the servers start.

Examples:
  $ numberyard migrate --dry-run
  $ numberyard migrate --database postgres://numberyard@localhost/numberyard`;

export function addMigrateCommand(program: Command): void {
  const command = program
    .command('migrate')
    .description('Show the migrations of the database and apply those that are pending.')
    .option('--dry-run', 'change nothing, only show them');
  addDatabaseOptions(command).addHelpText('after', ABOUT_MIGRATIONS).action(migrateDatabase);
}

async function migrateDatabase(flags: ConfigFlags & { dryRun?: boolean }): Promise<void> {
  const { databaseUrl, postgres } = readConfig(flags, loadDatabaseConfig);
  if (flags.dryRun === true && !databaseExists(databaseUrl)) {
    console.log(`There is no database ${hidePassword(databaseUrl)} yet: all are pending.`);
    return;
  }
  await using store = await openStore(databaseUrl, postgres);
  if (flags.dryRun === true) {
    const migrations = await store.read(listMigrations);
    const pending = migrations.filter(({ appliedAt }) => appliedAt === undefined).length;
    console.log(formatMigrations(migrations));
    console.log(pending === 0 ? 'None is pending.' : `${pending} pending. Nothing was changed.`);
    return;
  }
  const applied = await migrate(store, systemClock);
  console.log(formatMigrations(await store.read(listMigrations)));
  console.log(applied === 0 ? 'None was pending.' : `Applied ${applied}.`);
}

function formatMigrations(migrations: readonly MigrationState[]): string {
  const rows = migrations.map(({ version, name, appliedAt }) => [
    String(version),
    name,
    appliedAt ?? 'pending',
  ]);
  return formatTable(['VERSION', 'NAME', 'APPLIED'], rows, ['VERSION']);
}
