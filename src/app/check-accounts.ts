import type { Context } from '../context.ts';
import { formatAmount } from '../domain/money.ts';
import { listAccountSums } from '../store/account.ts';

/** An account whose balance is not what came in less what was taken from it. */
export interface AccountDifference {
  projectId: string;
  description: string;
}

/**
 * Compares the balance of every account with its payments and charges, all as of one moment.
 * @returns how many accounts there are, and those that are wrong.
 */
export async function checkAccounts({
  store,
}: Pick<Context, 'store'>): Promise<{ accounts: number; differences: AccountDifference[] }> {
  const accounts = await store.readSnapshot(listAccountSums);
  const differences = accounts
    .filter((one) => BigInt(one.balanceMinor) !== one.paidMinor - one.chargedMinor)
    .map(({ projectId, currencyCode, balanceMinor, paidMinor, chargedMinor }) => ({
      projectId,
      description: `its balance is ${formatAmount(balanceMinor, currencyCode)} ${currencyCode}, and by its payments and charges ${formatAmount(paidMinor - chargedMinor, currencyCode)}`,
    }));
  return { accounts: accounts.length, differences };
}
