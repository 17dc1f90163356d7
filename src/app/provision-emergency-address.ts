import type { Config } from '../config.ts';
import type { Context } from '../context.ts';
import type { NamedAddress } from '../domain/emergency-address.ts';
import type { E164 } from '../domain/phone-number.ts';
import { addMilliseconds } from '../domain/timestamp.ts';
import { DomainError, invalidField } from '../errors.ts';
import type { AddressOutcome } from '../platforms/platform.ts';
import { beginAddressChange, finishAddressChange } from '../store/emergency-address.ts';
import { deleteJobOf } from '../store/job.ts';
import { emptyAnswersWithAddress } from '../store/kept-answer.ts';
import { lockNumber } from '../store/number.ts';
import type { ActiveNumber } from '../store/active-number.ts';
import { assertAddressKnown } from './assert-address-known.ts';
import type { Caller } from './caller.ts';
import { readActiveNumber } from './get-active-number.ts';
import { readEmergencyNumber } from './get-emergency-address.ts';
import { recordHistory } from './record-event.ts';
import { orderSettling, toAddressRequestId } from './settle-emergency-address.ts';
import { askWhetherKnown, whenAnswered } from './validate-emergency-address.ts';

/** A request is in flight this much longer than the platform may take to answer, so that only a dead process loses one. */
const IN_FLIGHT_MARGIN_MS = 60_000;

/**
 * Gives a number an emergency address, in place of one that it may have. Only an address that is known exactly as it is
 * written is taken, and it counts when the platform has taken it.
 *
 * The platform is asked outside any transaction, and the database knows of the change before the platform does:
 * whatever becomes meanwhile of this process or of the rental, the worker sees to it that the platform has what the
 * number shows.
 * @throws DomainError NOT_FOUND, INVALID_ARGUMENT when the address is refused, ABORTED when another change came in
 * between, UNAVAILABLE when the platform does not answer.
 */
export async function provisionEmergencyAddress(
  context: Context,
  caller: Caller,
  e164: E164,
  wanted: NamedAddress,
): Promise<NamedAddress> {
  const number = await context.store.read((db) => readEmergencyNumber(db, caller.projectId, e164));
  assertAddressKnown(await askWhetherKnown(context, number, wanted), wanted.address);
  const sequence = await beginChange(context, caller, number);
  const outcome = await askForChange(context, number, sequence, wanted);
  if (outcome.outcome === 'REJECTED') {
    const reason = outcome.reason === '' ? '' : ` (${outcome.reason})`;
    throw invalidField('address', `was refused by the platform${reason}.`);
  }
  return context.store.write(async (db) => {
    await lockNumber(db, e164);
    const now = context.clock.now();
    if (!(await finishAddressChange(db, number, sequence, wanted, now))) {
      // Whoever came in between has ordered what is to be done about it. The rental may have ended.
      await readActiveNumber(db, caller.projectId, e164);
      throw anotherChange();
    }
    await deleteJobOf(db, 'settle-address', number.id);
    await emptyAnswersWithAddress(db, number.projectId, e164);
    await recordHistory(context, db, number, 'EMERGENCY_ADDRESS_PROVISIONED', caller, {}, now);
    return wanted;
  });
}

/**
 * Notes the change, with the job that puts things right should nothing more be heard of it.
 * @returns its sequence.
 */
async function beginChange(
  context: Context,
  caller: Caller,
  number: ActiveNumber,
): Promise<number> {
  const begun = { sequence: 0 };
  // Its result is nothing, because for the client nothing has happened yet: see `answerOnce`.
  await context.store.write(async (db) => {
    await lockNumber(db, number.e164);
    const current = await readEmergencyNumber(db, caller.projectId, number.e164);
    if (current.id !== number.id) throw anotherChange();
    const now = context.clock.now();
    begun.sequence = await beginAddressChange(db, number, now);
    const lostAt = addMilliseconds(now, inFlightMs(context.config));
    await orderSettling(context, db, number.id, lostAt, now);
  });
  return begun.sequence;
}

function inFlightMs({ platform }: Config): number {
  return (platform.kind === 'http' ? platform.timeoutMs : 0) + IN_FLIGHT_MARGIN_MS;
}

/** When it does not end with DONE, nobody knows what the platform has, and the worker settles that now. */
async function askForChange(
  context: Context,
  number: ActiveNumber,
  sequence: number,
  wanted: NamedAddress,
): Promise<AddressOutcome> {
  let isDone = false;
  try {
    const change = context.platform.changeAddress({
      requestId: toAddressRequestId({ rentalId: number.id, sequence }),
      sequence,
      projectId: number.projectId,
      phoneNumber: number.e164,
      wanted,
      requestedAt: context.clock.now(),
    });
    const answer = await whenAnswered(change);
    isDone = answer.outcome === 'DONE';
    return answer;
  } finally {
    if (!isDone) {
      const now = context.clock.now();
      await context.store.write((db) => orderSettling(context, db, number.id, now, now));
      context.jobsOrdered.raise();
    }
  }
}

function anotherChange(): DomainError {
  return new DomainError(
    'ABORTED',
    'Another change of the emergency address was under way; look at it, and try again.',
  );
}
