import type { Dialect } from '../dialect.ts';

/** What a project may have and spend, where that is not what the configuration says for all. */
export function createProjectLimits({ text, integer, keyedTableOptions }: Dialect): string[] {
  return [
    // limit_value: numbers, requests a second, or minor units of a currency a month, by the kind. currency_code: '' but for SPEND.
    `CREATE TABLE project_limit (
      project_id ${text} NOT NULL REFERENCES project (id),
      kind ${text} NOT NULL,
      currency_code ${text} NOT NULL,
      limit_value ${integer} NOT NULL,
      PRIMARY KEY (project_id, kind, currency_code)
    ) ${keyedTableOptions}`,
  ];
}
