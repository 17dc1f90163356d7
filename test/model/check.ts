import assert from 'node:assert/strict';

import { checkAccounts } from '../../src/app/check-accounts.ts';
import { checkHistory } from '../../src/app/check-history.ts';
import { stateOfCode } from '../../src/domain/number-state.ts';
import type { Reader, Store } from '../../src/store/store.ts';
import { linksOf, suspendAtOf } from './dunning.ts';
import type { Model } from './model.ts';

/**
 * Fails unless the database is what the model says, with nothing left to do: every number with its rental, every number
 * order, every charge and no other, balances that are payments less charges, and a history that leads to all of it.
 */
export async function assertLikeModel(store: Store, model: Model): Promise<void> {
  await store.read(async (db) => {
    await assertNumbers(db, model);
    await assertRentals(db, model);
    await assertOrders(db, model);
    await assertCharges(db, model);
    await assertNothingIsOpen(db);
  });
  assert.deepEqual((await checkAccounts({ store })).differences, []);
  const differences: string[] = [];
  await checkHistory({ store }, ({ e164, description }) => {
    differences.push(`${e164}: ${description}`);
  });
  assert.deepEqual(differences, []);
}

interface NumberRow {
  e164: string;
  state: number;
  holder: string | null;
  until: string | null;
  orderId: string | null;
  holdUntil: string | null;
}

/** State, holder and end of each number, and the hold or the number order that it is set aside for. */
async function assertNumbers(db: Reader, model: Model): Promise<void> {
  const rows = await db.all<NumberRow>(
    `SELECT number.e164, state, holder_project_id AS holder, state_until AS until,
      order_id AS "orderId", expire_at AS "holdUntil"
    FROM number LEFT JOIN hold ON hold.e164 = number.e164 ORDER BY number.e164`,
  );
  assert.deepEqual(
    rows.map(({ e164, state, holder, until, orderId, holdUntil }) => [
      e164,
      stateOfCode(state),
      holder,
      until,
      orderId,
      holdUntil,
    ]),
    model.numbers.map(({ e164, state, holder, until, order }) => [
      e164,
      state,
      holder ?? null,
      until ?? null,
      order?.id ?? null,
      state === 'HELD' ? (until ?? null) : null,
    ]),
  );
}

interface RentalRow {
  e164: string;
  id: string;
  servicePlanId: string;
  campaignId: string;
  voiceType: string;
  voiceTargetId: string;
  hasAddress: boolean | 0 | 1;
  expireAt: string | null;
  unpaidSince: string | null;
  suspendAt: string | null;
  isSuspended: boolean | 0 | 1;
}

/** One current rental for each number at most: what it is connected to, its emergency address, and how it ends. */
async function assertRentals(db: Reader, model: Model): Promise<void> {
  const rows = await db.all<RentalRow>(
    `SELECT rental.e164, id, service_plan_id AS "servicePlanId", campaign_id AS "campaignId",
      voice_type AS "voiceType", voice_target_id AS "voiceTargetId", address IS NOT NULL AS "hasAddress",
      expire_at AS "expireAt", unpaid_since AS "unpaidSince", suspend_at AS "suspendAt",
      suspended_at IS NOT NULL AS "isSuspended"
    FROM rental LEFT JOIN emergency_address ON rental_id = id WHERE ended_at IS NULL ORDER BY rental.e164`,
  );
  assert.deepEqual(
    rows.map((row) => ({
      ...row,
      hasAddress: Boolean(row.hasAddress),
      isSuspended: Boolean(row.isSuspended),
    })),
    model.numbers.flatMap(({ e164, rental }) => {
      if (rental === undefined) return [];
      const { id, hasAddress, expireAt = null, dunning } = rental;
      const { sms, voice } = linksOf(rental);
      const ends = {
        expireAt,
        unpaidSince: dunning?.since ?? null,
        suspendAt: suspendAtOf(rental) ?? null,
        isSuspended: dunning?.isSuspended ?? false,
      };
      const [voiceType, voiceTargetId] = [voice.type, voice.targetId];
      return [{ e164, id, ...sms, voiceType, voiceTargetId, hasAddress, ...ends }];
    }),
  );
}

async function assertOrders(db: Reader, model: Model): Promise<void> {
  const rows = await db.all<{ id: string; state: string; expireAt: string | null }>(
    'SELECT id, state, expire_at AS "expireAt" FROM number_order ORDER BY id',
  );
  assert.deepEqual(
    rows.map(({ id, state, expireAt }) => [id, state, expireAt]),
    model.orders.map(({ id, state, expireAt }) => [id, state, expireAt ?? null]),
  );
}

async function assertCharges(db: Reader, model: Model): Promise<void> {
  const charges = await db.all<{
    rentalId: string;
    kind: string;
    period: number;
    amountMinor: number;
  }>('SELECT rental_id AS "rentalId", kind, period, amount_minor AS "amountMinor" FROM charge');
  assert.deepEqual(
    charges
      .map((each) => `${each.rentalId} ${each.kind} ${each.period} ${each.amountMinor}`)
      .toSorted(),
    model.charges.toSorted(),
  );
  const balances = await db.all<{ projectId: string; balanceMinor: number }>(
    'SELECT project_id AS "projectId", balance_minor AS "balanceMinor" FROM account',
  );
  assert.deepEqual(
    balances.map(({ projectId, balanceMinor }) => [projectId, balanceMinor]),
    [...model.balances],
  );
}

/** The platform has what the rentals have, and nothing of those that have ended. */
async function assertNothingIsOpen(db: Reader): Promise<void> {
  const provisionings = await db.all(
    "SELECT id FROM provisioning WHERE status IN ('WAITING', 'IN_PROGRESS')",
  );
  assert.deepEqual(provisionings, []);
  const addresses = await db.all(
    `SELECT emergency_address.e164 FROM emergency_address JOIN rental ON rental_id = rental.id
    WHERE is_in_flight = 1 OR (address IS NULL AND may_be_held = 1)
      OR (address IS NOT NULL AND (may_be_held = 0 OR ended_at IS NOT NULL))`,
  );
  assert.deepEqual(addresses, []);
}
