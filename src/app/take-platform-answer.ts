import type { Context } from '../context.ts';
import { callbackEventType, toFailureCode } from '../domain/callback.ts';
import type { ProvisioningErrorCode, ProvisioningStep } from '../domain/provisioning.ts';
import { addMilliseconds, type Timestamp } from '../domain/timestamp.ts';
import type { PlatformAnswer } from '../platforms/platform.ts';
import { deleteJobOf, putJob } from '../store/job.ts';
import { lockNumber } from '../store/number.ts';
import { findProvisioning, type Provisioning, updateProvisioning } from '../store/provisioning.ts';
import { findRental, type Rental, updateSmsLink, updateVoiceLink } from '../store/rental.ts';
import type { Reader, Writer } from '../store/store.ts';
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
        return finishStep(context, db, provisioning, now);
      case 'REJECTED':
        return failProvisioning(context, db, provisioning, answer, now);
      case 'ACCEPTED':
        return awaitStep(context, db, provisioning, answer.askAgainAfterMs, now);
      case 'UNAVAILABLE':
        return retryStep(context, db, provisioning, now);
    }
  });
  context.jobsOrdered.raise();
  return taken;
}

async function finishStep(
  context: Context,
  db: Writer,
  provisioning: OpenProvisioning,
  now: Timestamp,
): Promise<boolean> {
  const { step, rental } = provisioning;
  const stepsDone = provisioning.stepsDone + 1;
  const isLast = stepsDone === provisioning.steps.length;
  await updateProvisioning(db, provisioning, {
    status: isLast ? 'DONE' : 'IN_PROGRESS',
    stepsDone,
    stepFailures: 0,
    stepStartedAt: null,
    errorCodes: [],
    updatedAt: now,
  });
  await recordCallbackEvent(
    context,
    db,
    rental,
    {
      type: callbackEventType(step.action, step.service),
      status: 'SUCCEEDED',
      failureCode: null,
      internalFailureCode: null,
      details: { targetId: step.targetId },
    },
    now,
  );
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
  return true;
}

async function failProvisioning(
  context: Context,
  db: Writer,
  provisioning: OpenProvisioning,
  failure: { code: ProvisioningErrorCode; internalCode?: string },
  now: Timestamp,
): Promise<boolean> {
  const { step, rental } = provisioning;
  await updateProvisioning(db, provisioning, {
    ...provisioning,
    status: 'FAILED',
    errorCodes: [failure.code],
    updatedAt: now,
  });
  await recordCallbackEvent(
    context,
    db,
    rental,
    {
      type: callbackEventType(step.action, step.service),
      status: 'FAILED',
      failureCode: toFailureCode(step.service, failure.code),
      internalFailureCode: failure.internalCode ?? null,
      details: { targetId: step.targetId, code: failure.code },
    },
    now,
  );
  await deleteJobOf(db, 'provision', provisioning.id);
  return true;
}

/** The platform is at work: ask again later, for the last time when the step has taken as long as it may. */
async function awaitStep(
  context: Context,
  db: Writer,
  provisioning: OpenProvisioning,
  askAgainAfterMs: number,
  now: Timestamp,
): Promise<boolean> {
  const startedAt = provisioning.stepStartedAt ?? now;
  const deadlineAt = addMilliseconds(startedAt, context.config.provisioning.deadlineMs);
  if (now >= deadlineAt) return giveUp(context, db, provisioning, now);
  const askAgainAt = addMilliseconds(now, askAgainAfterMs);
  const runAt = askAgainAt < deadlineAt ? askAgainAt : deadlineAt;
  await runAgainAt(context, db, provisioning, runAt, now);
  return true;
}

async function retryStep(
  context: Context,
  db: Writer,
  provisioning: OpenProvisioning,
  now: Timestamp,
): Promise<boolean> {
  const delayMs = context.config.provisioning.retryDelaysMs[provisioning.stepFailures];
  if (delayMs === undefined) return giveUp(context, db, provisioning, now);
  const stepFailures = provisioning.stepFailures + 1;
  await updateProvisioning(db, provisioning, { ...provisioning, stepFailures });
  await runAgainAt(context, db, provisioning, addMilliseconds(now, delayMs), now);
  return true;
}

function giveUp(
  context: Context,
  db: Writer,
  provisioning: OpenProvisioning,
  now: Timestamp,
): Promise<boolean> {
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
