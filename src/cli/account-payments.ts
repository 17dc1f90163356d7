import type { Command } from 'commander';

import { listCreditLimitChanges, listPayments } from '../app/list-payments.ts';
import type { Page } from '../app/list-rent-orders.ts';
import { formatAmount } from '../domain/money.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import type { CreditLimitChange } from '../store/credit-limit-change.ts';
import type { Payment } from '../store/payment.ts';
import { withDatabase } from './database.ts';
import { addDatabaseOptions, type ConfigFlags } from './flags.ts';
import { formatCount, formatTable } from './table.ts';

/** More than anybody reads at a time; the admin API has all of them in pages. */
const LINES_MAX = 200;

/** What came in for a project, and how far it could go below zero, with who wrote it down. */
export function addAccountPayments(account: Command): void {
  addDatabaseOptions(
    account
      .command('payments')
      .description(
        'Show what a project has paid, and how its credit limits were changed, the newest first.',
      )
      .argument('<project-id>', 'as "project list" shows it')
      .option('--json', 'for programs'),
  ).action(showPayments);
}

async function showPayments(
  projectId: string,
  flags: ConfigFlags & { json?: boolean },
): Promise<void> {
  const [payments, changes] = await withDatabase(flags, (context) =>
    Promise.all([
      listPayments(context, projectId, { size: LINES_MAX }),
      listCreditLimitChanges(context, projectId, { size: LINES_MAX }),
    ]),
  );
  if (flags.json === true) {
    const shown = {
      payments: payments.items.map(toPayment),
      creditLimitChanges: changes.items.map(toCreditLimitChange),
    };
    console.log(JSON.stringify(shown, null, 2));
    return;
  }
  printPayments(projectId, payments);
  if (changes.items.length > 0) printChanges(changes);
}

function printPayments(projectId: string, page: Page<Payment>): void {
  if (page.items.length === 0) {
    console.log(`The project ${projectId} has paid nothing in advance.`);
    return;
  }
  const rows = page.items
    .map(toPayment)
    .map(({ createdAt, amount, currencyCode, reference, actor }) => [
      toMinute(createdAt),
      amount,
      currencyCode,
      reference,
      actor,
    ]);
  console.log(formatTable(['WHEN (UTC)', 'AMOUNT', 'CURRENCY', 'REFERENCE', 'BY'], rows, AMOUNTS));
  printRest(page, 'payments');
}

function printChanges(page: Page<CreditLimitChange>): void {
  const rows = page.items
    .map(toCreditLimitChange)
    .map(({ createdAt, from, to, currencyCode, actor }) => [
      toMinute(createdAt),
      from ?? '',
      to,
      currencyCode,
      actor,
    ]);
  const header = ['WHEN (UTC)', 'LIMIT FROM', 'TO', 'CURRENCY', 'BY'];
  console.log(`\n${formatTable(header, rows, AMOUNTS)}`);
  printRest(page, 'changes of credit limits');
}

const AMOUNTS = ['AMOUNT', 'LIMIT FROM', 'TO'];

function printRest({ items, totalSize }: Page<unknown>, what: string): void {
  if (items.length === totalSize) return;
  console.log(`The newest ${items.length} of ${formatCount(totalSize)} ${what}.`);
}

function toPayment({ amountMinor, ...payment }: Payment) {
  return { ...payment, amount: formatAmount(amountMinor, payment.currencyCode) };
}

/** `from` is null when there was no account before. */
function toCreditLimitChange({ fromMinor, toMinor, ...change }: CreditLimitChange) {
  const { currencyCode } = change;
  return {
    ...change,
    from: fromMinor === null ? null : formatAmount(fromMinor, currencyCode),
    to: formatAmount(toMinor, currencyCode),
  };
}

function toMinute(at: Timestamp): string {
  return at.slice(0, 16).replace('T', ' ');
}
