import type { Context } from '../context.ts';
import {
  planSmsSteps,
  planVoiceSteps,
  type ProvisioningKind,
  type ProvisioningStep,
  type SmsLink,
  type VoiceLink,
} from '../domain/provisioning.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import { deleteJobOf, putJob } from '../store/job.ts';
import {
  cancelProvisionings,
  insertProvisioning,
  listUnsettled,
  type Provisioning,
} from '../store/provisioning.ts';
import type { Rental } from '../store/rental.ts';
import type { Writer } from '../store/store.ts';

/** Orders what takes a rental's SMS side to the wanted link; what was open for it is cancelled. */
export async function scheduleSms(
  context: Pick<Context, 'ids'>,
  db: Writer,
  rental: Rental,
  to: SmsLink,
  at: Timestamp,
): Promise<void> {
  const unsettled = await cancelOpen(db, rental.id, 'SMS', at);
  const steps = planSms(rental, to, unsettled);
  await schedule(context, db, rental, 'SMS', { sms: to, voice: rental.voice }, steps, at);
}

/** The same for the voice side. */
export async function scheduleVoice(
  context: Pick<Context, 'ids'>,
  db: Writer,
  rental: Rental,
  to: VoiceLink,
  at: Timestamp,
): Promise<void> {
  const unsettled = await cancelOpen(db, rental.id, 'VOICE', at);
  const steps = planVoice(rental, to, unsettled);
  await schedule(context, db, rental, 'VOICE', { sms: rental.sms, voice: to }, steps, at);
}

/** What takes a rental's SMS side to a link. `unsettled` are those of `listUnsettled`. */
export function planSms(
  rental: Pick<Rental, 'sms'>,
  to: SmsLink,
  unsettled: readonly Provisioning[],
): ProvisioningStep[] {
  return planSmsSteps(rental.sms, to, unsettled);
}

/** The same for the voice side. */
export function planVoice(
  rental: Pick<Rental, 'voice'>,
  to: VoiceLink,
  unsettled: readonly Provisioning[],
): ProvisioningStep[] {
  const links = unsettled.map(({ voiceType, voiceTargetId }) => ({
    type: voiceType,
    targetId: voiceTargetId,
  }));
  return planVoiceSteps(rental.voice, to, links);
}

/**
 * Cancels what a rental has open of a kind.
 * @returns the provisionings that began and did not end well since the last one that did: nobody knows
 * what of them the platform holds. One that never began is none of them, and hides none.
 */
export async function cancelOpen(
  db: Writer,
  rentalId: string,
  kind: ProvisioningKind,
  at: Timestamp,
): Promise<Provisioning[]> {
  for (const id of await cancelProvisionings(db, rentalId, kind, at)) {
    await deleteJobOf(db, 'provision', id);
  }
  return listUnsettled(db, rentalId, kind);
}

async function schedule(
  context: Pick<Context, 'ids'>,
  db: Writer,
  rental: Pick<Rental, 'id' | 'e164' | 'projectId'>,
  kind: ProvisioningKind,
  to: { sms: SmsLink; voice: VoiceLink },
  steps: ProvisioningStep[],
  at: Timestamp,
): Promise<void> {
  if (steps.length === 0) return;
  const id = context.ids.ulid();
  await insertProvisioning(db, {
    id,
    rentalId: rental.id,
    e164: rental.e164,
    projectId: rental.projectId,
    kind,
    status: 'WAITING',
    ...to.sms,
    voiceType: to.voice.type,
    voiceTargetId: to.voice.targetId,
    steps,
    stepsDone: 0,
    stepFailures: 0,
    stepStartedAt: null,
    errorCodes: [],
    createdAt: at,
    updatedAt: at,
  });
  await putJob(db, {
    id: context.ids.ulid(),
    kind: 'provision',
    subjectId: id,
    runAt: at,
    createdAt: at,
  });
}
