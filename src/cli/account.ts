import type { Command } from 'commander';

import { creditProject, limitCredit, showAccounts } from '../app/change-account.ts';
import { formatAmount } from '../domain/money.ts';
import type { Account } from '../store/account.ts';
import { withDatabase } from './database.ts';
import { namingOptions } from './failure.ts';
import { addDatabaseOptions, type ConfigFlags } from './flags.ts';
import { formatTable } from './table.ts';

export function addAccountCommands(program: Command): void {
  const account = program
    .command('account')
    .description('Let projects pay in advance. One without an account pays afterwards.');
  addDatabaseOptions(
    account
      .command('credit')
      .description('Write down a payment. The first one opens the account.')
      .argument('<project-id>', 'as "project list" shows it')
      .requiredOption('--amount <amount>', 'what came in')
      .requiredOption('--currency <code>', 'each currency has an account of its own')
      .option('--reference <text>', 'what you know the payment by', ''),
  ).action(credit);
  addDatabaseOptions(
    account
      .command('limit')
      .description('Set how far rents may bring the balance below zero.')
      .argument('<project-id>', 'as "project list" shows it')
      .requiredOption('--credit-limit <amount>', '0: not at all')
      .requiredOption('--currency <code>', 'each currency has an account of its own'),
  ).action(limit);
  addDatabaseOptions(
    account
      .command('show')
      .description('Show the balances of a project.')
      .argument('<project-id>', 'as "project list" shows it'),
  ).action(show);
}

interface CreditFlags extends ConfigFlags {
  amount: string;
  currency: string;
  reference: string;
}

async function credit(projectId: string, flags: CreditFlags): Promise<void> {
  const { amount, reference } = flags;
  const currencyCode = flags.currency.toUpperCase();
  const accounts = await withDatabase(flags, (context) =>
    namingOptions({ amount: '--amount', currencyCode: '--currency' }, () =>
      creditProject(context, projectId, { amount, currencyCode, reference }),
    ),
  );
  print(projectId, accounts);
}

async function limit(
  projectId: string,
  flags: ConfigFlags & { creditLimit: string; currency: string },
): Promise<void> {
  const { creditLimit } = flags;
  const currencyCode = flags.currency.toUpperCase();
  const accounts = await withDatabase(flags, (context) =>
    namingOptions({ creditLimit: '--credit-limit', currencyCode: '--currency' }, () =>
      limitCredit(context, projectId, { creditLimit, currencyCode }),
    ),
  );
  print(projectId, accounts);
}

async function show(projectId: string, flags: ConfigFlags): Promise<void> {
  print(projectId, await withDatabase(flags, (context) => showAccounts(context, projectId)));
}

function print(projectId: string, accounts: readonly Account[]): void {
  if (accounts.length === 0) {
    console.log(`The project ${projectId} has no account: it pays afterwards.`);
    return;
  }
  const rows = accounts.map(({ currencyCode, balanceMinor, creditLimitMinor }) => [
    currencyCode,
    formatAmount(balanceMinor, currencyCode),
    formatAmount(creditLimitMinor, currencyCode),
  ]);
  const header = ['CURRENCY', 'BALANCE', 'CREDIT LIMIT'];
  console.log(formatTable(header, rows, ['BALANCE', 'CREDIT LIMIT']));
}
