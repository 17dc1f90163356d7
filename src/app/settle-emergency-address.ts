import type { Context } from '../context.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import {
  type AddressRecord,
  findAddressRecord,
  noteAddressLeft,
  replaceChange,
} from '../store/emergency-address.ts';
import { deleteJobOf, type Job, postponeJob, putJob } from '../store/job.ts';
import { lockNumber } from '../store/number.ts';
import { findRental } from '../store/rental.ts';
import type { Writer } from '../store/store.ts';
import type { Pools } from './pool-catalog.ts';
import { resumeQuarantine } from './quarantine-number.ts';

/**
 * What the platform is to be told about a rental's emergency address: what the rental has, be it nothing. A change that
 * was in flight is given up for that, because nobody knows what became of it.
 * @returns `undefined` when the platform has nothing of the rental.
 */
export async function beginSettling(
  context: Pick<Context, 'clock'>,
  db: Writer,
  rentalId: string,
): Promise<AddressRecord | undefined> {
  const found = await findAddressRecord(db, rentalId);
  if (found !== undefined) await lockNumber(db, found.e164);
  // Read again: whoever had the lock before may have changed it.
  const record = await findAddressRecord(db, rentalId);
  if (record?.mayBeHeld !== true) {
    await deleteJobOf(db, 'settle-address', rentalId);
    return undefined;
  }
  if (!record.isInFlight) return record;
  await replaceChange(db, record, context.clock.now());
  return findAddressRecord(db, rentalId);
}

/** Notes that the platform was told. A number whose rental has ended goes on to its next holder then. */
export async function finishSettling(
  context: Context,
  pools: Pools,
  db: Writer,
  told: AddressRecord,
): Promise<void> {
  await lockNumber(db, told.e164);
  const record = await findAddressRecord(db, told.rentalId);
  // Another change has begun since, with a job of its own.
  if (record?.sequence !== told.sequence) return;
  await deleteJobOf(db, 'settle-address', told.rentalId);
  if (told.provisioned !== undefined) return;
  const now = context.clock.now();
  await noteAddressLeft(db, told, now);
  const rental = await findRental(db, told.rentalId);
  if (rental !== undefined && rental.endedAt !== null)
    await resumeQuarantine(context, pools, db, rental, now);
}

/**
 * Notes that the platform refused what it was told. It has still whatever it had, so an address that it was to leave is
 * asked for again at `runAt`, until it has left it: else help would come to where the last holder of the number lives.
 * As a change of its own, because the platform may give the answer to the last one again. What a rental has is not sent
 * again: to ask would not help, and somebody has to look what the platform has.
 */
export async function takeRefusal(
  context: Pick<Context, 'clock'>,
  db: Writer,
  job: Job,
  told: AddressRecord,
  runAt: Timestamp,
): Promise<void> {
  await lockNumber(db, told.e164);
  const record = await findAddressRecord(db, told.rentalId);
  // Another change has begun since, with a job of its own.
  if (record?.sequence !== told.sequence) return;
  if (told.provisioned !== undefined) {
    await deleteJobOf(db, 'settle-address', told.rentalId);
    return;
  }
  await replaceChange(db, told, context.clock.now());
  await postponeJob(db, job, runAt);
}

/** Orders that the platform be told what a rental has; an order that is there already is moved to that time. */
export async function orderSettling(
  context: Pick<Context, 'ids'>,
  db: Writer,
  rentalId: string,
  runAt: Timestamp,
  now: Timestamp,
): Promise<void> {
  await putJob(db, {
    id: context.ids.ulid(),
    kind: 'settle-address',
    subjectId: rentalId,
    runAt,
    createdAt: now,
  });
}

/** Names one change: the same in every try, so that the platform does it once. */
export function toAddressRequestId({
  rentalId,
  sequence,
}: Pick<AddressRecord, 'rentalId' | 'sequence'>): string {
  return `${rentalId}-address-${sequence}`;
}
