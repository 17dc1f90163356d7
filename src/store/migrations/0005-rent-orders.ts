import type { Dialect } from '../dialect.ts';

/** Renting many numbers at once. */
export function createRentOrders({
  text,
  integer,
  tableOptions,
  keyedTableOptions,
}: Dialect): string[] {
  return [
    // wanted: JSON, the criteria of an order that searches its numbers; request: JSON, what they are connected to.
    // reserved_count: how many are set aside at this moment, of an order that does so before it rents them.
    // shares: JSON, how many it has yet to set aside from which pool; NULL: not decided.
    // vain_tries: how often in a row others had taken everything that was found. actor, request_id: who ordered.
    `CREATE TABLE rent_order (
      id ${text} NOT NULL PRIMARY KEY,
      project_id ${text} NOT NULL REFERENCES project (id),
      state ${text} NOT NULL,
      quantity ${integer} NOT NULL,
      all_or_nothing ${integer} NOT NULL,
      wanted ${text},
      request ${text} NOT NULL,
      rented_count ${integer} NOT NULL,
      failed_count ${integer} NOT NULL,
      reserved_count ${integer} NOT NULL,
      shares ${text},
      vain_tries ${integer} NOT NULL,
      error ${text},
      actor ${text} NOT NULL,
      request_id ${text},
      created_at ${text} NOT NULL,
      updated_at ${text} NOT NULL,
      ended_at ${text}
    ) ${tableOptions}`,
    'CREATE INDEX rent_order_by_project ON rent_order (project_id, id)',

    `CREATE TABLE rent_order_number (
      rent_order_id ${text} NOT NULL REFERENCES rent_order (id),
      e164 ${text} NOT NULL,
      state ${text} NOT NULL,
      error ${text},
      PRIMARY KEY (rent_order_id, e164)
    ) ${keyedTableOptions}`,
    "CREATE INDEX rent_order_number_pending ON rent_order_number (rent_order_id, e164) WHERE state = 'PENDING'",
  ];
}
