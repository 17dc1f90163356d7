import {
  beginSettling,
  finishSettling,
  takeRefusal,
  toAddressRequestId,
} from '../app/settle-emergency-address.ts';
import type { Context } from '../context.ts';
import { addMilliseconds } from '../domain/timestamp.ts';
import { type AddressOutcome, PlatformUnavailableError } from '../platforms/platform.ts';
import type { AddressRecord } from '../store/emergency-address.ts';
import { type Job, postponeJob } from '../store/job.ts';

/** Tells the platform what emergency address a rental has, or that it has none, until it has heard it. */
export async function settleAddress(context: Context, job: Job): Promise<void> {
  const record = await context.store.write((db) => beginSettling(context, db, job.subjectId));
  if (record === undefined) return;
  const outcome = await tellPlatform(context, record);
  if (outcome === undefined) {
    await tryAgain(context, job, record);
    return;
  }
  if (outcome.outcome === 'REJECTED') {
    const facts = { ...identify(record), reason: outcome.reason };
    context.log.error(facts, 'the platform refuses what it is told about an emergency address');
    const { retryDelaysMs } = context.config.provisioning;
    const runAt = addMilliseconds(context.clock.now(), Math.max(...retryDelaysMs));
    await context.store.write((db) => takeRefusal(context, db, job, record, runAt));
    return;
  }
  const pools = await context.pools.current();
  await context.store.write((db) => finishSettling(context, pools, db, record));
}

/** @returns `undefined` when the platform does not answer. */
async function tellPlatform(
  context: Context,
  record: AddressRecord,
): Promise<AddressOutcome | undefined> {
  try {
    return await context.platform.changeAddress({
      requestId: toAddressRequestId(record),
      sequence: record.sequence,
      projectId: record.projectId,
      phoneNumber: record.e164,
      wanted: record.provisioned,
      requestedAt: context.clock.now(),
    });
  } catch (error) {
    if (!(error instanceof PlatformUnavailableError)) throw error;
    context.log.warn({ ...identify(record), reason: error.message }, 'platform down');
    return undefined;
  }
}

/** After the waits of a provisioning, and then for ever after the last of them: it must not be forgotten. */
async function tryAgain(context: Context, job: Job, record: AddressRecord): Promise<void> {
  const { retryDelaysMs } = context.config.provisioning;
  const delayMs = retryDelaysMs[job.attempts - 1] ?? Math.max(...retryDelaysMs);
  if (job.attempts > retryDelaysMs.length) {
    context.log.error(identify(record), 'the platform cannot be told about an emergency address');
  }
  const runAt = addMilliseconds(context.clock.now(), delayMs);
  await context.store.write((db) => postponeJob(db, job, runAt));
}

function identify({ rentalId, e164 }: AddressRecord): object {
  return { rentalId, phoneNumber: e164 };
}
