import assert from 'node:assert/strict';

import { AccountCatalog } from '../../src/app/account-catalog.ts';
import { creditProject } from '../../src/app/change-account.ts';
import { checkAccounts } from '../../src/app/check-accounts.ts';
import type { Json } from './rentals.ts';
import { PROJECT, type TestServer } from './test-server.ts';

/** Writes down a payment, and lets the server know at once. */
export async function credit(
  { server }: TestServer,
  amount: string,
  project = PROJECT,
  currencyCode = 'USD',
): Promise<void> {
  const { context } = server;
  await creditProject(context, project.id, { amount, currencyCode, reference: '' });
  context.accounts = new AccountCatalog(context.store);
}

export async function accounts(server: TestServer, project = PROJECT): Promise<Json> {
  const answer = await server.call('GET', '/account', { project });
  assert.equal(answer.status, 200, answer.text);
  return answer.json.balances;
}

/** Fails unless every one of `count` balances is its payments less its charges. */
export async function assertBalanced({ server }: TestServer, count: number): Promise<void> {
  assert.deepEqual(await checkAccounts(server.context), { accounts: count, differences: [] });
}
