import type { Command } from 'commander';

import { loadConfig, type VARIABLES } from '../config.ts';
import { formatVariables } from './environment-help.ts';
import { addDatabaseOptions, addModeOptions, type ConfigFlags, readConfig } from './flags.ts';
import { runUntilStopped } from './run-until-stopped.ts';

const EXAMPLES = `
Examples:
  $ numberyard work --database postgres://numberyard@db.internal/numberyard
  $ NUMBERYARD_PUBLIC_URL=https://numbers.example.com \\
      NUMBERYARD_PLATFORM_URL=https://sms.example.com/numbers \\
      NUMBERYARD_PLATFORM_SECRET=… \\
      numberyard work --sandbox off`;

/** They are about requests, or about what a first start of a sandbox makes. */
const VARIABLES_OF_SERVERS: readonly (keyof typeof VARIABLES)[] = [
  'PORT',
  'HOST',
  'NUMBERYARD_OPERATOR_TOKEN',
  'READ_DATABASE_URL',
  'NUMBERYARD_READ_DATABASE_LAG_SECONDS_MAX',
  'NUMBERYARD_PROJECT_ID',
  'NUMBERYARD_KEY_ID',
  'NUMBERYARD_KEY_SECRET',
  'NUMBERYARD_HOLD_SECONDS',
  'NUMBERYARD_HOLD_SECONDS_MAX',
  'NUMBERYARD_HOLD_LIFE_SECONDS_MAX',
  'NUMBERYARD_HOLD_NUMBERS_MAX',
  'NUMBERYARD_PROJECT_HOLDS_MAX',
];

export function addWorkCommand(program: Command, helpWidth: number): void {
  const command = program
    .command('work')
    .description(
      'Work for servers on the same database, without listening: provision numbers, deliver callbacks, renew and end rentals.',
    );
  addModeOptions(addDatabaseOptions(command))
    .addHelpText('after', `${EXAMPLES}\n\n${formatVariables(helpWidth, VARIABLES_OF_SERVERS)}`)
    .action(work);
}

async function work(flags: ConfigFlags): Promise<void> {
  const config = readConfig(flags, (environment) => loadConfig(environment, { listens: false }));
  // Only here, because it loads the whole product and the other commands are quick without.
  const { startWorker } = await import('../server.ts');
  await runUntilStopped(() => startWorker(config));
}
