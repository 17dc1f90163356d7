import {
  ADDRESS_CHARACTERS_MAX,
  ADDRESS_MATCHES,
  type AddressMatch,
  type AddressValidation,
  type EmergencyAddress,
  toAddress,
} from '../domain/emergency-address.ts';
import { fieldsOf, isFinalRefusal, type PlatformReply } from './http-reply.ts';
import {
  type AddressChange,
  type AddressOutcome,
  type AddressQuestion,
  type Platform,
  PlatformUnavailableError,
} from './platform.ts';

/** A client shows them to a person, who chooses; nobody looks through more. */
const CANDIDATES_MAX = 10;
/** A sentence for people, which is repeated in errors. */
const MESSAGE_CHARACTERS_MAX = 256;

/** Sends one signed message. @throws PlatformUnavailableError */
type Send = (requestId: string, message: object) => Promise<PlatformReply>;

/** Emergency addresses at the operator's platform: docs/platforms.md describes the messages. */
export function createHttpAddresses(
  send: Send,
): Pick<Platform, 'validateAddress' | 'changeAddress'> {
  return {
    async validateAddress(question) {
      return toValidation(await send(question.requestId, toQuestion(question)));
    },
    async changeAddress(change) {
      return toOutcome(await send(change.requestId, toChange(change)));
    },
  };
}

const SERVICE = 'EMERGENCY_ADDRESS';

function toQuestion(question: AddressQuestion) {
  const { requestId, projectId, phoneNumber, displayName, address, requestedAt } = question;
  const asked = { projectId, phoneNumber, displayName, address, requestedAt };
  return { requestId, action: 'VALIDATE', service: SERVICE, ...asked };
}

function toChange({ wanted, ...change }: AddressChange) {
  const { requestId, sequence, projectId, phoneNumber, requestedAt } = change;
  return {
    requestId,
    action: wanted === undefined ? 'DEPROVISION' : 'PROVISION',
    service: SERVICE,
    sequence,
    projectId,
    phoneNumber,
    ...wanted,
    requestedAt,
  };
}

/** An address that the platform did not look at must not count as one that it knows. */
function toValidation({ statusCode, json }: PlatformReply): AddressValidation {
  const { status, message, correctedAddress, candidateAddresses } = fieldsOf(json);
  if (statusCode < 200 || statusCode >= 300) {
    throw new PlatformUnavailableError(`the platform answered ${statusCode} to an address`);
  }
  if (!isAddressMatch(status)) {
    const known = ADDRESS_MATCHES.join(', ');
    throw new PlatformUnavailableError(
      `the platform answered ${statusCode} to an address without a status of ${known}`,
    );
  }
  const candidates = Array.isArray(candidateAddresses) ? (candidateAddresses as unknown[]) : [];
  return {
    match: status,
    message: toText(message, MESSAGE_CHARACTERS_MAX),
    corrected: status === 'NEAR_MATCH' ? readAddress(correctedAddress) : undefined,
    candidates: status === 'NO_MATCH' ? candidates.slice(0, CANDIDATES_MAX).map(readAddress) : [],
  };
}

/** Without the platform's word nobody knows what it has, and to believe that it has nothing sends help to the wrong place. */
function toOutcome({ statusCode, json }: PlatformReply): AddressOutcome {
  const { status, message } = fieldsOf(json);
  const isSuccess = statusCode >= 200 && statusCode < 300;
  if (isSuccess && status === 'DONE') return { outcome: 'DONE' };
  if (status === 'REJECTED' && (isSuccess || isFinalRefusal(statusCode))) {
    return { outcome: 'REJECTED', reason: toText(message, MESSAGE_CHARACTERS_MAX) };
  }
  throw new PlatformUnavailableError(
    `the platform answered ${statusCode} to an address without a status of DONE or REJECTED`,
  );
}

function isAddressMatch(status: unknown): status is AddressMatch {
  return ADDRESS_MATCHES.some((match) => match === status);
}

function readAddress(json: unknown): EmergencyAddress {
  const texts = Object.entries(fieldsOf(json)).map(([field, value]) => [
    field,
    toText(value, ADDRESS_CHARACTERS_MAX),
  ]);
  return toAddress(Object.fromEntries(texts) as Record<string, string>);
}

/** Without control characters, which have no place in an error or a log. */
function toText(value: unknown, charactersMax: number): string {
  return typeof value === 'string'
    ? value
        .replaceAll(/\p{Cc}/gu, '')
        .slice(0, charactersMax)
        .toWellFormed()
    : '';
}
