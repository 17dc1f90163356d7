export const PROVISIONING_ERROR_CODES = [
  'INTERNAL_ERROR',
  'SMS_PROVISIONING_FAILED',
  'CAMPAIGN_PROVISIONING_FAILED',
  'CAMPAIGN_NOT_AVAILABLE',
  'EXCEEDED_10DLC_LIMIT',
  'NUMBER_PROVISIONING_FAILED',
  'PARTNER_SERVICE_UNAVAILABLE',
  'CAMPAIGN_PENDING_ACCEPTANCE',
  'MNO_SHARING_ERROR',
  'CAMPAIGN_EXPIRED',
  'CAMPAIGN_MNO_REJECTED',
  'CAMPAIGN_MNO_SUSPENDED',
  'CAMPAIGN_MNO_REVIEW',
  'INSUFFICIENT_BALANCE',
  'MOCK_CAMPAIGN_NOT_ALLOWED',
  'TFN_NOT_ALLOWED',
  'INVALID_NNID',
] as const;
/** Why a provisioning failed (contract 5.5). Voice failures carry one inside the server, but the wire shows none. */
export type ProvisioningErrorCode = (typeof PROVISIONING_ERROR_CODES)[number];

export const VOICE_TYPES = ['RTC', 'EST', 'FAX'] as const;
export type VoiceType = (typeof VOICE_TYPES)[number];

/** The three kinds of place a number can be connected to. */
export type PlatformService = 'SMS' | 'CAMPAIGN' | 'VOICE';

/** Which of a number's two configurations a provisioning changes; SMS covers plan and campaign. */
export type ProvisioningKind = 'SMS' | 'VOICE';

/** What the SMS side of a number is connected to; empty strings mean not connected. */
export interface SmsLink {
  servicePlanId: string;
  campaignId: string;
}

/** What the voice side of a number is connected to; an empty id means not connected. */
export interface VoiceLink {
  type: VoiceType;
  /** The app (RTC), trunk (EST) or fax service (FAX). */
  targetId: string;
}

/** What a number is connected to when its rental begins. */
export const UNLINKED_SMS: SmsLink = { servicePlanId: '', campaignId: '' };
export const UNLINKED_VOICE: VoiceLink = { type: 'RTC', targetId: '' };

/** One call to the platform. A provisioning is a short list of them, done in order. */
export interface ProvisioningStep {
  action: 'PROVISION' | 'DEPROVISION';
  service: PlatformService;
  targetId: string;
  voiceType?: VoiceType;
}

/**
 * The calls that take the SMS side from one link to another. The campaign is left before the plan and
 * joined after it. `unsettled` are the links of earlier provisionings that began and did not end well: the
 * platform may hold any of them, so what is wanted of them is asked for again and what is not is undone.
 */
export function planSmsSteps(
  from: SmsLink,
  to: SmsLink,
  unsettled: readonly SmsLink[],
): ProvisioningStep[] {
  const held = [from, ...unsettled];
  const steps: ProvisioningStep[] = [];
  for (const targetId of unwanted(
    held.map((link) => link.campaignId),
    to.campaignId,
  )) {
    steps.push({ action: 'DEPROVISION', service: 'CAMPAIGN', targetId });
  }
  if (to.servicePlanId === '') {
    for (const targetId of unwanted(
      held.map((link) => link.servicePlanId),
      '',
    )) {
      steps.push({ action: 'DEPROVISION', service: 'SMS', targetId });
    }
    return steps;
  }
  const isUnsettled = unsettled.length > 0;
  if (isUnsettled || from.servicePlanId !== to.servicePlanId) {
    steps.push({ action: 'PROVISION', service: 'SMS', targetId: to.servicePlanId });
  }
  if (to.campaignId !== '' && (isUnsettled || from.campaignId !== to.campaignId)) {
    steps.push({ action: 'PROVISION', service: 'CAMPAIGN', targetId: to.campaignId });
  }
  return steps;
}

/**
 * The calls that take the voice side from one link to another, in the same way. A number has one voice link,
 * so that joining another leaves the last.
 */
export function planVoiceSteps(
  from: VoiceLink,
  to: VoiceLink,
  unsettled: readonly VoiceLink[],
): ProvisioningStep[] {
  if (to.targetId !== '') {
    if (unsettled.length === 0 && isSameVoice(from, to)) return [];
    return [{ action: 'PROVISION', service: 'VOICE', targetId: to.targetId, voiceType: to.type }];
  }
  return [from, ...unsettled]
    .filter((link) => link.targetId !== '')
    .filter((link, i, links) => links.findIndex((other) => isSameVoice(other, link)) === i)
    .map((link) => ({
      action: 'DEPROVISION',
      service: 'VOICE',
      targetId: link.targetId,
      voiceType: link.type,
    }));
}

function isSameVoice(a: VoiceLink, b: VoiceLink): boolean {
  return a.type === b.type && a.targetId === b.targetId;
}

/** The ids, each once, that are set and are not the wanted one. */
function unwanted(ids: readonly string[], wanted: string): string[] {
  return [...new Set(ids.filter((id) => id !== '' && id !== wanted))];
}
