import type { Command } from 'commander';

import type { AccountStanding } from '../app/account-standing.ts';
import {
  creditProject,
  limitCredit,
  listAllAccounts,
  showAccounts,
} from '../app/change-account.ts';
import { formatAmount } from '../domain/money.ts';
import { addAccountPayments } from './account-payments.ts';
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
      .requiredOption('--amount <amount>', 'what came in; below zero it corrects what was wrong')
      .requiredOption('--currency <code>', 'each currency has an account of its own')
      .option(
        '--reference <text>',
        'what you know the payment by: with the same one it is written down once; a correction needs one',
        '',
      ),
  ).action(credit);
  addDatabaseOptions(
    account
      .command('limit')
      .description('Set how far rents and renewals may bring the balance below zero.')
      .argument('<project-id>', 'as "project list" shows it')
      .requiredOption('--credit-limit <amount>', '0: not at all')
      .requiredOption('--currency <code>', 'each currency has an account of its own'),
  ).action(limit);
  addDatabaseOptions(
    account
      .command('show')
      .description('Show the balances of a project, and what they do not cover.')
      .argument('<project-id>', 'as "project list" shows it'),
  ).action(show);
  addAccountPayments(account);
  addDatabaseOptions(
    account.command('list').description('List all accounts, and the numbers that are unpaid.'),
  ).action(list);
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
    namingOptions(
      { amount: '--amount', currencyCode: '--currency', reference: '--reference' },
      () => creditProject(context, projectId, { amount, currencyCode, reference }),
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

async function list(flags: ConfigFlags): Promise<void> {
  const accounts = await withDatabase(flags, listAllAccounts);
  if (accounts.length === 0) {
    console.log('Nobody has an account: all projects pay afterwards.');
    return;
  }
  const rows = accounts.map((account) => [account.projectId, ...toRow(account)]);
  console.log(formatTable(['PROJECT', ...HEADER], rows, AMOUNTS));
}

function print(projectId: string, accounts: readonly AccountStanding[]): void {
  if (accounts.length === 0) {
    console.log(`The project ${projectId} has no account: it pays afterwards.`);
    return;
  }
  console.log(formatTable(HEADER, accounts.map(toRow), AMOUNTS));
}

const AMOUNTS = ['BALANCE', 'CREDIT LIMIT', 'UNPAID', 'DUE'];
const HEADER = ['CURRENCY', ...AMOUNTS, 'SUSPENDED ON', 'ENDS ON'];

/** Dates are those of the first number of each account. */
function toRow({ currencyCode, balanceMinor, creditLimitMinor, unpaid }: AccountStanding) {
  const amount = (minor: number | bigint) => formatAmount(minor, currencyCode);
  return [
    currencyCode,
    amount(balanceMinor),
    amount(creditLimitMinor),
    String(unpaid?.numbers ?? 0),
    amount(unpaid?.dueMinor ?? 0),
    unpaid === undefined ? '' : (unpaid.suspendAt?.slice(0, 10) ?? 'now'),
    unpaid?.endAt.slice(0, 10) ?? '',
  ];
}
