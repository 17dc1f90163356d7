import type { Context } from '../context.ts';
import type { E164 } from '../domain/phone-number.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import { dropAddress, findAddressRecord } from '../store/emergency-address.ts';
import { emptyAnswersWithAddress } from '../store/kept-answer.ts';
import { lockNumberFor } from '../store/number.ts';
import type { Rental } from '../store/rental.ts';
import type { Writer } from '../store/store.ts';
import type { Caller } from './caller.ts';
import { readEmergencyNumber } from './get-emergency-address.ts';
import { type Actor, recordHistory } from './record-event.ts';
import { orderSettling } from './settle-emergency-address.ts';

/**
 * Takes a number's emergency address away. It is gone at once; the platform hears of it from the worker, however long
 * it is away. A number that has none stays so.
 * @returns what is left: nothing.
 * @throws DomainError NOT_FOUND
 */
export async function deprovisionEmergencyAddress(
  context: Context,
  caller: Caller,
  e164: E164,
): Promise<Record<string, never>> {
  const left = await context.store.write(async (db) => {
    await lockNumberFor(db, caller.projectId, e164, context.clock.now());
    const number = await readEmergencyNumber(db, caller.projectId, e164);
    await endEmergencyAddress(context, db, number, caller, context.clock.now());
    return {};
  });
  context.jobsOrdered.raise();
  return left;
}

/** The same, as a part of a larger write that holds the number's lock: whatever ends a rental ends its address. */
export async function endEmergencyAddress(
  context: Context,
  db: Writer,
  rental: Pick<Rental, 'id' | 'e164' | 'projectId'>,
  actor: Actor,
  now: Timestamp,
): Promise<void> {
  const record = await findAddressRecord(db, rental.id);
  if (record?.mayBeHeld !== true) return;
  await dropAddress(db, rental, now);
  await emptyAnswersWithAddress(db, rental.projectId, rental.e164);
  await orderSettling(context, db, rental.id, now, now);
  if (record.provisioned === undefined) return;
  await recordHistory(context, db, rental, 'EMERGENCY_ADDRESS_DEPROVISIONED', actor, {}, now);
}
