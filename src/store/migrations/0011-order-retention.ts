import type { Dialect } from '../dialect.ts';

/** What clients have sent with their orders is not kept for ever. */
export function addOrderRetention({ text }: Dialect): string[] {
  return [
    // data_kept_since: since when an order that is over has needed its data no more; NULL: it is open, or they are
    // deleted. data_deleted_at: when they were.
    `ALTER TABLE number_order ADD COLUMN data_kept_since ${text}`,
    `ALTER TABLE number_order ADD COLUMN data_deleted_at ${text}`,
    `UPDATE number_order SET data_kept_since = updated_at WHERE state IN ('COMPLETED', 'REJECTED', 'EXPIRED')`,
    `CREATE INDEX number_order_open ON number_order (project_id) WHERE state IN ('CREATED', 'IN_REVIEW', 'BLOCKED')`,
    `CREATE INDEX number_order_data ON number_order (data_kept_since) WHERE data_kept_since IS NOT NULL`,
  ];
}
