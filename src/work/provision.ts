import {
  findOpenProvisioning,
  type OpenProvisioning,
  type StepAnswer,
  takePlatformAnswer,
  toRequestId,
} from '../app/take-platform-answer.ts';
import type { Context } from '../context.ts';
import {
  type PlatformOutcome,
  type PlatformRequest,
  PlatformUnavailableError,
} from '../platforms/platform.ts';
import { deleteJobOf, type Job, postponeJob } from '../store/job.ts';
import { takeCampaignPlace, updateProvisioning } from '../store/provisioning.ts';
import type { Writer } from '../store/store.ts';

/** An ordinary 10DLC campaign holds this many numbers (contract 5.3). */
const NUMBERS_PER_CAMPAIGN_MAX = 50;
const CAMPAIGN_FULL: StepAnswer = { outcome: 'REJECTED', code: 'EXCEEDED_10DLC_LIMIT' };

/** Asks the platform for the current step of a provisioning and takes its answer, once. */
export async function provision(context: Context, job: Job): Promise<void> {
  const begun = await context.store.write((db) => beginStep(context, db, job.subjectId));
  if (begun === undefined) return;
  const answer = begun.isCampaignFull ? CAMPAIGN_FULL : await askPlatform(context, begun);
  if (answer.outcome === 'ABORTED') {
    await context.store.write((db) => postponeJob(db, job, context.clock.now()));
    return;
  }
  await takePlatformAnswer(context, begun, answer);
}

/** An open provisioning whose step is about to be asked, unless it is one onto a campaign that is full. */
type BegunProvisioning = OpenProvisioning & { isCampaignFull: boolean };

/** Marks the provisioning as in progress before the platform hears of it. @returns `undefined` when it is over. */
async function beginStep(
  context: Context,
  db: Writer,
  id: string,
): Promise<BegunProvisioning | undefined> {
  const found = await findOpenProvisioning(db, id);
  if (found === undefined) {
    await deleteJobOf(db, 'provision', id);
    return undefined;
  }
  const isCampaignFull =
    found.step.service === 'CAMPAIGN' &&
    found.step.action === 'PROVISION' &&
    !found.hasCampaignPlace &&
    !(await takeCampaignPlace(db, found, NUMBERS_PER_CAMPAIGN_MAX));
  const now = context.clock.now();
  const begun: BegunProvisioning = {
    ...found,
    status: 'IN_PROGRESS',
    stepStartedAt: found.stepStartedAt ?? now,
    updatedAt: found.status === 'WAITING' ? now : found.updatedAt,
    isCampaignFull,
  };
  return (await updateProvisioning(db, found, begun)) ? begun : undefined;
}

async function askPlatform(
  context: Context,
  { step, ...provisioning }: OpenProvisioning,
): Promise<StepAnswer | PlatformOutcome> {
  const request: PlatformRequest = {
    requestId: toRequestId(provisioning),
    provisioningId: provisioning.id,
    sequence: provisioning.sequence,
    projectId: provisioning.projectId,
    phoneNumber: provisioning.e164,
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
