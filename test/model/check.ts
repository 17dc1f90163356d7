import assert from 'node:assert/strict';

import { checkAccounts } from '../../src/app/check-accounts.ts';
import { checkHistory } from '../../src/app/check-history.ts';
import { stateOfCode } from '../../src/domain/number-state.ts';
import type { Store } from '../../src/store/store.ts';
import type { Model } from './model.ts';

interface NumberRow {
  e164: string;
  state: number;
  holder: string | null;
  until: string | null;
}

/**
 * Fails unless the database is what the model says: every number's state, holder and end, every charge and no other, one
 * current rental for each number at most, balances that are payments less charges, and a history that leads to all of it.
 */
export async function assertLikeModel(store: Store, model: Model): Promise<void> {
  const numbers = await store.read((db) =>
    db.all<NumberRow>(
      'SELECT e164, state, holder_project_id AS holder, state_until AS until FROM number ORDER BY e164',
    ),
  );
  assert.deepEqual(
    numbers.map(({ e164, state, holder, until }) => [e164, stateOfCode(state), holder, until]),
    model.numbers.map(({ e164, state, holder, until }) => [
      e164,
      state,
      holder ?? null,
      until ?? null,
    ]),
  );
  const rentals = await store.read((db) =>
    db.all<{ e164: string; id: string }>(
      'SELECT e164, id FROM rental WHERE ended_at IS NULL ORDER BY e164',
    ),
  );
  assert.deepEqual(
    rentals.map(({ e164, id }) => [e164, id]),
    model.numbers.flatMap(({ e164, rental }) => (rental === undefined ? [] : [[e164, rental.id]])),
  );
  const charges = await store.read((db) =>
    db.all<{ rentalId: string; kind: string; period: number; amountMinor: number }>(
      'SELECT rental_id AS "rentalId", kind, period, amount_minor AS "amountMinor" FROM charge',
    ),
  );
  assert.deepEqual(
    charges
      .map((each) => `${each.rentalId} ${each.kind} ${each.period} ${each.amountMinor}`)
      .toSorted(),
    model.charges.toSorted(),
  );
  const balances = await store.read((db) =>
    db.all<{ projectId: string; balanceMinor: number }>(
      'SELECT project_id AS "projectId", balance_minor AS "balanceMinor" FROM account',
    ),
  );
  assert.deepEqual(
    balances.map(({ projectId, balanceMinor }) => [projectId, balanceMinor]),
    [...model.balances],
  );
  assert.deepEqual((await checkAccounts({ store })).differences, []);
  const differences: string[] = [];
  await checkHistory({ store }, ({ e164, description }) => {
    differences.push(`${e164}: ${description}`);
  });
  assert.deepEqual(differences, []);
}
