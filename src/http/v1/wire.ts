import type { AvailableNumber } from '../../app/get-available-number.ts';
import type { RentRequest } from '../../app/rent-number.ts';
import type { ActiveNumberUpdate } from '../../app/update-active-number.ts';
import { describeCallbackUrlProblem } from '../../domain/callback.ts';
import { formatAmount } from '../../domain/money.ts';
import { type E164, parseE164 } from '../../domain/phone-number.ts';
import type { Pool } from '../../domain/pool.ts';
import type { VoiceLink, VoiceType } from '../../domain/provisioning.ts';
import { periodPriceMinor } from '../../domain/rent-price.ts';
import { type DomainError, invalidField } from '../../errors.ts';
import type { ActiveNumber } from '../../store/active-number.ts';

/**
 * Between the wire and the domain. Every key of an answer is always present, in the order of production:
 * unset texts are "", unset objects and instants null, empty lists [].
 */

// --- Domain to wire -------------------------------------------------------------------------------------

/** All but the digits is the same for a whole pool, so it is written once and kept with the pool. */
const poolFragments = new WeakMap<Pool, string>();

/** JSON text of one available number. */
export function availableNumberJson({ e164, pool }: AvailableNumber): string {
  let fragment = poolFragments.get(pool);
  if (fragment === undefined) {
    fragment = poolJson(pool);
    poolFragments.set(pool, fragment);
  }
  return `{"phoneNumber":"${e164}",${fragment}`;
}

/** What follows the phone number, with the closing brace. */
function poolJson(pool: Pool): string {
  return JSON.stringify(toPoolFields(pool)).slice(1);
}

/** What a number that is not rented yet has from its pool. */
export function toPoolFields(pool: Pool): Record<string, unknown> {
  const price = (minor: number) => ({
    currencyCode: pool.currencyCode,
    amount: formatAmount(minor, pool.currencyCode),
  });
  return {
    regionCode: pool.regionCode,
    type: pool.type,
    capability: pool.capabilities,
    setupPrice: price(pool.setupPriceMinor),
    monthlyPrice: price(pool.monthlyPriceMinor),
    paymentIntervalMonths: pool.paymentIntervalMonths,
    supportingDocumentationRequired: pool.documentationRequired,
  };
}

export function toActiveNumber(number: ActiveNumber): Record<string, unknown> {
  return {
    phoneNumber: number.e164,
    projectId: number.projectId,
    displayName: number.displayName,
    regionCode: number.regionCode,
    type: number.type,
    capability: number.capabilities,
    money: {
      currencyCode: number.currencyCode,
      amount: formatAmount(number.monthlyPriceMinor, number.currencyCode),
    },
    paymentIntervalMonths: number.paymentIntervalMonths,
    nextChargeDate: number.nextChargeAt,
    expireAt: number.expireAt,
    ...toConfigurations(number),
    callbackUrl: number.callbackUrl,
    // Production does not know it: a client that has not set it sees the original's answer.
    ...(number.deletionLock ? { deletionLock: true } : {}),
    ...(number.unpaidSince === null ? {} : { dunning: toDunning(number) }),
  };
}

/** What awaits an unpaid number. Production knows no such thing either. */
function toDunning(number: ActiveNumber) {
  const { currencyCode, unpaidSince, suspendAt, suspendedAt, expireAt } = number;
  return {
    state: suspendedAt === null ? 'GRACE' : 'SUSPENDED',
    startTime: unpaidSince,
    suspendTime: suspendAt,
    endTime: expireAt,
    amountDue: { currencyCode, amount: formatAmount(periodPriceMinor(number), currencyCode) },
  };
}

