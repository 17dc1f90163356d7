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
  const { rental, errorCodes } = provisioning;
  const stepsDone = provisioning.stepsDone + 1;
  const isLast = stepsDone === provisioning.steps.length;
  await updateProvisioning(db, provisioning, {
    status: isLast ? 'DONE' : 'IN_PROGRESS',
    steps: provisioning.steps,
    stepsDone,
    stepFailures: 0,
    stepStartedAt: null,
    errorCodes: result.code === undefined ? [] : [...new Set([...errorCodes, result.code])],
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

/** Why a step failed, for now or for good. */
interface StepFailure {
  code: ProvisioningErrorCode;
  internalCode?: string;
}

/** Of a number that must leave its platform the step is put behind the others at first, so that these are left all the same. */
async function rejectStep(
  context: Context,
  pools: Pools,
  db: Writer,
  provisioning: OpenProvisioning,
  failure: StepFailure,
  now: Timestamp,
): Promise<boolean> {
  if (!mustLetGo(provisioning)) return failProvisioning(context, db, provisioning, failure, now);
  const { steps, stepsDone, step } = provisioning;
  if (isFirstTry(provisioning) && stepsDone + 1 < steps.length) {
    logHeld(context, provisioning, failure);
    const moved = { ...provisioning, steps: [...steps, step] };
    return finishStep(context, pools, db, moved, { status: 'FAILED', ...failure }, now);
  }
  const runAt = addMilliseconds(now, Math.max(...context.config.provisioning.retryDelaysMs));
  return keepAsking(context, db, provisioning, failure, runAt, now);
}

/**
 * Whether a step disconnects a number that must not stay connected: one whose rental has ended must not be sold again
 * before that, one that is suspended is not paid for, and in both cases no client is left to ask for it again.
 */
function mustLetGo({ rental, step }: OpenProvisioning): boolean {
  return step.action === 'DEPROVISION' && (rental.endedAt !== null || rental.suspendedAt !== null);
}

/** Whether a step is asked for in its own place, and not behind the others after a refusal. */
function isFirstTry({ steps, stepsDone, step }: OpenProvisioning): boolean {
  return !steps.slice(0, stepsDone).some((before) => isDeepStrictEqual(before, step));
}

/**
 * Asks for a step until it is done. A reason why it is not is told once, however often it comes, and shown from then on;
 * what was put behind the others has been told of.
 */
async function keepAsking(
  context: Context,
  db: Writer,
  provisioning: OpenProvisioning,
  failure: StepFailure,
  runAt: Timestamp,
  now: Timestamp,
): Promise<boolean> {
  logHeld(context, provisioning, failure);
  const errorCodes = [...new Set([...provisioning.errorCodes, failure.code])];
  if (errorCodes.length > provisioning.errorCodes.length) {
    await updateProvisioning(db, provisioning, { ...provisioning, errorCodes, updatedAt: now });
    if (isFirstTry(provisioning)) {
      await recordStep(context, db, provisioning, { status: 'FAILED', ...failure }, now);
    }
  }
  await runAgainAt(context, db, provisioning, runAt, now);
  return true;
}

function logHeld(
  context: Context,
  { id, rental, step }: OpenProvisioning,
  { code }: StepFailure,
): void {
  const facts = { provisioningId: id, phoneNumber: rental.e164, step, code };
  const because = rental.endedAt === null ? 'is suspended' : 'has ended';
  context.log.error(facts, `the platform does not let go of a number whose rental ${because}`);
}

async function failProvisioning(
  context: Context,
  db: Writer,
  provisioning: OpenProvisioning,
  failure: StepFailure,
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

/** Fails a step that the platform stayed away from, unless the number must leave it: that is asked for until it is done. */
async function giveUp(
  context: Context,
  db: Writer,
  provisioning: OpenProvisioning,
  elseRunAt: Timestamp,
  now: Timestamp,
): Promise<boolean> {
  const failure: StepFailure = { code: 'PARTNER_SERVICE_UNAVAILABLE' };
  return mustLetGo(provisioning)
    ? keepAsking(context, db, provisioning, failure, elseRunAt, now)
    : failProvisioning(context, db, provisioning, failure, now);
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
