import { createHmac } from 'node:crypto';

import type { PlatformService, ProvisioningErrorCode, ProvisioningStep } from './provisioning.ts';
import type { Timestamp } from './timestamp.ts';

/** What a callback reports: one finished call to a platform (contract 6). */
export type CallbackEventType =
  | 'PROVISIONING_TO_SMS_PLATFORM'
  | 'DEPROVISIONING_FROM_SMS_PLATFORM'
  | 'PROVISIONING_TO_CAMPAIGN'
  | 'DEPROVISIONING_FROM_CAMPAIGN'
  | 'PROVISIONING_TO_VOICE_PLATFORM'
  | 'DEPROVISIONING_FROM_VOICE_PLATFORM';

/** What becomes of a number that is not paid, which its project is told too. */
export const DUNNING_EVENT_TYPES = [
  'DUNNING_STARTED',
  'DUNNING_SUSPENDED',
  'DUNNING_RESOLVED',
  'DUNNING_ENDED',
] as const;
export type DunningEventType = (typeof DUNNING_EVENT_TYPES)[number];

export type CallbackStatus = 'SUCCEEDED' | 'FAILED';

/** What a callback is about, beside numbers: an order that has come to a new state. */
export type OrderCallbackType = 'NUMBER_ORDER_PROCESSING' | 'RENT_ORDER_PROCESSING';

/** The wire has no callback code for a general failure or for a failed service plan. */
export type CallbackFailureCode =
  | Exclude<ProvisioningErrorCode, 'INTERNAL_ERROR' | 'SMS_PROVISIONING_FAILED'>
  | 'PROVISIONING_TO_VOICE_PLATFORM_FAILED';

export interface CallbackEvent {
  eventId: string;
  at: Timestamp;
  projectId: string;
  /** The phone number, as E.164, or the order's id. */
  resourceId: string;
  resourceType: 'ACTIVE_NUMBER' | 'NUMBER_ORDER' | 'RENT_ORDER';
  eventType: CallbackEventType | DunningEventType | OrderCallbackType;
  /** Of a number a `CallbackStatus`, of an order its new state. */
  status: string;
  failureCode: CallbackFailureCode | null;
  internalFailureCode: string | null;
}

/** The header that carries the signature. Every project has a secret. */
export const CALLBACK_SIGNATURE_HEADER = 'x-sinch-signature';

/** The exact body of a callback. Keys stand in the order of the contract; the timestamp has no zone suffix. */
export function toCallbackPayload(event: CallbackEvent): string {
  return JSON.stringify({
    eventId: event.eventId,
    timestamp: event.at.slice(0, -'Z'.length),
    projectId: event.projectId,
    resourceId: event.resourceId,
    resourceType: event.resourceType,
    eventType: event.eventType,
    status: event.status,
    failureCode: event.failureCode,
    internalFailureCode: event.internalFailureCode,
  });
}

/** Scheme, host and port: what callbacks share that go to one receiver. */
export function toCallbackOrigin(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : 'not a URL';
}

/** Lower-case hex HMAC-SHA1 of the raw body. SHA-1 is what every client of the contract checks. */
export function signCallback(secret: string, rawBody: string): string {
  return createHmac('sha1', secret).update(rawBody, 'utf8').digest('hex');
}

export function callbackEventType(
  action: ProvisioningStep['action'],
  service: PlatformService,
): CallbackEventType {
  return EVENT_TYPES[service][action];
}

const EVENT_TYPES: Record<
  PlatformService,
  Record<ProvisioningStep['action'], CallbackEventType>
> = {
  SMS: {
    PROVISION: 'PROVISIONING_TO_SMS_PLATFORM',
    DEPROVISION: 'DEPROVISIONING_FROM_SMS_PLATFORM',
  },
  CAMPAIGN: {
    PROVISION: 'PROVISIONING_TO_CAMPAIGN',
    DEPROVISION: 'DEPROVISIONING_FROM_CAMPAIGN',
  },
  VOICE: {
    PROVISION: 'PROVISIONING_TO_VOICE_PLATFORM',
    DEPROVISION: 'DEPROVISIONING_FROM_VOICE_PLATFORM',
  },
};

/** The `failureCode` of a failed step; `null` where the wire has no code for it. */
export function toFailureCode(
  service: PlatformService,
  code: ProvisioningErrorCode,
): CallbackFailureCode | null {
  if (service === 'VOICE') return 'PROVISIONING_TO_VOICE_PLATFORM_FAILED';
  return code === 'INTERNAL_ERROR' || code === 'SMS_PROVISIONING_FAILED' ? null : code;
}

/** Longer URLs are refused by many receivers and proxies. */
const CALLBACK_URL_CHARACTERS_MAX = 2048;

/**
 * What is wrong with the text of a callback URL, for the client that sets it; `undefined` when nothing is.
 * Where the host's address leads is checked when a callback is sent, because it can change until then.
 */
export function describeCallbackUrlProblem(url: string): string | undefined {
  if (url.length > CALLBACK_URL_CHARACTERS_MAX) {
    return `must have at most ${CALLBACK_URL_CHARACTERS_MAX} characters`;
  }
  // The URL parser forgives missing slashes, spaces and line breaks; another client may read such a text otherwise.
  if (!/^https?:\/\/[^\s\p{Cc}\\]+$/iu.test(url) || !URL.canParse(url)) {
    return 'must be an absolute http or https URL';
  }
  const { username, password } = new URL(url);
  if (username !== '' || password !== '') return 'must not contain a user name or password';
  return undefined;
}
