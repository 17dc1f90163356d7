import { isDeepStrictEqual } from 'node:util';

import type { Context } from '../context.ts';
import { callbackEventType, type CallbackStatus, toFailureCode } from '../domain/callback.ts';
import type { ProvisioningErrorCode, ProvisioningStep } from '../domain/provisioning.ts';
import { addMilliseconds, type Timestamp } from '../domain/timestamp.ts';
import type { PlatformAnswer } from '../platforms/platform.ts';
import { deleteJobOf, putJob } from '../store/job.ts';
import { lockNumber } from '../store/number.ts';
import { findProvisioning, type Provisioning, updateProvisioning } from '../store/provisioning.ts';
import { findRental, type Rental, updateSmsLink, updateVoiceLink } from '../store/rental.ts';
import type { Reader, Writer } from '../store/store.ts';
import type { Pools } from './pool-catalog.ts';
import { resumeQuarantine } from './quarantine-number.ts';
import { recordCallbackEvent } from './record-event.ts';

/** A platform that could not be asked is an answer too: the step failed for now. */
export type StepAnswer = PlatformAnswer | { outcome: 'UNAVAILABLE'; reason: string };

/** An open provisioning with the step it is at. */
export type OpenProvisioning = Provisioning & { step: ProvisioningStep; rental: Rental };

/**
 * Writes what the platform answered to one step, with the event and the callback that tell of it.
 * @returns false when that step was over already: then nothing is written.
 */
export async function takePlatformAnswer(
  context: Context,
  { id, stepsDone }: Pick<Provisioning, 'id' | 'stepsDone'>,
  answer: StepAnswer,
): Promise<boolean> {
  const pools = await context.pools.current();
  const taken = await context.store.write(async (db) => {
    const open = await findOpenProvisioning(db, id);
    if (open === undefined) return false;
    await lockNumber(db, open.rental.e164);
    // Read again: whoever had the lock before may have written the answer to this step.
    const provisioning = await findOpenProvisioning(db, id);
    if (provisioning?.stepsDone !== stepsDone) return false;
    const now = context.clock.now();
    switch (answer.outcome) {
      case 'DONE':
        return finishStep(context, pools, db, provisioning, SUCCEEDED, now);
      case 'REJECTED':
        return rejectStep(context, pools, db, provisioning, answer, now);
      case 'ACCEPTED':
        return awaitStep(context, db, provisioning, answer.askAgainAfterMs, now);
      case 'UNAVAILABLE':
        return retryStep(context, db, provisioning, now);
    }
  });
  context.jobsOrdered.raise();
  return taken;
}

/** How a step ended, as its event and callback tell it. */
interface StepResult {
  status: CallbackStatus;
  code?: ProvisioningErrorCode;
  internalCode?: string;
}

const SUCCEEDED: StepResult = { status: 'SUCCEEDED' };

async function finishStep(
  context: Context,
  pools: Pools,
  db: Writer,
  provisioning: OpenProvisioning,
  result: StepResult,
  now: Timestamp,
): Promise<boolean> {
  const { rental } = provisioning;
  const stepsDone = provisioning.stepsDone + 1;
  const isLast = stepsDone === provisioning.steps.length;
  await updateProvisioning(db, provisioning, {
    status: isLast ? 'DONE' : 'IN_PROGRESS',
    steps: provisioning.steps,
    stepsDone,
    stepFailures: 0,
    stepStartedAt: null,
    errorCodes: [],
    updatedAt: now,
  });
  await recordStep(context, db, provisioning, result, now);
  if (!isLast) {
    await runAgainAt(context, db, provisioning, now, now);
    return true;
  }
  await deleteJobOf(db, 'provision', provisioning.id);
  const { kind, servicePlanId, campaignId, voiceType, voiceTargetId } = provisioning;
  if (kind === 'SMS') {
    await updateSmsLink(db, rental.id, { servicePlanId, campaignId });
  } else {
    // A number without voice is of the default type, whichever it had before.
    const type = voiceTargetId === '' ? 'RTC' : voiceType;
    await updateVoiceLink(db, rental.id, { type, targetId: voiceTargetId });
  }
  if (rental.endedAt !== null) await resumeQuarantine(context, pools, db, rental, now);
  return true;
}

async function rejectStep(
  context: Context,
  pools: Pools,
  db: Writer,
  provisioning: OpenProvisioning,
  failure: { code: ProvisioningErrorCode; internalCode?: string },
  now: Timestamp,
): Promise<boolean> {
  if (provisioning.rental.endedAt !== null) {
    return askAgainAfterRefusal(context, pools, db, provisioning, failure, now);
  }
  return failProvisioning(context, db, provisioning, failure, now);
}

/**
 * Nobody is left to try again, and the number must not be sold again while its last holder is still connected: the
 * step is asked for until it is done, at first behind the others, so that these are left all the same. It is told once,
 * however often it is refused.
 */
