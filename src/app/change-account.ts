import type { Context } from '../context.ts';
import { isCurrencyCode, parseAmount } from '../domain/money.ts';
import { invalidField, resourceNotFound } from '../errors.ts';
import { type Account, creditAccount, listAccounts, putCreditLimit } from '../store/account.ts';
import { findProject, type Project } from '../store/project.ts';
import type { Reader } from '../store/store.ts';

/** In minor units, of one payment or credit limit: sums of very many stay exact. */
const AMOUNT_MAX_MINOR = 1_000_000_000_000;

/**
 * Writes down a payment of a project, as a decimal amount. The first one opens the account.
 * @returns the project's accounts as they are then.
 * @throws DomainError INVALID_ARGUMENT, or NOT_FOUND when there is no such project.
 */
export function creditProject(
  { store, clock, ids }: Pick<Context, 'store' | 'clock' | 'ids'>,
  projectId: string,
  payment: { amount: string; currencyCode: string; reference: string },
): Promise<Account[]> {
  const { currencyCode, reference } = payment;
  const amountMinor = readAmount('amount', payment.amount, currencyCode, 1);
  return store.write(async (db) => {
    const { id } = await getProject(db, projectId);
    await creditAccount(db, {
      id: ids.ulid(),
      projectId: id,
      currencyCode,
      amountMinor,
      reference,
      actor: 'operator',
      createdAt: clock.now(),
    });
    return listAccounts(db, id);
  });
}

/**
 * Sets how far rents may bring the balance below zero; opens the account when there is none.
 * @returns the project's accounts as they are then.
 * @throws DomainError INVALID_ARGUMENT, or NOT_FOUND when there is no such project.
 */
export function limitCredit(
  { store }: Pick<Context, 'store'>,
  projectId: string,
  { creditLimit, currencyCode }: { creditLimit: string; currencyCode: string },
): Promise<Account[]> {
  const limitMinor = readAmount('creditLimit', creditLimit, currencyCode, 0);
  return store.write(async (db) => {
    const { id } = await getProject(db, projectId);
    await putCreditLimit(db, id, currencyCode, limitMinor);
    return listAccounts(db, id);
  });
}

/** @throws DomainError NOT_FOUND when there is no such project. */
export function showAccounts(
  { store }: Pick<Context, 'store'>,
  projectId: string,
): Promise<Account[]> {
  return store.read(async (db) => listAccounts(db, (await getProject(db, projectId)).id));
}

async function getProject(db: Reader, projectId: string): Promise<Project> {
  const project = await findProject(db, projectId);
  if (project !== undefined) return project;
  throw resourceNotFound('Project', projectId, `There is no project ${projectId}.`);
}

function readAmount(field: string, text: string, currencyCode: string, minimum: number): number {
  if (!isCurrencyCode(currencyCode)) {
    throw invalidField('currencyCode', 'must be a currency, such as USD');
  }
  const minor = parseAmount(text, currencyCode);
  if (minor !== undefined && minor >= minimum && minor <= AMOUNT_MAX_MINOR) return minor;
  const least = minimum === 0 ? 'of zero or more' : 'above zero';
  throw invalidField(field, `must be an amount ${least} with the decimals of ${currencyCode}`);
}
