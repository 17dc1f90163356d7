import assert from 'node:assert/strict';

import { UNLINKED_SMS, UNLINKED_VOICE } from '../../src/domain/provisioning.ts';
import { addDays, type Timestamp } from '../../src/domain/timestamp.ts';
import type { Store } from '../../src/store/store.ts';
import type { Model, ModelLinks, ModelNumber, ModelRental } from './model.ts';
import { nextChargeAt } from './next-charge.ts';

/** As configured when nothing is said. */
const GRACE_DAYS = 7;
const END_DAYS = 30;

/** Of a rental whose next period the balance does not cover. */
export interface ModelDunning {
  /** When that was found, which only the server knows. */
  since: Timestamp | undefined;
  isSuspended: boolean;
}

type Rented = ModelNumber & { rental: ModelRental };

/** Charges a period of each rental that is due, or begins dunning. @returns whether there was anything to do. */
export function renew(model: Model, now: Timestamp): boolean {
  const due = inOrder(
    model,
    ({ state, rental }) => state === 'ACTIVE' && nextChargeAt(rental) <= now,
  );
  for (const number of due) {
    const { rental } = number;
    if (model.covers(rental)) {
      model.chargePeriod(rental);
    } else {
      rental.dunning = { since: undefined, isSuspended: false };
      number.state = 'RELEASING';
    }
  }
  return due.length > 0;
}

/** Charges a period of each unpaid rental that the balance covers. @returns whether there was any. */
export function collect(model: Model, now: Timestamp): boolean {
  const payable = inOrder(
    model,
    ({ rental }) => rental.dunning !== undefined && model.covers(rental),
  );
  for (const number of payable) {
    const { rental } = number;
    if (!model.covers(rental)) continue;
    model.chargePeriod(rental);
    if (nextChargeAt(rental) <= now) continue;
    rental.dunning = undefined;
    rental.expireAt = undefined;
    number.state = 'ACTIVE';
  }
  return payable.length > 0;
}

/** Takes those whose grace is over off their platforms. */
export function suspend(model: Model, now: Timestamp): void {
  for (const { rental } of model.numbers) {
    const { since, isSuspended = true } = rental?.dunning ?? {};
    if (rental?.dunning === undefined || since === undefined || isSuspended) continue;
    if (addDays(since, GRACE_DAYS) > now) continue;
    rental.dunning.isSuspended = true;
    rental.failed.clear();
  }
}

/** Takes over when the server began to dun, and with it the dates that it announced. */
export async function takeDunning(model: Model, store: Store, now: Timestamp): Promise<void> {
  for (const { e164, rental } of model.numbers) {
    if (rental?.dunning === undefined || rental.dunning.since !== undefined) continue;
    const row = await store.read((db) =>
      db.get<{ since: Timestamp | null }>(
        'SELECT unpaid_since AS since FROM rental WHERE id = ?',
        rental.id,
      ),
    );
    const since = row?.since ?? null;
    assert.ok(since !== null, `${e164} is not covered, and is not dunned`);
    assert.ok(nextChargeAt(rental) <= since && since <= now, `${e164} is unpaid since ${since}`);
    rental.dunning.since = since;
    rental.expireAt = addDays(since, END_DAYS);
  }
}

/** When a rental is suspended; `undefined`: it is not unpaid. */
export function suspendAtOf({ dunning }: ModelRental): Timestamp | undefined {
  return dunning?.since && addDays(dunning.since, GRACE_DAYS);
}

/** What a rental is connected to now. */
export function linksOf({ links, dunning }: ModelRental): ModelLinks {
  if (dunning?.isSuspended !== true) return links;
  return { sms: UNLINKED_SMS, voice: UNLINKED_VOICE };
}

/** Those that have waited longest come first. */
function inOrder(model: Model, isWanted: (number: Rented) => boolean): Rented[] {
  return model.numbers
    .filter((number): number is Rented => number.rental !== undefined)
    .filter(isWanted)
    .toSorted((one, other) => (nextChargeAt(one.rental) < nextChargeAt(other.rental) ? -1 : 1));
}
