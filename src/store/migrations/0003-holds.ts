import type { Dialect } from '../dialect.ts';

/** Numbers that are set aside for a project. */
export function createHolds({ text, tableOptions }: Dialect): string[] {
  return [
    // The number's row is HELD as long as this one is there, with the same project and end.
    // number_order_id: the order that the number is set aside for, and that alone goes on with it; NULL: none.
    `CREATE TABLE hold (
      e164 ${text} NOT NULL PRIMARY KEY REFERENCES number (e164),
      project_id ${text} NOT NULL REFERENCES project (id),
      number_order_id ${text},
      held_at ${text} NOT NULL,
      expire_at ${text} NOT NULL
    ) ${tableOptions}`,
    // What a project has set aside itself: that is what it sees, and what its limit counts.
    'CREATE INDEX hold_by_project ON hold (project_id, e164) WHERE number_order_id IS NULL',
    'CREATE INDEX hold_expire ON hold (expire_at)',
  ];
}
