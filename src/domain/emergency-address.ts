/** Where help is sent when somebody calls an emergency service from a number. Unset texts are "". */
export interface EmergencyAddress {
  streetNumber: string;
  streetInfo: string;
  location: string;
  city: string;
  state: string;
  postalCode: string;
  postalCodePlusFour: string;
}

/** Of each field. Postal services have no longer lines. */
export const ADDRESS_CHARACTERS_MAX = 128;

/** In the order of the wire. */
export const ADDRESS_FIELDS = [
  'streetNumber',
  'streetInfo',
  'location',
  'city',
  'state',
  'postalCode',
  'postalCodePlusFour',
] as const satisfies readonly (keyof EmergencyAddress)[];

/** An address with the name that the client has given it. */
export interface NamedAddress {
  displayName: string;
  address: EmergencyAddress;
}

export const ADDRESS_MATCHES = ['EXACT_MATCH', 'NEAR_MATCH', 'NO_MATCH'] as const;
export type AddressMatch = (typeof ADDRESS_MATCHES)[number];

/** Whether those who would send help know an address. */
export interface AddressValidation {
  match: AddressMatch;
  /** For people. */
  message: string;
  /** Only of a NEAR_MATCH: the address as it is known. */
  corrected: EmergencyAddress | undefined;
  /** Only of a NO_MATCH: known addresses that may have been meant. */
  candidates: EmergencyAddress[];
}

/** What is not given, and what is no text, is unset. */
export function toAddress(fields: Readonly<Record<string, unknown>>): EmergencyAddress {
  const textOf = (field: keyof EmergencyAddress) => {
    const value = fields[field];
    return typeof value === 'string' ? value : '';
  };
  return {
    streetNumber: textOf('streetNumber'),
    streetInfo: textOf('streetInfo'),
    location: textOf('location'),
    city: textOf('city'),
    state: textOf('state'),
    postalCode: textOf('postalCode'),
    postalCodePlusFour: textOf('postalCodePlusFour'),
  };
}

/** In one line, such as "1 Main St, Washington, DC 20500-0003". */
export function formatAddress(address: EmergencyAddress): string {
  const { streetNumber, streetInfo, location, city, state, postalCode } = address;
  const code = [postalCode, address.postalCodePlusFour].filter((text) => text !== '').join('-');
  return [`${streetNumber} ${streetInfo}`, location, city, `${state} ${code}`]
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .join(', ');
}