async function askAgainAfterRefusal(
  context: Context,
  pools: Pools,
  db: Writer,
  provisioning: OpenProvisioning,
  failure: { code: ProvisioningErrorCode; internalCode?: string },
  now: Timestamp,
): Promise<boolean> {
  const { id, rental, steps, stepsDone, step, errorCodes } = provisioning;
  const { code } = failure;
  const facts = { provisioningId: id, phoneNumber: rental.e164, step, code };
  context.log.error(facts, 'the platform refuses to let go of a number whose rental has ended');
  const result: StepResult = { status: 'FAILED', ...failure };
  const isFirstTry = !steps.slice(0, stepsDone).some((before) => isDeepStrictEqual(before, step));
  if (isFirstTry && stepsDone + 1 < steps.length) {
    const moved = { ...provisioning, steps: [...steps, step] };
    return finishStep(context, pools, db, moved, result, now);
  }
  if (isFirstTry && errorCodes.length === 0) {
    await updateProvisioning(db, provisioning, {
      ...provisioning,
      errorCodes: [code],
      updatedAt: now,
    });
    await recordStep(context, db, provisioning, result, now);
  }
  const runAt = addMilliseconds(now, Math.max(...context.config.provisioning.retryDelaysMs));
  await runAgainAt(context, db, provisioning, runAt, now);
  return true;
}

async function failProvisioning(
  context: Context,
  db: Writer,
  provisioning: OpenProvisioning,
  failure: { code: ProvisioningErrorCode; internalCode?: string },
  now: Timestamp,
): Promise<boolean> {
  await updateProvisioning(db, provisioning, {
    ...provisioning,
    status: 'FAILED',
    errorCodes: [failure.code],
    updatedAt: now,
  });
  await recordStep(context, db, provisioning, { status: 'FAILED', ...failure }, now);
  await deleteJobOf(db, 'provision', provisioning.id);
  return true;
}

function recordStep(
  context: Context,
  db: Writer,
  { rental, step }: OpenProvisioning,
  { status, code, internalCode }: StepResult,
  now: Timestamp,
): Promise<void> {
  const event = {
    type: callbackEventType(step.action, step.service),
    status,
    failureCode: code === undefined ? null : toFailureCode(step.service, code),
    internalFailureCode: internalCode ?? null,
    details: { targetId: step.targetId, ...(code === undefined ? {} : { code }) },
  };
  return recordCallbackEvent(context, db, rental, event, now);
}

/** The platform is at work: ask again later, for the last time when the step has taken as long as it may. */
async function awaitStep(
  context: Context,
  db: Writer,
  provisioning: OpenProvisioning,
  askAgainAfterMs: number,
  now: Timestamp,
): Promise<boolean> {
  const askAgainAt = addMilliseconds(now, askAgainAfterMs);
  const deadlineAt = addMilliseconds(
    provisioning.stepStartedAt ?? now,
    context.config.provisioning.deadlineMs,
  );
  if (now < deadlineAt) {
    const runAt = askAgainAt < deadlineAt ? askAgainAt : deadlineAt;
    await runAgainAt(context, db, provisioning, runAt, now);
    return true;
  }
  return giveUp(context, db, provisioning, askAgainAt, now);
}

async function retryStep(
  context: Context,
  db: Writer,
  provisioning: OpenProvisioning,
  now: Timestamp,
): Promise<boolean> {
  const { retryDelaysMs } = context.config.provisioning;
  const delayMs = retryDelaysMs[provisioning.stepFailures];
  if (delayMs === undefined) {
    const longestMs = Math.max(...retryDelaysMs);
    return giveUp(context, db, provisioning, addMilliseconds(now, longestMs), now);
  }
  const stepFailures = provisioning.stepFailures + 1;
  await updateProvisioning(db, provisioning, { ...provisioning, stepFailures });
  await runAgainAt(context, db, provisioning, addMilliseconds(now, delayMs), now);
  return true;
}

/**
 * Fails a step that the platform stayed away from; but never one of an ended rental, whose number must not
 * be sold again while its last holder is still connected: that one goes on until it is done.
 */
async function giveUp(
  context: Context,
  db: Writer,
  provisioning: OpenProvisioning,
  elseRunAt: Timestamp,
  now: Timestamp,
): Promise<boolean> {
  const { id, rental, step } = provisioning;
  if (rental.endedAt !== null) {
    const facts = { provisioningId: id, phoneNumber: rental.e164, step };
    context.log.error(facts, 'a number whose rental has ended cannot leave its platform');
    await runAgainAt(context, db, provisioning, elseRunAt, now);
    return true;
  }
  return failProvisioning(context, db, provisioning, { code: 'PARTNER_SERVICE_UNAVAILABLE' }, now);
}

async function runAgainAt(
  context: Context,
  db: Writer,
  provisioning: Provisioning,
  runAt: Timestamp,
  now: Timestamp,
): Promise<void> {
  await putJob(db, {
    id: context.ids.ulid(),
    kind: 'provision',
    subjectId: provisioning.id,
    runAt,
    createdAt: now,
  });
}

/** Names one step of one provisioning: the same in every try, so that the platform does it once. */
export function toRequestId(provisioning: Pick<Provisioning, 'id' | 'stepsDone'>): string {
  return `${provisioning.id}-${provisioning.stepsDone}`;
}

/** @returns `undefined` when the provisioning is over. */
export async function findOpenProvisioning(
  db: Reader,
  id: string,
): Promise<OpenProvisioning | undefined> {
  const provisioning = await findProvisioning(db, id);
  if (provisioning?.status !== 'WAITING' && provisioning?.status !== 'IN_PROGRESS')
    return undefined;
  const step = provisioning.steps[provisioning.stepsDone];
  const rental = await findRental(db, provisioning.rentalId);
  return step && rental && { ...provisioning, step, rental };
}
