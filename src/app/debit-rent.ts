import { formatAmount } from '../domain/money.ts';
import type { ProjectId } from '../domain/project-id.ts';
import { type DomainError, preconditionFailed } from '../errors.ts';
import { type Account, debitCoveredAccount, listAccounts } from '../store/account.ts';
import type { Writer } from '../store/store.ts';
import { costOf } from './limit-use.ts';

/**
 * Takes what rents cost from the project's account, in the rent's own transaction and by a conditional update, so
 * that rents at once never spend more than there is.
 * @param count how many numbers they are.
 * @returns false when the project has no account at all, and pays afterwards.
 * @throws DomainError FAILED_PRECONDITION when the account does not cover it, or is in other currencies only.
 */
export async function debitRent(
  db: Writer,
  projectId: ProjectId,
  currencyCode: string,
  amountMinor: number,
  count = 1,
): Promise<boolean> {
  if (await debitCoveredAccount(db, projectId, currencyCode, amountMinor)) return true;
  const accounts = await listAccounts(db, projectId);
  if (accounts.length === 0) return false;
  assertCovered(projectId, accounts, currencyCode, amountMinor, count);
  // Somebody has paid in between.
  return debitRent(db, projectId, currencyCode, amountMinor, count);
}

/**
 * Whether a project's accounts cover what a rent costs; a project without any need not.
 * @throws DomainError FAILED_PRECONDITION
 */
export function assertCovered(
  projectId: ProjectId,
  accounts: readonly Account[],
  currencyCode: string,
  amountMinor: number,
  count = 1,
): void {
  if (accounts.length === 0) return;
  const account = accounts.find((one) => one.currencyCode === currencyCode);
  if (account !== undefined && account.balanceMinor + account.creditLimitMinor >= amountMinor)
    return;
  throw insufficientBalance(projectId, currencyCode, amountMinor, count, account);
}

/** The accounts as they are after a debit. */
export function afterDebit(
  accounts: readonly Account[],
  currencyCode: string,
  amountMinor: number,
): readonly Account[] {
  return accounts.map((account) =>
    account.currencyCode === currencyCode
      ? { ...account, balanceMinor: account.balanceMinor - amountMinor }
      : account,
  );
}

function insufficientBalance(
  projectId: ProjectId,
  currencyCode: string,
  amountMinor: number,
  count: number,
  { balanceMinor, creditLimitMinor }: Pick<Account, 'balanceMinor' | 'creditLimitMinor'> = {
    balanceMinor: 0,
    creditLimitMinor: 0,
  },
): DomainError {
  const amount = (minor: number) => formatAmount(minor, currencyCode);
  return preconditionFailed({
    type: 'INSUFFICIENT_BALANCE',
    subject: projectId,
    limit: amount(creditLimitMinor),
    used: amount(Math.max(0, -balanceMinor)),
    resetTime: null,
    description: `The balance is ${amount(balanceMinor)} ${currencyCode} with a credit limit of ${amount(creditLimitMinor)}; ${costOf(count)} ${amount(amountMinor)} at first.`,
  });
}
