import type { Context } from '../context.ts';
import {
  AMOUNT_MAX_MINOR,
  describeAmount,
  formatAmount,
  isCurrencyCode,
  parseAmount,
} from '../domain/money.ts';
import { invalidField } from '../errors.ts';
import { creditAccount, lockAccount, putCreditLimit } from '../store/account.ts';
import { insertCreditLimitChange } from '../store/credit-limit-change.ts';
import { findPayment, type Payment } from '../store/payment.ts';
import { lockProject } from '../store/project.ts';
import { type AccountStanding, listAllStandings, listStandings } from './account-standing.ts';
import { getProject } from './get-project.ts';

/** In minor units, above zero and below: far from where numbers stop being exact. */
const BALANCE_MAX_MINOR = 1000 * AMOUNT_MAX_MINOR;
/** Characters of a payment's reference: an invoice's number and a few words. */
const REFERENCE_MAX = 200;

interface NewPayment {
  amount: string;
  currencyCode: string;
  reference: string;
}

/**
 * Writes down a payment of a project, as a decimal amount. The first one opens the account. One with a reference that
 * the project has a payment of already is that payment, sent again, and changes nothing. An amount below zero corrects
 * an account that there is, and says by its reference what; it may bring the balance below the credit limit.
 * @returns the project's accounts as they are then.
 * @throws DomainError INVALID_ARGUMENT, also when the reference is that of another payment, or NOT_FOUND when there is
 * no such project.
 */
export async function creditProject(
  context: Pick<Context, 'store' | 'clock' | 'ids'>,
  projectId: string,
  payment: NewPayment,
): Promise<AccountStanding[]> {
  const { currencyCode, reference } = payment;
  const amountMinor = readPaid(payment);
  if (reference.length > REFERENCE_MAX) {
    throw invalidField('reference', `must have at most ${REFERENCE_MAX} characters`);
  }
  return context.store.write(async (db) => {
    const { id } = await getProject(db, projectId);
    // Of two that are sent at once the second finds the first.
    await lockProject(db, id);
    const before = await findPayment(db, id, reference);
    if (before !== undefined) {
      assertSamePayment(before, { currencyCode, amountMinor });
      return listStandings(context, db, id);
    }
    const account = await lockAccount(db, id, currencyCode);
    if (account === undefined && amountMinor < 0) {
      throw invalidField('currencyCode', 'is one in which the project has no account to correct');
    }
    assertWithinBalance((account?.balanceMinor ?? 0) + amountMinor, currencyCode);
    await creditAccount(db, {
      id: context.ids.ulid(),
      projectId: id,
      currencyCode,
      amountMinor,
      reference,
      actor: 'operator',
      createdAt: context.clock.now(),
    });
    return listStandings(context, db, id);
  });
}

function assertSamePayment(before: Amount, now: Amount): void {
  const { currencyCode, amountMinor } = before;
  if (currencyCode === now.currencyCode && amountMinor === now.amountMinor) return;
  const paid = `${formatAmount(amountMinor, currencyCode)} ${currencyCode}`;
  throw invalidField('reference', `is that of another payment of the project, of ${paid}`);
}

function assertWithinBalance(balanceMinor: number, currencyCode: string): void {
  if (Math.abs(balanceMinor) <= BALANCE_MAX_MINOR) return;
  const [after, most] = [balanceMinor, BALANCE_MAX_MINOR].map((minor) =>
    formatAmount(minor, currencyCode),
  );
  throw invalidField('amount', `makes a balance of ${after} ${currencyCode}, beyond ${most}`);
}

type Amount = Pick<Payment, 'currencyCode' | 'amountMinor'>;

/**
 * Sets how far rents may bring the balance below zero, and writes the change down; opens the account when there is none.
 * @returns the project's accounts as they are then.
 * @throws DomainError INVALID_ARGUMENT, or NOT_FOUND when there is no such project.
 */
export async function limitCredit(
  context: Pick<Context, 'store' | 'clock' | 'ids'>,
  projectId: string,
  { creditLimit, currencyCode }: { creditLimit: string; currencyCode: string },
): Promise<AccountStanding[]> {
  const limitMinor = readAmount('creditLimit', creditLimit, currencyCode, 0);
  return context.store.write(async (db) => {
    const { id } = await getProject(db, projectId);
    // Of two at once the second finds what the first has set.
    await lockProject(db, id);
    const account = await lockAccount(db, id, currencyCode);
    if (account?.creditLimitMinor === limitMinor) return listStandings(context, db, id);
    await putCreditLimit(db, id, currencyCode, limitMinor);
    await insertCreditLimitChange(db, {
      id: context.ids.ulid(),
      projectId: id,
      currencyCode,
      fromMinor: account?.creditLimitMinor ?? null,
      toMinor: limitMinor,
      actor: 'operator',
      createdAt: context.clock.now(),
    });
    return listStandings(context, db, id);
  });
}

/** @throws DomainError NOT_FOUND when there is no such project. */
export function showAccounts(
  context: Pick<Context, 'store' | 'clock'>,
  projectId: string,
): Promise<AccountStanding[]> {
  return context.store.read(async (db) =>
    listStandings(context, db, (await getProject(db, projectId)).id),
  );
}

/** The accounts of all projects, for the operator. */
export function listAllAccounts(
  context: Pick<Context, 'store' | 'clock'>,
): Promise<AccountStanding[]> {
  return context.store.read((db) => listAllStandings(context, db));
}

/** @returns minor units, below zero for a correction. */
function readPaid({ amount, currencyCode, reference }: NewPayment): number {
  if (!amount.startsWith('-')) return readAmount('amount', amount, currencyCode, 1);
  const correctedMinor = readAmount('amount', amount.slice(1), currencyCode, 1);
  if (reference.trim() === '') {
    throw invalidField('reference', 'must say what is corrected when the amount is below zero');
  }
  return -correctedMinor;
}

function readAmount(field: string, text: string, currencyCode: string, minimum: number): number {
  if (!isCurrencyCode(currencyCode)) {
    throw invalidField('currencyCode', 'must be a currency, such as USD');
  }
  const minor = parseAmount(text, currencyCode);
  if (minor !== undefined && minor >= minimum && minor <= AMOUNT_MAX_MINOR) return minor;
  throw invalidField(field, describeAmount(currencyCode, minimum));
}
