import assert from 'node:assert/strict';

import type { Timestamp } from '../../../src/domain/timestamp.ts';
import type { Store } from '../../../src/store/store.ts';
import type { Model, ModelNumber, NewRental } from '../model.ts';

/** Takes over what only the server knows of a rental: its id, and the instant at which it began. */
export async function takeRental(
  model: Model,
  number: ModelNumber,
  projectId: string,
  store: Store,
  terms: Partial<NewRental> = {},
): Promise<void> {
  const row = await store.read((db) =>
    db.get<{ id: string; rentedAt: Timestamp }>(
      'SELECT id, rented_at AS "rentedAt" FROM rental WHERE e164 = ? AND project_id = ? AND ended_at IS NULL',
      number.e164,
      projectId,
    ),
  );
  assert.ok(row, `${number.e164} was answered as rented, and is not`);
  model.rent(number, projectId, { ...row, ...terms });
}
