import type { Dialect } from '../dialect.ts';

export function addEmergencyAddresses({ text, integer, tableOptions }: Dialect): string[] {
  return [
    // 1 where numbers of the pool can have an emergency address.
    `ALTER TABLE pool ADD COLUMN emergency_addresses ${integer} NOT NULL DEFAULT 0`,

    // One row a rental, from its first emergency address on. address: JSON of it and its name, NULL when there is none.
    // sequence: of the last change, 1, 2, 3 … for each number over all of its rentals.
    // is_in_flight: 1 while a request asks the platform for that change, and for ever if its process died meanwhile.
    // may_be_held: 1 as long as the platform may have an address of this rental.
    `CREATE TABLE emergency_address (
      rental_id ${text} NOT NULL PRIMARY KEY REFERENCES rental (id),
      e164 ${text} NOT NULL,
      project_id ${text} NOT NULL REFERENCES project (id),
      sequence ${integer} NOT NULL,
      address ${text},
      is_in_flight ${integer} NOT NULL,
      may_be_held ${integer} NOT NULL,
      updated_at ${text} NOT NULL
    ) ${tableOptions}`,
    'CREATE UNIQUE INDEX emergency_address_of_number ON emergency_address (e164, sequence)',
  ];
}
