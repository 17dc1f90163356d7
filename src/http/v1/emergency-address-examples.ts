import { ADDRESS_FIELDS } from '../../domain/emergency-address.ts';
import { JSON_BODY, PHONE_NUMBER, toNotFound } from './error-examples.ts';
import { toError, toViolations } from './to-error-example.ts';
import type { Examples } from './examples.ts';

const NUMBER = '+12065550142';
const DISPLAY_NAME = 'Support line';

const REQUESTED = {
  streetNumber: '1600',
  streetInfo: 'Pennsylvania Ave NW',
  city: 'Washington',
  state: 'DC',
  postalCode: '20500',
};
const ADDRESS = { ...REQUESTED, location: '', postalCodePlusFour: '' };
const NO_ADDRESS = Object.fromEntries(ADDRESS_FIELDS.map((field) => [field, '']));
const KNOWN_STREET = 'Main St';

/** The streets are those of the sandbox. */
export const ADDRESS_REQUEST_EXAMPLES: Examples = {
  known: {
    summary: 'An address',
    value: { displayName: DISPLAY_NAME, address: REQUESTED },
  },
  inexact: {
    summary: 'One that is known otherwise, in the sandbox',
    value: {
      displayName: DISPLAY_NAME,
      address: { ...REQUESTED, streetInfo: 'Near Match St', location: 'Floor 2' },
    },
  },
};

export const ADDRESS_EXAMPLES: Examples = {
  provisioned: { summary: 'An emergency address', value: ADDRESS },
};

export const EMPTY_EXAMPLES: Examples = { nothing: { summary: 'Nothing', value: {} } };

export const VALIDATION_EXAMPLES: Examples = {
  exact: {
    summary: 'Known as it is written',
    value: toValidation(ADDRESS, 'EXACT_MATCH', 'Address is a perfect match', NO_ADDRESS, []),
  },
  near: {
    summary: 'Known in another form',
    value: toValidation(
      { ...ADDRESS, streetInfo: 'Near Match St' },
      'NEAR_MATCH',
      'Address is known with another street name',
      { ...ADDRESS, streetInfo: KNOWN_STREET },
      [],
    ),
  },
  none: {
    summary: 'Not known',
    value: toValidation(
      { ...ADDRESS, streetInfo: 'Several Matches St' },
      'NO_MATCH',
      'Address is not known',
      NO_ADDRESS,
      ['1', '2'].map((streetNumber) => ({ ...ADDRESS, streetNumber, streetInfo: KNOWN_STREET })),
    ),
  },
};

function toValidation(
  validatedAddress: object,
  validationResult: string,
  validationMessage: string,
  correctedAddress: object,
  candidateAddresses: readonly object[],
): object {
  return {
    phoneNumber: NUMBER,
    displayName: DISPLAY_NAME,
    validatedAddress,
    validationResult,
    validationMessage,
    correctedAddress,
    candidateAddresses,
  };
}

// --- Errors ---------------------------------------------------------------------------------------------

const NO_FEATURE: Examples = {
  feature: {
    summary: 'The number cannot have one',
    value: toNotThere('', 'Missing E911 feature'),
  },
};

const NOT_USABLE: Examples = { ...toNotFound('ActiveNumber'), ...NO_FEATURE };

const WRONG_REQUEST: Examples = {
  fields: {
    summary: 'Missing fields',
    value: toViolations(
      { field: 'displayName', description: 'is required.' },
      { field: 'address', description: 'is required.' },
    ),
  },
  ...PHONE_NUMBER,
  ...JSON_BODY,
};

const PLATFORM_AWAY: Examples = {
  platform: {
    summary: 'The platform is away',
    value: toError(
      503,
      'UNAVAILABLE',
      'The platform that keeps emergency addresses does not answer; try again.',
    ),
  },
};

export const GET_ADDRESS_ERRORS = {
  400: PHONE_NUMBER,
  404: {
    ...NOT_USABLE,
    none: {
      summary: 'It has none',
      value: toNotThere('+12025550134', 'The number has no emergency address.'),
    },
  },
};

export const DEPROVISION_ADDRESS_ERRORS = { 400: PHONE_NUMBER, 404: NOT_USABLE };

export const VALIDATE_ADDRESS_ERRORS = { 400: WRONG_REQUEST, 404: NOT_USABLE, 503: PLATFORM_AWAY };

export const PROVISION_ADDRESS_ERRORS = {
  400: {
    ...WRONG_REQUEST,
    near: {
      summary: 'Known in another form',
      value: toViolations({
        field: 'address.streetInfo',
        description: 'is not exact: the address is known with "Main St".',
      }),
    },
    none: {
      summary: 'Not known',
      value: toViolations({
        field: 'address',
        description:
          'is not known (Address is not known). Did you mean "1 Main St, Washington, DC 20500" or "2 Main St, Washington, DC 20500"?',
      }),
    },
    refused: {
      summary: 'Refused',
      value: toViolations({
        field: 'address',
        description: 'was refused by the platform (the sandbox refuses Refused St).',
      }),
    },
  },
  404: NOT_USABLE,
  409: {
    another: {
      summary: 'Two changes at once',
      value: toError(
        409,
        'ABORTED',
        'Another change of the emergency address was under way; look at it, and try again.',
      ),
    },
  },
  503: PLATFORM_AWAY,
};

function toNotThere(resourceName: string, message: string): object {
  return toError(404, 'NOT_FOUND', message, [
    {
      type: 'ResourceInfo',
      resourceType: 'EmergencyAddress',
      resourceName,
      owner: '',
      description: message,
    },
  ]);
}
