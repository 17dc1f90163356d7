import {
  ADDRESS_FIELDS,
  type AddressValidation,
  type EmergencyAddress,
  formatAddress,
} from '../domain/emergency-address.ts';
import { type DomainError, invalidField, invalidFields } from '../errors.ts';

/**
 * Only an address that is known exactly as it is written may be provisioned. One that was corrected without a word
 * could send help to a place that nobody has confirmed: so the client is told, and sends what it means.
 * @throws DomainError INVALID_ARGUMENT that says what is wrong, and how the address is known.
 */
export function assertAddressKnown(
  { match, message, corrected, candidates }: AddressValidation,
  address: EmergencyAddress,
): void {
  switch (match) {
    case 'EXACT_MATCH':
      return;
    case 'NEAR_MATCH':
      throw inexact(address, corrected);
    case 'NO_MATCH': {
      const known = candidates.map((candidate) => `"${formatAddress(candidate)}"`).join(' or ');
      const reason = message === '' ? '' : ` (${message})`;
      const hint = known === '' ? '' : ` Did you mean ${known}?`;
      throw invalidField('address', `is not known${reason}.${hint}`);
    }
  }
}

/** Names each field that is known otherwise. */
function inexact(address: EmergencyAddress, corrected: EmergencyAddress | undefined): DomainError {
  const wrong = ADDRESS_FIELDS.filter(
    (field) => corrected !== undefined && corrected[field] !== address[field],
  );
  if (corrected === undefined || wrong.length === 0) {
    return invalidField('address', 'is not exact, and nobody says how it is known.');
  }
  return invalidFields(
    wrong.map((field) => ({
      field: `address.${field}`,
      description: `is not exact: the address is known with "${corrected[field]}".`,
    })),
  );
}
