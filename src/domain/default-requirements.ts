import type { NumberRequirements, RequiredField, RequirementRule } from './number-requirements.ts';
import type { NumberType } from './pool.ts';

/** Scans and photographs of documents. */
const DOCUMENT_MIME_TYPES = ['application/pdf', 'image/jpeg', 'image/png'];

const END_USER: RequirementRule = {
  title: 'Who uses the number',
  template: {
    endUserType: toField('Business or private person', { values: ['BUSINESS', 'INDIVIDUAL'] }),
    name: toField('Name of the company or the person'),
    registrationNumber: toField('Number in the commercial register', { mandatory: false }),
    contactEmail: toField('E-mail address', { pattern: String.raw`[^\s@]+@[^\s@]+\.[^\s@]+` }),
  },
};

const IDENTITY = {
  id: 'proof-of-identity',
  title: 'Proof of identity',
  description:
    'An extract from the commercial register of a business, or the passport of a person.',
  mandatory: true,
  template: [],
  allowedMimeTypes: DOCUMENT_MIME_TYPES,
  allowedDocumentTypes: ['COMMERCIAL_REGISTER', 'PASSPORT', 'ID_CARD'],
};

const PROOF_OF_ADDRESS = {
  id: 'proof-of-address',
  title: 'Proof of address',
  description: 'It shows the name and the address, and is not older than three months.',
  mandatory: true,
  template: [],
  allowedMimeTypes: DOCUMENT_MIME_TYPES,
  allowedDocumentTypes: ['UTILITY_BILL', 'BANK_STATEMENT', 'COMMERCIAL_REGISTER'],
};

/**
 * What is asked where the operator has no file of its own: for what requires documents in the demo stock. It is like
 * what providers ask there, and no legal advice.
 */
export const DEFAULT_REQUIREMENTS: readonly NumberRequirements[] = [
  toRequirements('DE', 'LOCAL', String.raw`\d{5}`),
  toRequirements('FR', 'LOCAL', String.raw`\d{5}`),
  toRequirements('FR', 'MOBILE', String.raw`\d{5}`),
  toRequirements('AU', 'LOCAL', String.raw`\d{4}`),
  toRequirements('AU', 'MOBILE', String.raw`\d{4}`),
  toRequirements('AU', 'TOLL_FREE', String.raw`\d{4}`),
];

/** A local number needs an address in its region; who uses another number may be anywhere. */
function toRequirements(
  regionCode: string,
  numberType: NumberType,
  postalCode: string,
): NumberRequirements {
  const isLocal = numberType === 'LOCAL';
  const address: RequirementRule = {
    title: 'Where the user is',
    template: {
      street: toField('Street and house number'),
      city: toField('Town'),
      postalCode: toField('Postal code', isLocal ? { pattern: postalCode } : { maxLength: 20 }),
      countryCode: toField(
        'Country, as two letters',
        isLocal ? { values: [regionCode] } : { pattern: '[A-Z]{2}' },
      ),
    },
  };
  return {
    regionCode,
    numberType,
    rules: [END_USER, address],
    attachments: isLocal ? [IDENTITY, PROOF_OF_ADDRESS] : [IDENTITY],
  };
}

function toField(title: string, more: Partial<RequiredField> = {}): RequiredField {
  return {
    title,
    description: '',
    mandatory: true,
    maxLength: 200,
    pattern: null,
    values: [],
    ...more,
  };
}
