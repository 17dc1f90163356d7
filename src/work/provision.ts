import {
  findOpenProvisioning,
  type OpenProvisioning,
  type StepAnswer,
  takePlatformAnswer,
  toRequestId,
} from '../app/take-platform-answer.ts';
import type { Context } from '../context.ts';
import type { ProvisioningStep } from '../domain/provisioning.ts';
import {
  type PlatformOutcome,
  type PlatformRequest,
  PlatformUnavailableError,
} from '../platforms/platform.ts';
import { deleteJobOf, type Job, postponeJob } from '../store/job.ts';
import { countOnCampaign, updateProvisioning } from '../store/provisioning.ts';
import type { Writer } from '../store/store.ts';

/** An ordinary 10DLC campaign holds this many numbers (contract 5.3). */
const NUMBERS_PER_CAMPAIGN_MAX = 50;

/** Asks the platform for the current step of a provisioning and takes its answer, once. */
export async function provision(context: Context, job: Job): Promise<void> {
  const provisioning = await context.store.write((db) => beginStep(context, db, job.subjectId));
  if (provisioning === undefined) return;
  const answer = await askPlatform(context, provisioning);
  if (answer.outcome === 'ABORTED') {
    await context.store.write((db) => postponeJob(db, job, context.clock.now()));
    return;
  }
  await takePlatformAnswer(context, provisioning, answer);
}

/** Marks the provisioning as in progress before the platform hears of it. @returns `undefined` when it is over. */
async function beginStep(
  context: Context,
  db: Writer,
  id: string,
): Promise<OpenProvisioning | undefined> {
  const found = await findOpenProvisioning(db, id);
  if (found === undefined) {
    await deleteJobOf(db, 'provision', id);
    return undefined;
  }
  const now = context.clock.now();
  const begun: OpenProvisioning = {
    ...found,
    status: 'IN_PROGRESS',
    stepStartedAt: found.stepStartedAt ?? now,
    updatedAt: found.status === 'WAITING' ? now : found.updatedAt,
  };
  return (await updateProvisioning(db, found, begun)) ? begun : undefined;
}

async function askPlatform(
  context: Context,
  { step, ...provisioning }: OpenProvisioning,
): Promise<StepAnswer | PlatformOutcome> {
  if (await exceedsCampaign(context, provisioning, step)) {
    return { outcome: 'REJECTED', code: 'EXCEEDED_10DLC_LIMIT' };
  }
  const request: PlatformRequest = {
    requestId: toRequestId(provisioning),
    provisioningId: provisioning.id,
    projectId: provisioning.projectId,
    phoneNumber: provisioning.rental.e164,
    ...step,
    earlierAttempts: provisioning.stepFailures,
    startedAt: provisioning.stepStartedAt ?? context.clock.now(),
  };
  try {
    return await context.platform.execute(request);
  } catch (error) {
    if (!(error instanceof PlatformUnavailableError)) throw error;
    context.log.warn({ provisioningId: provisioning.id, reason: error.message }, 'platform down');
    return { outcome: 'UNAVAILABLE', reason: error.message };
  }
}

async function exceedsCampaign(
  context: Context,
  provisioning: Omit<OpenProvisioning, 'step'>,
  step: ProvisioningStep,
): Promise<boolean> {
  if (step.service !== 'CAMPAIGN' || step.action !== 'PROVISION') return false;
  const others = await context.store.read((db) => countOnCampaign(db, provisioning));
  return others >= NUMBERS_PER_CAMPAIGN_MAX;
}
