import type { Command } from 'commander';

import { checkHistory, type Difference } from '../app/check-history.ts';
import { withDatabase } from './database.ts';
import { CommandError } from './failure.ts';
import { addDatabaseOptions, type ConfigFlags } from './flags.ts';
import { formatCount } from './table.ts';

/** More differences than these are counted and not shown: then something is wrong with all of it. */
const SHOWN_MAX = 100;

export function addCheckCommand(program: Command): void {
  addDatabaseOptions(
    program
      .command('check')
      .description(
        'Rebuild the state of every number from its history, and say where that is not what it is. Servers may go on meanwhile.',
      ),
  ).action(check);
}

async function check(flags: ConfigFlags): Promise<void> {
  let differences = 0;
  const show = ({ e164, description }: Difference) => {
    differences++;
    if (differences <= SHOWN_MAX) console.log(`${e164}: ${description}`);
  };
  const { numbers, events } = await withDatabase(flags, (context) => checkHistory(context, show));
  const checked = `${formatCount(numbers)} numbers and ${formatCount(events)} events`;
  if (differences > 0) {
    throw new CommandError(`Checked ${checked}: ${formatCount(differences)} differences.`);
  }
  console.log(`Checked ${checked}: every number is what its history says.`);
}
