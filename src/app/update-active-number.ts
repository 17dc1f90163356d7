import type { Context } from '../context.ts';
import type { E164 } from '../domain/phone-number.ts';
import type { SmsLink, VoiceLink } from '../domain/provisioning.ts';
import { invalidField, preconditionFailed } from '../errors.ts';
import { lockNumberFor } from '../store/number.ts';
import type { ActiveNumber } from '../store/active-number.ts';
import { type Rental, updateRentalLabels } from '../store/rental.ts';
import type { Caller } from './caller.ts';
import { readActiveNumber } from './get-active-number.ts';
import { recordHistory } from './record-event.ts';
import { isReleased } from './release-number.ts';
import { assertCampaignFits, assertCapable } from './rent-number.ts';
import { scheduleSms, scheduleVoice } from './schedule-provisioning.ts';

/** What is to change; what is absent stays as it is. */
export interface ActiveNumberUpdate {
  displayName?: string | undefined;
  callbackUrl?: string | undefined;
  deletionLock?: boolean | undefined;
  /** An empty `servicePlanId` unlinks the plan, and with it the campaign; an empty `campaignId` the campaign. */
  sms?: { servicePlanId: string; campaignId: string | undefined } | undefined;
  /** An empty `targetId` unlinks. */
  voice?: VoiceLink | undefined;
}

/**
 * Names change at once; links only when the platform has done its part: until then the number shows the
 * old ones, and the new ones as scheduled.
 * @throws DomainError NOT_FOUND, INVALID_ARGUMENT when a link does not fit the number, or FAILED_PRECONDITION when it is
 * suspended and cannot be linked.
 */
export async function updateActiveNumber(
  context: Context,
  caller: Caller,
  e164: E164,
  update: ActiveNumberUpdate,
): Promise<ActiveNumber> {
  const number = await context.store.write(async (db) => {
    await lockNumberFor(db, caller.projectId, e164, context.clock.now());
    const before = await readActiveNumber(db, caller.projectId, e164);
    assertCapable(update, before);
    assertLinkable(update, before);
    assertLockable(update, before);
    const now = context.clock.now();
    const labels = {
      displayName: update.displayName ?? before.displayName,
      callbackUrl: update.callbackUrl ?? before.callbackUrl,
      deletionLock: update.deletionLock ?? before.deletionLock,
    };
    await updateRentalLabels(db, { id: before.id, projectId: caller.projectId, ...labels });
    if (update.sms !== undefined) {
      await scheduleSms(context, db, before, toSmsLink(before, update.sms), now);
    }
    if (update.voice !== undefined) {
      await scheduleVoice(context, db, before, update.voice, now);
    }
    await recordHistory(context, db, before, 'UPDATED', caller, { ...update }, now);
    return readActiveNumber(db, caller.projectId, e164);
  });
  context.jobsOrdered.raise();
  return number;
}

/** @throws DomainError FAILED_PRECONDITION */
function assertLinkable(update: ActiveNumberUpdate, { e164, unpaidSince, suspendedAt }: Rental) {
  if (update.sms === undefined && update.voice === undefined) return;
  if (unpaidSince === null || suspendedAt === null) return;
  throw preconditionFailed({
    type: 'SUSPENDED',
    subject: e164,
    description:
      'The number is suspended, because it is unpaid: it is connected again when the account covers it.',
  });
}

/** A lock keeps a number from being released, and this one is. @throws DomainError FAILED_PRECONDITION */
function assertLockable({ deletionLock }: ActiveNumberUpdate, number: Rental) {
  if (deletionLock !== true || !isReleased(number)) return;
  throw preconditionFailed({
    type: 'RELEASED',
    subject: number.e164,
    description: `The number is released and ends at ${number.expireAt}: undo the release first.`,
  });
}

/** A campaign that is not mentioned stays, be it linked or on its way. */
function toSmsLink(before: ActiveNumber, sms: NonNullable<ActiveNumberUpdate['sms']>): SmsLink {
  const { servicePlanId } = sms;
  if (servicePlanId === '') {
    if (sms.campaignId !== undefined && sms.campaignId !== '') {
      throw invalidField(
        'smsConfiguration.campaignId',
        'A campaign needs a service plan, and servicePlanId is empty.',
      );
    }
    return { servicePlanId, campaignId: '' };
  }
  const coming = before.scheduledSms?.status === 'FAILED' ? undefined : before.scheduledSms;
  const campaignId = sms.campaignId ?? coming?.campaignId ?? before.sms.campaignId;
  assertCampaignFits(campaignId, before);
  return { servicePlanId, campaignId };
}
