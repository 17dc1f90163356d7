import { type Static, Type } from 'typebox';

import { ADDRESS_CHARACTERS_MAX, ADDRESS_MATCHES } from '../../domain/emergency-address.ts';
import { NumberPath } from './schemas.ts';

const NAME_CHARACTERS_MAX = 256;

/** The example is a number of the demo stock that can have an emergency address. */
export const EmergencyNumberPath = Type.Object({
  ...NumberPath.properties,
  phoneNumber: Type.String({
    description: 'E.164 with its plus sign, which may stand as it is or as `%2B`.',
    examples: ['+12065550142'],
  }),
});

const DESCRIPTIONS = {
  streetNumber: ['The number of the house.', '1600'],
  streetInfo: ['The name of the street.', 'Pennsylvania Ave NW'],
  location: ['Where in the house: a floor, a flat.', 'Floor 2'],
  city: ['The town.', 'Washington'],
  state: ['The state or province.', 'DC'],
  postalCode: ['The postal code.', '20500'],
  postalCodePlusFour: ['Four digits behind a ZIP code.', '0003'],
} as const;

type Field = keyof typeof DESCRIPTIONS;

const given = (field: Field) => {
  const [description, example] = DESCRIPTIONS[field];
  return Type.String({
    minLength: 1,
    maxLength: ADDRESS_CHARACTERS_MAX,
    description,
    examples: [example],
  });
};

const perhapsGiven = (field: Field) => {
  const [description, example] = DESCRIPTIONS[field];
  return Type.Optional(
    Type.String({ maxLength: ADDRESS_CHARACTERS_MAX, description, examples: [example] }),
  );
};

const shown = (field: Field) => {
  const [description, example] = DESCRIPTIONS[field];
  return Type.String({ description, examples: [example] });
};

const AddressToProvision = Type.Object({
  streetNumber: given('streetNumber'),
  streetInfo: given('streetInfo'),
  location: perhapsGiven('location'),
  city: given('city'),
  state: given('state'),
  postalCode: given('postalCode'),
  postalCodePlusFour: perhapsGiven('postalCodePlusFour'),
});

export const EmergencyAddressRequest = Type.Object(
  {
    displayName: Type.String({
      minLength: 1,
      maxLength: NAME_CHARACTERS_MAX,
      description: 'Who is to be found there.',
      examples: ['Support line'],
    }),
    address: AddressToProvision,
  },
  { $id: 'EmergencyAddressRequest', description: 'An address, and whose it is.' },
);
export type EmergencyAddressRequest = Static<typeof EmergencyAddressRequest>;

const EmergencyAddress = Type.Object(
  {
    streetNumber: shown('streetNumber'),
    streetInfo: shown('streetInfo'),
    location: shown('location'),
    city: shown('city'),
    state: shown('state'),
    postalCode: shown('postalCode'),
    postalCodePlusFour: shown('postalCodePlusFour'),
  },
  {
    $id: 'EmergencyAddress',
    description:
      'Where help is sent when somebody calls an emergency service. Every key is always there; what is not known is empty.',
  },
);

const ValidateAddressResponse = Type.Object(
  {
    phoneNumber: Type.String({ description: 'E.164.', examples: ['+12065550142'] }),
    displayName: Type.String({ description: 'As in the request.', examples: ['Support line'] }),
    validatedAddress: Type.Ref('EmergencyAddress', { description: 'As in the request.' }),
    validationResult: Type.Enum([...ADDRESS_MATCHES], {
      type: 'string',
      description:
        'EXACT_MATCH: known as it is written. NEAR_MATCH: known as `correctedAddress`. NO_MATCH: not known. Only the first can be provisioned.',
      examples: ['EXACT_MATCH'],
    }),
    validationMessage: Type.String({
      description: 'For people.',
      examples: ['Address is a perfect match'],
    }),
    correctedAddress: Type.Ref('EmergencyAddress', {
      description: 'Of a NEAR_MATCH; otherwise all of it is empty.',
    }),
    candidateAddresses: Type.Array(Type.Ref('EmergencyAddress'), {
      description: 'Of a NO_MATCH: known addresses that may have been meant.',
    }),
  },
  { $id: 'ValidateAddressResponse', description: 'Whether an address is known.' },
);

/** Nothing, as an object: clients of the contract read JSON. */
const Empty = Type.Object({}, { $id: 'Empty', description: 'Nothing.' });

export const EMERGENCY_ADDRESS_COMPONENTS = [
  EmergencyAddressRequest,
  EmergencyAddress,
  ValidateAddressResponse,
  Empty,
];
