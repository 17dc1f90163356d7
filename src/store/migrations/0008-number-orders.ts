import type { Dialect } from '../dialect.ts';

/** Numbers that are rented after a review of documents. */
export function createNumberOrders({
  text,
  integer,
  tableOptions,
  keyedTableOptions,
}: Dialect): string[] {
  return [
    // request: JSON, what the numbers are connected to. registration: JSON, what the client has filled in; NULL: nothing.
    // expire_at: when the order and its holds end; NULL: they wait for a reviewer, or are over. review_at: when a
    // sandbox reviews by itself; NULL: a person does. actor, request_id: who ordered.
    `CREATE TABLE number_order (
      id ${text} NOT NULL PRIMARY KEY,
      project_id ${text} NOT NULL REFERENCES project (id),
      state ${text} NOT NULL,
      region_code ${text} NOT NULL,
      number_type ${text} NOT NULL,
      request ${text} NOT NULL,
      registration ${text},
      actor ${text} NOT NULL,
      request_id ${text},
      created_at ${text} NOT NULL,
      updated_at ${text} NOT NULL,
      expire_at ${text},
      review_at ${text}
    ) ${tableOptions}`,
    'CREATE INDEX number_order_by_state ON number_order (state, updated_at, id)',
    'CREATE INDEX number_order_expire ON number_order (expire_at) WHERE expire_at IS NOT NULL',
    'CREATE INDEX number_order_review ON number_order (review_at) WHERE review_at IS NOT NULL',

    // Each with the pool that it was in when the order was made.
    `CREATE TABLE number_order_number (
      number_order_id ${text} NOT NULL REFERENCES number_order (id),
      e164 ${text} NOT NULL,
      pool_id ${integer} NOT NULL REFERENCES pool (id),
      PRIMARY KEY (number_order_id, e164)
    ) ${keyedTableOptions}`,

    // What reviewers have told the client.
    `CREATE TABLE number_order_log (
      id ${text} NOT NULL PRIMARY KEY,
      number_order_id ${text} NOT NULL REFERENCES number_order (id),
      message ${text} NOT NULL,
      created_at ${text} NOT NULL
    ) ${tableOptions}`,
    'CREATE INDEX number_order_log_by_order ON number_order_log (number_order_id, id)',

    `CREATE TABLE number_order_attachment (
      number_order_id ${text} NOT NULL REFERENCES number_order (id),
      attachment_id ${text} NOT NULL,
      file_name ${text} NOT NULL,
      mime_type ${text} NOT NULL,
      document_type ${text} NOT NULL,
      bytes ${integer} NOT NULL,
      created_at ${text} NOT NULL,
      updated_at ${text} NOT NULL,
      PRIMARY KEY (number_order_id, attachment_id)
    ) ${tableOptions}`,
    // Base64 in pieces, so that a batch of rows that is copied to another database never becomes too large.
    `CREATE TABLE number_order_attachment_piece (
      number_order_id ${text} NOT NULL,
      attachment_id ${text} NOT NULL,
      place ${integer} NOT NULL,
      content ${text} NOT NULL,
      PRIMARY KEY (number_order_id, attachment_id, place),
      FOREIGN KEY (number_order_id, attachment_id)
        REFERENCES number_order_attachment (number_order_id, attachment_id)
    ) ${tableOptions}`,
  ];
}
