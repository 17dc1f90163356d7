import assert from 'node:assert/strict';

import { periodStart } from '../../src/domain/billing-calendar.ts';
import { type NumberState, stateOfCode } from '../../src/domain/number-state.ts';
import type { Timestamp } from '../../src/domain/timestamp.ts';
import type { Store } from '../../src/store/store.ts';

interface RentalRow {
  id: string;
  e164: string;
  rentedAt: Timestamp;
  periodsCharged: number;
  nextChargeAt: Timestamp;
  expireAt: Timestamp | null;
  endedAt: Timestamp | null;
}

interface ChargeRow {
  rentalId: string;
  kind: string;
  period: number;
  periodStart: Timestamp;
  periodEnd: Timestamp;
}

/**
 * Fails unless a database in which nothing is left to do is right in itself: every number's state, every
 * period of every rental charged once, histories and provisionings without gaps.
 * @param now by the clock of the servers, whose pools have a setup price, monthly periods and no quarantine.
 */
export async function assertAccountedFor(store: Store, now: Timestamp): Promise<void> {
  const all = <Row>(sql: string) => store.read((db) => db.all<Row>(sql));
  assert.deepEqual(await all('SELECT * FROM job'), []);
  const rentals = await all<RentalRow>(
    `SELECT id, e164, rented_at AS "rentedAt", periods_charged AS "periodsCharged",
      next_charge_at AS "nextChargeAt", expire_at AS "expireAt", ended_at AS "endedAt" FROM rental`,
  );
  assertStates(rentals, await all('SELECT e164, state FROM number'));
  const charges = await all<ChargeRow>(
    `SELECT rental_id AS "rentalId", kind, period, period_start AS "periodStart", period_end AS "periodEnd"
    FROM charge ORDER BY period`,
  );
  const chargesOf = Map.groupBy(charges, ({ rentalId }) => rentalId);
  for (const rental of rentals) assertCharged(rental, chargesOf.get(rental.id) ?? [], now);
  assert.equal(
    charges.length,
    rentals.reduce((sum, rental) => sum + rental.periodsCharged + 1, 0),
  );

  const events = await all<Numbered & { id: string; type: string }>(
    'SELECT e164, sequence, id, type FROM event ORDER BY e164, sequence',
  );
  assertNoGaps(events);
  const ended = rentals.filter(({ endedAt }) => endedAt !== null);
  for (const [type, count] of [
    ['RENTED', rentals.length],
    ['RENEWED', charges.length - 2 * rentals.length],
    ['ENDED', ended.length],
  ] as const) {
    assert.equal(events.filter((event) => event.type === type).length, count, type);
  }
  for (const ofNumber of Map.groupBy(events, ({ e164 }) => e164).values()) {
    const ids = ofNumber.map(({ id }) => id);
    assert.deepEqual(ids, ids.toSorted(), 'the ids of events go the way of their sequence');
  }
  const provisionings = await all<Numbered & { status: string }>(
    'SELECT e164, sequence, status FROM provisioning ORDER BY e164, sequence',
  );
  assertNoGaps(provisionings);
  for (const { e164, status } of provisionings) {
    assert.ok(['DONE', 'CANCELLED'].includes(status), `${e164}: ${status}`);
  }
}

interface Numbered {
  e164: string;
  sequence: number;
}

/** Rows in the order of their numbers and sequences. */
function assertNoGaps(rows: readonly Numbered[]): void {
  for (const [e164, ofNumber] of Map.groupBy(rows, (row) => row.e164)) {
    assert.deepEqual(
      ofNumber.map(({ sequence }) => sequence),
      ofNumber.map((_, i) => i + 1),
      e164,
    );
  }
}

function assertStates(
  rentals: readonly RentalRow[],
  numbers: readonly { e164: string; state: number }[],
): void {
  const current = new Map<string, NumberState>();
  for (const { e164, expireAt, endedAt } of rentals) {
    if (endedAt !== null) continue;
    assert.ok(!current.has(e164), `${e164} is rented twice`);
    current.set(e164, expireAt === null ? 'ACTIVE' : 'RELEASING');
  }
  for (const { e164, state } of numbers) {
    assert.equal(stateOfCode(state), current.get(e164) ?? 'AVAILABLE', e164);
  }
}

function assertCharged(rental: RentalRow, charges: readonly ChargeRow[], now: Timestamp): void {
  const { rentedAt, periodsCharged, nextChargeAt, expireAt, endedAt } = rental;
  const what = JSON.stringify(rental);
  const start = (period: number) => periodStart(rentedAt, period, 1);
  const setups = charges.filter(({ kind }) => kind === 'SETUP');
  assert.deepEqual(
    setups.map(({ period }) => period),
    [0],
    what,
  );
  assert.deepEqual(
    charges
      .filter(({ kind }) => kind === 'PERIOD')
      .map((c) => [c.period, c.periodStart, c.periodEnd]),
    Array.from({ length: periodsCharged }, (_, i) => [i, start(i), start(i + 1)]),
    what,
  );
  assert.equal(nextChargeAt, start(periodsCharged), what);
  if (expireAt === null) {
    // As many periods as have begun, and none before it begins.
    assert.ok(start(periodsCharged - 1) <= now && now < nextChargeAt, what);
  } else {
    assert.equal(expireAt, nextChargeAt, what);
    assert.equal(endedAt !== null, expireAt <= now, what);
  }
}