/** What a number is connected to, and what is under way. */
export function toConfigurations(number: ActiveNumber) {
  const { scheduledSms, scheduledVoice } = number;
  return {
    smsConfiguration: {
      servicePlanId: number.sms.servicePlanId,
      scheduledProvisioning: scheduledSms
        ? {
            servicePlanId: scheduledSms.servicePlanId,
            status: scheduledSms.status,
            lastUpdatedTime: scheduledSms.updatedAt,
            campaignId: scheduledSms.campaignId,
            errorCodes: scheduledSms.errorCodes,
          }
        : null,
      campaignId: number.sms.campaignId,
    },
    voiceConfiguration: {
      appId: idOf(number.voice, 'RTC'),
      scheduledVoiceProvisioning: scheduledVoice
        ? {
            appId: idOf(scheduledVoice, 'RTC'),
            status: scheduledVoice.status,
            lastUpdatedTime: scheduledVoice.updatedAt,
            type: scheduledVoice.type,
            trunkId: idOf(scheduledVoice, 'EST'),
            serviceId: idOf(scheduledVoice, 'FAX'),
          }
        : null,
      // Null in every production sample, even long after provisioning.
      lastUpdatedTime: null,
      type: number.voice.type,
      trunkId: idOf(number.voice, 'EST'),
      serviceId: idOf(number.voice, 'FAX'),
    },
  };
}

/** The two ids that do not belong to the type are "". */
function idOf(voice: VoiceLink, type: VoiceType): string {
  return voice.type === type ? voice.targetId : '';
}

// --- Wire to domain -------------------------------------------------------------------------------------

/** @throws DomainError INVALID_ARGUMENT when the path has something else than E.164 with its plus sign. */
export function toE164(phoneNumber: string): E164 {
  const e164 = parseE164(phoneNumber);
  if (e164 === undefined) {
    throw invalidField('phoneNumber', 'must be a number in E.164 format, such as +12025550134.');
  }
  return e164;
}

interface WireVoice {
  type?: VoiceType;
  appId?: string | null;
  trunkId?: string | null;
  serviceId?: string | null;
}

interface WireConfigurations {
  smsConfiguration?: { servicePlanId: string | null; campaignId?: string | null };
  voiceConfiguration?: WireVoice;
  callbackUrl?: string | null;
}

/** @throws DomainError INVALID_ARGUMENT when a configuration is there but says nothing. */
export function toRentRequest(body: WireConfigurations): RentRequest {
  const { smsConfiguration: sms, voiceConfiguration: voice } = body;
  if (sms?.servicePlanId === '') throw mustNotBeEmpty('smsConfiguration.servicePlanId');
  const voiceLink = voice && toVoiceLink(voice);
  if (voiceLink?.targetId === '') {
    throw mustNotBeEmpty(`voiceConfiguration.${VOICE_ID_FIELDS[voiceLink.type]}`);
  }
  return {
    sms: sms && { servicePlanId: sms.servicePlanId ?? '', campaignId: sms.campaignId ?? '' },
    voice: voiceLink,
    callbackUrl: toCallbackUrl(body.callbackUrl),
  };
}

/** Absent stays; null and "" unset. @throws DomainError as `toRentRequest` does. */
export function toActiveNumberUpdate(
  body: WireConfigurations & { displayName?: string | null; deletionLock?: boolean | null },
): ActiveNumberUpdate {
  const { smsConfiguration: sms, voiceConfiguration: voice } = body;
  return {
    displayName: body.displayName === null ? '' : body.displayName,
    callbackUrl: toCallbackUrl(body.callbackUrl),
    deletionLock: body.deletionLock ?? undefined,
    sms: sms && {
      servicePlanId: sms.servicePlanId ?? '',
      campaignId: sms.campaignId === null ? '' : sms.campaignId,
    },
    voice: voice && toVoiceLink(voice),
  };
}

const VOICE_ID_FIELDS = { RTC: 'appId', EST: 'trunkId', FAX: 'serviceId' } as const;

function toVoiceLink(voice: WireVoice): VoiceLink {
  const type = voice.type ?? 'RTC';
  const targetId = voice[VOICE_ID_FIELDS[type]];
  if (targetId === undefined) {
    throw invalidField(
      `voiceConfiguration.${VOICE_ID_FIELDS[type]}`,
      `is required for type ${type}.`,
    );
  }
  return { type, targetId: targetId ?? '' };
}

function toCallbackUrl(url: string | null | undefined): string | undefined {
  if (url === undefined) return undefined;
  if (url === null || url === '') return '';
  const problem = describeCallbackUrlProblem(url);
  if (problem !== undefined) throw invalidField('callbackUrl', `${problem}.`);
  return url;
}

function mustNotBeEmpty(field: string): DomainError {
  return invalidField(field, 'must not be empty.');
}
