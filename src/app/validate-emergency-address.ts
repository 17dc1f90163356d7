import type { Context } from '../context.ts';
import type { AddressValidation, NamedAddress } from '../domain/emergency-address.ts';
import type { E164 } from '../domain/phone-number.ts';
import type { ProjectId } from '../domain/project-id.ts';
import { DomainError } from '../errors.ts';
import { PlatformUnavailableError } from '../platforms/platform.ts';
import type { ActiveNumber } from '../store/active-number.ts';
import { readEmergencyNumber } from './get-emergency-address.ts';

/**
 * Asks the platform whether it knows an address, and changes nothing.
 * @throws DomainError NOT_FOUND, or UNAVAILABLE when the platform does not answer.
 */
export async function validateEmergencyAddress(
  context: Context,
  projectId: ProjectId,
  e164: E164,
  address: NamedAddress,
): Promise<AddressValidation> {
  const number = await context.store.read((db) => readEmergencyNumber(db, projectId, e164));
  return askWhetherKnown(context, number, address);
}

/** @throws DomainError UNAVAILABLE */
export function askWhetherKnown(
  context: Context,
  { projectId, e164 }: Pick<ActiveNumber, 'projectId' | 'e164'>,
  address: NamedAddress,
): Promise<AddressValidation> {
  const answer = context.platform.validateAddress({
    requestId: context.ids.ulid(),
    projectId,
    phoneNumber: e164,
    ...address,
    requestedAt: context.clock.now(),
  });
  return whenAnswered(answer);
}

/** @throws DomainError UNAVAILABLE in place of the platform's own error. */
export async function whenAnswered<Answer>(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof PlatformUnavailableError)) throw error;
    throw new DomainError(
      'UNAVAILABLE',
      'The platform that keeps emergency addresses does not answer; try again.',
      { internal: error.message, cause: error },
    );
  }
}
