import type { AddressValidation, NamedAddress } from '../domain/emergency-address.ts';
import type { PlatformService, ProvisioningErrorCode, VoiceType } from '../domain/provisioning.ts';
import type { Timestamp } from '../domain/timestamp.ts';

/** One step of a provisioning, as a platform sees it. */
export interface PlatformRequest {
  /** Stable over retries of the same step: the idempotency key. */
  requestId: string;
  provisioningId: string;
  /** Of the provisioning, among those of its number: a later one has a greater sequence. */
  sequence: number;
  projectId: string;
  phoneNumber: string;
  action: 'PROVISION' | 'DEPROVISION';
  service: PlatformService;
  /** The service plan, campaign, voice app, trunk or fax service. */
  targetId: string;
  /** Only with service VOICE. */
  voiceType?: VoiceType;
  /** How often the platform was unavailable for this step before; 0 the first time. */
  earlierAttempts: number;
  /** When this step was first asked, by the application's clock. */
  startedAt: Timestamp;
}

export type PlatformAnswer =
  | { outcome: 'DONE' }
  /** Under way. The worker asks again, with the same request id, after that time unless the platform reports first. */
  | { outcome: 'ACCEPTED'; askAgainAfterMs: number }
  | { outcome: 'REJECTED'; code: ProvisioningErrorCode; internalCode?: string };

/** ABORTED: this server is stopping and did not wait for the answer. That says nothing about the platform. */
export type PlatformOutcome = PlatformAnswer | { outcome: 'ABORTED' };

/** A question about an emergency address, which changes nothing. */
export interface AddressQuestion extends NamedAddress {
  requestId: string;
  projectId: string;
  phoneNumber: string;
  /** By the application's clock. */
  requestedAt: Timestamp;
}

/** What a number's emergency address is to be from now on. */
export interface AddressChange extends Omit<AddressQuestion, keyof NamedAddress> {
  /** Among the changes of the number's emergency address: a later one has a greater sequence. */
  sequence: number;
  /** `undefined`: none. */
  wanted: NamedAddress | undefined;
}

export type AddressOutcome =
  | { outcome: 'DONE' }
  /** `reason` is for the client; it may be empty. */
  | { outcome: 'REJECTED'; reason: string };

/** Where numbers are provisioned to. Calls happen outside any transaction and may be repeated. */
export interface Platform {
  /** @throws PlatformUnavailableError when the platform could not be asked; the worker tries again later. */
  execute(request: PlatformRequest): Promise<PlatformOutcome>;
  /** @throws PlatformUnavailableError */
  validateAddress(question: AddressQuestion): Promise<AddressValidation>;
  /** @throws PlatformUnavailableError when there was no answer: nobody knows whether it was done. */
  changeAddress(change: AddressChange): Promise<AddressOutcome>;
}

/** The platform did not answer, or answered that it is out of order. `reason` is for the log. */
export class PlatformUnavailableError extends Error {
  constructor(reason: string, options?: { cause?: unknown }) {
    super(reason, options);
    this.name = 'PlatformUnavailableError';
  }
}
