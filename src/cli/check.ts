import type { Command } from 'commander';

import { checkAccounts } from '../app/check-accounts.ts';
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
        'Rebuild every number from its history and every balance from its payments and charges, and say where that is not what it is. Servers may go on meanwhile.',
      ),
  ).action(check);
}

async function check(flags: ConfigFlags): Promise<void> {
  let differences = 0;
  const show = ({ e164, description }: Difference) => {
    differences++;
    if (differences <= SHOWN_MAX) console.log(`${e164}: ${description}`);
  };
  const { numbers, events, accounts } = await withDatabase(flags, async (context) => {
    const history = await checkHistory(context, show);
    const money = await checkAccounts(context);
    differences += money.differences.length;
    for (const { projectId, description } of money.differences.slice(0, SHOWN_MAX)) {
      console.log(`Account of ${projectId}: ${description}`);
    }
    return { ...history, accounts: money.accounts };
  });
  // Where nobody pays in advance there is nothing to say of balances.
  const hasAccounts = accounts > 0;
  const alsoAccounts = hasAccounts
    ? `, and ${formatCount(accounts)} ${accounts === 1 ? 'account' : 'accounts'}`
    : '';
  const checked = `${formatCount(numbers)} numbers and ${formatCount(events)} events${alsoAccounts}`;
  if (differences > 0) {
    throw new CommandError(`Checked ${checked}: ${formatCount(differences)} differences.`);
  }
  const balances = hasAccounts ? ', and every balance what its payments and charges make' : '';
  console.log(`Checked ${checked}: every number is what its history says${balances}.`);
}
