import type { Dialect } from '../dialect.ts';

/** Money that projects have paid in advance. */
export function createAccounts({
  text,
  integer,
  tableOptions,
  keyedTableOptions,
}: Dialect): string[] {
  return [
    `CREATE TABLE account (
      project_id ${text} NOT NULL REFERENCES project (id),
      currency_code ${text} NOT NULL,
      balance_minor ${integer} NOT NULL,
      credit_limit_minor ${integer} NOT NULL,
      PRIMARY KEY (project_id, currency_code)
    ) ${keyedTableOptions}`,
    `CREATE TABLE payment (
      id ${text} PRIMARY KEY,
      project_id ${text} NOT NULL,
      currency_code ${text} NOT NULL,
      amount_minor ${integer} NOT NULL,
      reference ${text} NOT NULL,
      actor ${text} NOT NULL,
      created_at ${text} NOT NULL,
      FOREIGN KEY (project_id, currency_code) REFERENCES account (project_id, currency_code)
    ) ${tableOptions}`,
    'CREATE INDEX payment_by_account ON payment (project_id, currency_code)',
    'CREATE INDEX payment_by_project ON payment (project_id, id)',
    // A payment that is sent again is the same one.
    "CREATE UNIQUE INDEX payment_by_reference ON payment (project_id, reference) WHERE reference <> ''",
    // from_minor: null when there was no account before.
    `CREATE TABLE credit_limit_change (
      id ${text} PRIMARY KEY,
      project_id ${text} NOT NULL,
      currency_code ${text} NOT NULL,
      from_minor ${integer},
      to_minor ${integer} NOT NULL,
      actor ${text} NOT NULL,
      created_at ${text} NOT NULL,
      FOREIGN KEY (project_id, currency_code) REFERENCES account (project_id, currency_code)
    ) ${tableOptions}`,
    'CREATE INDEX credit_limit_change_by_project ON credit_limit_change (project_id, id)',
    // is_prepaid: 1 when the charge was taken from an account, which the account's balance can be checked by.
    `ALTER TABLE charge ADD COLUMN is_prepaid ${integer} NOT NULL DEFAULT 0`,
  ];
}
