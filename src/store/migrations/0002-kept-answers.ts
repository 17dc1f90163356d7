import type { Dialect } from '../dialect.ts';

/** Answers to requests with an idempotency key. NOTE: a migration that has been released is never changed. */
export function createKeptAnswers({ text, integer, tableOptions }: Dialect): string[] {
  return [
    // address_of: the number whose emergency address the body shows, NULL in all other answers.
    // status and body: NULL while the request with claim_id is at it, until lease_end at most.
    `CREATE TABLE kept_answer (
      project_id ${text} NOT NULL REFERENCES project (id),
      idempotency_key ${text} NOT NULL,
      request_hash ${text} NOT NULL,
      claim_id ${text} NOT NULL,
      lease_end ${text} NOT NULL,
      expire_at ${text} NOT NULL,
      status ${integer},
      body ${text},
      address_of ${text},
      PRIMARY KEY (project_id, idempotency_key)
    ) ${tableOptions}`,
    'CREATE INDEX kept_answer_expire ON kept_answer (expire_at)',
    `CREATE INDEX kept_answer_address ON kept_answer (project_id, address_of)
      WHERE address_of IS NOT NULL`,
  ];
}
