import type { Dialect } from '../dialect.ts';

/** Numbers that are set aside for a project. */
export function createHolds({ text, tableOptions }: Dialect): string[] {
  return [
    // The number's row is HELD as long as this one is there, with the same project and end.
    // order_id: the order, of either kind, that the number is set aside for and that alone goes on with it; NULL: none.
    // own_expire_at: when the project's own hold was to end, which a rent order has taken over; NULL: there was none.
    `CREATE TABLE hold (
      e164 ${text} NOT NULL PRIMARY KEY REFERENCES number (e164),
      project_id ${text} NOT NULL REFERENCES project (id),
      order_id ${text},
      held_at ${text} NOT NULL,
      expire_at ${text} NOT NULL,
      own_expire_at ${text}
    ) ${tableOptions}`,
    // What a project has set aside itself: what it sees, and, with what its orders have taken over, what its limit counts.
    `CREATE INDEX hold_by_project ON hold (project_id, e164)
      WHERE order_id IS NULL OR own_expire_at IS NOT NULL`,
    'CREATE INDEX hold_by_order ON hold (order_id, e164) WHERE order_id IS NOT NULL',
    'CREATE INDEX hold_expire ON hold (expire_at)',
  ];
}
