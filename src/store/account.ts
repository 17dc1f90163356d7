import type { ProjectId } from '../domain/project-id.ts';
import { insertPayment, type Payment } from './payment.ts';
import type { Reader, Writer } from './store.ts';

/** What a project has paid in advance in one currency, less what it was charged. In minor units. */
export interface Account {
  projectId: ProjectId;
  currencyCode: string;
  balanceMinor: number;
  /** How far rents and renewals may bring the balance below zero. */
  creditLimitMinor: number;
}

const COLUMNS = `project_id AS "projectId", currency_code AS "currencyCode",
  balance_minor AS "balanceMinor", credit_limit_minor AS "creditLimitMinor"`;

export function listAccounts(db: Reader, projectId: ProjectId): Promise<Account[]> {
  return db.all<Account>(
    `SELECT ${COLUMNS} FROM account WHERE project_id = ? ORDER BY currency_code`,
    projectId,
  );
}

/** Of all projects, for the operator. */
export function listEveryAccount(db: Reader): Promise<Account[]> {
  return db.all<Account>(`SELECT ${COLUMNS} FROM account ORDER BY project_id, currency_code`);
}

/** Adds a payment to its account, and opens the account when it is the first. */
export async function creditAccount(db: Writer, payment: Payment): Promise<void> {
  await db.run(
    `INSERT INTO account (project_id, currency_code, balance_minor, credit_limit_minor)
    VALUES (?, ?, ?, 0)
    ON CONFLICT (project_id, currency_code)
    DO UPDATE SET balance_minor = account.balance_minor + excluded.balance_minor`,
    payment.projectId,
    payment.currencyCode,
    payment.amountMinor,
  );
  await insertPayment(db, payment);
}

/** Sets an account's credit limit, and opens the account when there is none. */
export async function putCreditLimit(
  db: Writer,
  projectId: ProjectId,
  currencyCode: string,
  creditLimitMinor: number,
): Promise<void> {
  await db.run(
    `INSERT INTO account (project_id, currency_code, balance_minor, credit_limit_minor)
    VALUES (?, ?, 0, ?)
    ON CONFLICT (project_id, currency_code)
    DO UPDATE SET credit_limit_minor = excluded.credit_limit_minor`,
    projectId,
    currencyCode,
    creditLimitMinor,
  );
}

/** Takes an amount that the account covers. @returns false when it does not, or there is no such account. */
export async function debitCoveredAccount(
  db: Writer,
  projectId: ProjectId,
  currencyCode: string,
  amountMinor: number,
): Promise<boolean> {
  const changed = await db.run(
    `UPDATE account SET balance_minor = balance_minor - ?
    WHERE project_id = ? AND currency_code = ? AND balance_minor + credit_limit_minor >= ?`,
    amountMinor,
    projectId,
    currencyCode,
    amountMinor,
  );
  return changed === 1;
}

/** Takes an amount from an account that the caller has locked, and knows to cover it. */
export async function debitAccount(
  db: Writer,
  projectId: ProjectId,
  currencyCode: string,
  amountMinor: number,
): Promise<void> {
  await db.run(
    'UPDATE account SET balance_minor = balance_minor - ? WHERE project_id = ? AND currency_code = ?',
    amountMinor,
    projectId,
    currencyCode,
  );
}

/** A project's account in one currency, which nobody else changes before the end of the transaction. */
export function lockAccount(
  db: Writer,
  projectId: ProjectId,
  currencyCode: string,
): Promise<Account | undefined> {
  return db.get<Account>(
    `SELECT ${COLUMNS} FROM account WHERE project_id = ? AND currency_code = ? ${db.dialect.forNoKeyUpdate}`,
    projectId,
    currencyCode,
  );
}

/** Locks all accounts of several projects, in one order for everybody, behind the numbers' locks. */
export async function lockAccounts(db: Writer, projectIds: readonly ProjectId[]): Promise<void> {
  // Where there is one writer at a time, everybody else waits already.
  if (db.dialect.forNoKeyUpdate === '') return;
  await db.all(
    `SELECT project_id FROM account WHERE project_id IN ${db.dialect.jsonTextList}
    ORDER BY project_id, currency_code ${db.dialect.forNoKeyUpdate}`,
    JSON.stringify(projectIds),
  );
}

/** An account beside the sums that its balance is made of. */
export interface AccountSums extends Account {
  paidMinor: bigint;
  chargedMinor: bigint;
}

export async function listAccountSums(db: Reader): Promise<AccountSums[]> {
  const rows = await db.all<Account & { paidMinor: string; chargedMinor: string }>(
    `SELECT project_id AS "projectId", currency_code AS "currencyCode",
      balance_minor AS "balanceMinor", credit_limit_minor AS "creditLimitMinor",
      (SELECT CAST(coalesce(sum(amount_minor), 0) AS TEXT) FROM payment
        WHERE payment.project_id = account.project_id
          AND payment.currency_code = account.currency_code) AS "paidMinor",
      (SELECT CAST(coalesce(sum(amount_minor), 0) AS TEXT) FROM charge
        WHERE charge.project_id = account.project_id
          AND charge.currency_code = account.currency_code AND is_prepaid = 1) AS "chargedMinor"
    FROM account ORDER BY project_id, currency_code`,
  );
  return rows.map(({ paidMinor, chargedMinor, ...account }) => ({
    ...account,
    paidMinor: BigInt(paidMinor),
    chargedMinor: BigInt(chargedMinor),
  }));
}
