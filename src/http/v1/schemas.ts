import { type Static, Type } from 'typebox';

import { CAPABILITIES, NUMBER_TYPES } from '../../domain/pool.ts';
import { PATTERN_TEXT_LENGTH_MAX, SEARCH_POSITIONS } from '../../domain/search-pattern.ts';
import {
  callbackUrl,
  nullable,
  SmsConfigurationRequest,
  SmsConfigurationUpdate,
  timestamp,
  VoiceConfigurationRequest,
} from './configuration-schemas.ts';
import { EXAMPLE_PROJECT_ID } from './examples.ts';
import { patternOfBody, searchCriteriaBody, searchCriteriaQuery } from './search-criteria.ts';
import {
  placedNumber,
  searchExplanationAnswer,
  searchExplanationQuery,
} from './search-explanation.ts';
import { searchPageAnswer, searchPageNumber, searchPageQuery } from './search-page.ts';

/**
 * The wire, as schemas. Those of requests validate; all of them make the OpenAPI document. Named ones
 * (`$id`) become its components. Facts are those of the contract; wire types stay inside `http/`.
 */

export const NumberType = Type.Enum([...NUMBER_TYPES], {
  type: 'string',
  description:
    'MOBILE numbers belong to mobile networks, LOCAL ones to a place; calls to TOLL_FREE ones cost the caller nothing.',
  examples: ['MOBILE'],
});
export const Capability = Type.Enum([...CAPABILITIES], { type: 'string' });

const DISPLAY_NAME_CHARACTERS_MAX = 256;
const PAGE_SIZE_DEFAULT = 20;
export const PAGE_SIZE_MAX = 1000;

// --- What is shared -------------------------------------------------------------------------------------

const projectId = Type.String({
  description: 'Your project: the one that the access key belongs to.',
  examples: [EXAMPLE_PROJECT_ID],
});

export const ProjectPath = Type.Object({ projectId });

export const NumberPath = Type.Object({
  projectId,
  phoneNumber: Type.String({
    description: 'E.164 with its plus sign, which may stand as it is or as `%2B`.',
    examples: ['+12025550134'],
  }),
});

export const Money = Type.Object(
  {
    currencyCode: Type.String({ description: 'ISO 4217.', examples: ['USD'] }),
    amount: Type.String({ description: 'A decimal number as text.', examples: ['0.50'] }),
  },
  { $id: 'Money', description: 'An amount in a currency.' },
);

const searchPositionOptions = {
  type: 'string',
  description:
    'Where the pattern stands. Without it: START for a pattern that begins with a plus sign, else CONTAINS.',
  examples: ['START'],
} as const;

const searchPositionQuery = {
  'numberPattern.searchPattern': Type.Optional(
    Type.Enum([...SEARCH_POSITIONS], searchPositionOptions),
  ),
};

export const regionCode = (options: object = {}) =>
  Type.String({
    pattern: '^[A-Z]{2}$',
    description: 'ISO 3166-1 alpha-2; the United Kingdom is GB.',
    examples: ['US'],
    ...options,
  });

// --- Available numbers ----------------------------------------------------------------------------------

export const AvailableNumber = Type.Object(
  {
    phoneNumber: Type.String({ description: 'E.164.', examples: ['+12025550134'] }),
    regionCode: Type.String({ examples: ['US'] }),
    type: NumberType,
    capability: Type.Array(Capability, {
      description: 'What the number can do.',
      examples: [['SMS', 'VOICE']],
    }),
    setupPrice: Type.Ref('Money', { description: 'Paid once, when it is rented.' }),
    monthlyPrice: Type.Ref('Money', { description: 'For each month.' }),
    paymentIntervalMonths: Type.Integer({
      description: 'How many months are paid at once, in advance.',
      examples: [1],
    }),
    supportingDocumentationRequired: Type.Boolean({
      description:
        'The region asks for documents about the user of such a number. It can be rented all the same.',
      examples: [false],
    }),
    ...searchPageNumber,
    ...placedNumber,
  },
  { $id: 'AvailableNumber', description: 'A number that can be rented now.' },
);

export const AvailableNumbersResponse = Type.Object(
  {
    availableNumbers: Type.Array(Type.Ref('AvailableNumber')),
    ...searchExplanationAnswer,
    ...searchPageAnswer,
  },
  { $id: 'AvailableNumbersResponse', description: 'What a search found.' },
);

export const AvailableNumbersQuery = Type.Object({
  regionCode: regionCode(),
  type: NumberType,
  ...searchPositionQuery,
  capabilities: Type.Optional(
    Type.Array(Capability, {
      description: 'The numbers have all of these, and perhaps more.',
      examples: [['SMS']],
      'x-aliases': ['capability'],
    }),
  ),
  ...searchCriteriaQuery,
  size: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: PAGE_SIZE_MAX,
      default: PAGE_SIZE_DEFAULT,
      description: 'At most this many numbers.',
      examples: [3],
    }),
  ),
  ...searchPageQuery,
  ...searchExplanationQuery,
});
export const SIZE_DEFAULT = PAGE_SIZE_DEFAULT;

// --- Renting --------------------------------------------------------------------------------------------

export const RentNumberRequest = Type.Object(
  {
    smsConfiguration: Type.Optional(SmsConfigurationRequest),
    voiceConfiguration: Type.Optional(VoiceConfigurationRequest),
    callbackUrl,
  },
  {
    $id: 'RentNumberRequest',
    description: 'What to connect the number to; all of it can be set later.',
  },
);
export type RentNumberRequest = Static<typeof RentNumberRequest>;

export const NumberPattern = Type.Object(
  {
    pattern: patternOfBody,
    searchPattern: Type.Optional(Type.Enum([...SEARCH_POSITIONS], searchPositionOptions)),
  },
  { description: 'As in the search for available numbers.' },
);

export const RentAnyNumberRequest = Type.Object(
  {
    regionCode: regionCode(),
    type: NumberType,
    numberPattern: Type.Optional(NumberPattern),
    capabilities: Type.Optional(
      Type.Array(Capability, { description: 'The number has all of these, and perhaps more.' }),
    ),
    ...searchCriteriaBody,
    smsConfiguration: Type.Optional(SmsConfigurationRequest),
    voiceConfiguration: Type.Optional(VoiceConfigurationRequest),
    callbackUrl,
  },
  { $id: 'RentAnyNumberRequest', description: 'A search, and what to connect its result to.' },
);

// --- Active numbers -------------------------------------------------------------------------------------

export const ActiveNumber = Type.Object(
  {
    phoneNumber: Type.String({ description: 'E.164.', examples: ['+12025550134'] }),
    projectId: Type.String({ examples: [EXAMPLE_PROJECT_ID] }),
    displayName: Type.String({ description: 'Your name for it.', examples: ['Support line'] }),
    regionCode: Type.String({ examples: ['US'] }),
    type: NumberType,
    capability: Type.Array(Capability, {
      description: 'What the number can do.',
      examples: [['SMS', 'VOICE']],
    }),
    money: Type.Ref('Money', { description: 'The monthly price.' }),
    paymentIntervalMonths: Type.Integer({
      description: 'How many months are paid at once, in advance.',
      examples: [1],
    }),
    nextChargeDate: timestamp('When the next period begins and is charged.'),
    expireAt: nullable(
      timestamp('When the number ends: it was released, or is unpaid. Null as long as it goes on.'),
    ),
    smsConfiguration: Type.Ref('SmsConfiguration'),
    voiceConfiguration: Type.Ref('VoiceConfiguration'),
    callbackUrl: Type.String({
      description: 'Where its events are posted; empty: nowhere.',
      examples: ['https://example.com/numbers'],
    }),
    deletionLock: Type.Optional(
      Type.Literal(true, {
        description: 'Only there when it is set: then the number cannot be released.',
      }),
    ),
    dunning: Type.Optional(Type.Ref('Dunning')),
  },
  {
    $id: 'ActiveNumber',
    description:
      'A number that the project rents. Every key is always there, but for deletionLock and dunning.',
  },
);

export const ActiveNumbersResponse = Type.Object(
  {
    activeNumbers: Type.Array(Type.Ref('ActiveNumber')),
    nextPageToken: Type.String({ description: 'Empty on the last page.', examples: [''] }),
    totalSize: Type.Integer({ description: 'Over all pages.', examples: [1] }),
  },
  { $id: 'ActiveNumbersResponse', description: 'One page of a list.' },
);

export const ActiveNumbersQuery = Type.Object({
  regionCode: Type.Optional(regionCode()),
  type: Type.Optional(NumberType),
  'numberPattern.pattern': Type.Optional(
    Type.String({
      maxLength: PATTERN_TEXT_LENGTH_MAX,
      description:
        'Digits to look for, written as in the search for available numbers. With START it is compared with the complete number, so it begins with a plus sign.',
      examples: ['+1202'],
    }),
  ),
  // One client repeats its capabilities under this name by mistake.
  'numberPattern.searchPattern': Type.Optional(
    Type.Enum([...SEARCH_POSITIONS], { ...searchPositionOptions, 'x-ignored': [...CAPABILITIES] }),
  ),
  capability: Type.Optional(
    Type.Array(Capability, {
      description: 'The numbers have all of these, and perhaps more.',
      examples: [['SMS']],
      'x-aliases': ['capabilities'],
    }),
  ),
  pageSize: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: PAGE_SIZE_MAX,
      default: PAGE_SIZE_DEFAULT,
      description: 'At most this many numbers on a page.',
    }),
  ),
  pageToken: Type.Optional(
    Type.String({ description: 'The nextPageToken of the page before, with the same filters.' }),
  ),
  orderBy: Type.Optional(
    Type.String({ default: 'phoneNumber', description: 'phoneNumber or displayName.' }),
  ),
});

export const ActiveNumberUpdateRequest = Type.Object(
  {
    displayName: Type.Optional(
      nullable(Type.String({ maxLength: DISPLAY_NAME_CHARACTERS_MAX, examples: ['Support line'] })),
    ),
    smsConfiguration: Type.Optional(SmsConfigurationUpdate),
    voiceConfiguration: Type.Optional(VoiceConfigurationRequest),
    callbackUrl,
    deletionLock: Type.Optional(
      Type.Boolean({ description: 'true: the number cannot be released until it is false again.' }),
    ),
  },
  { $id: 'ActiveNumberUpdateRequest', description: 'What is absent stays as it is.' },
);

// --- Regions --------------------------------------------------------------------------------------------

export const AvailableRegion = Type.Object(
  {
    regionCode: Type.String({ examples: ['US'] }),
    regionName: Type.String({ examples: ['United States'] }),
    types: Type.Array(NumberType, {
      description: 'All types that it has.',
      examples: [['MOBILE', 'LOCAL']],
    }),
  },
  { $id: 'AvailableRegion', description: 'A region and what can be rented there.' },
);

export const AvailableRegionsResponse = Type.Object(
  { availableRegions: Type.Array(Type.Ref('AvailableRegion')) },
  { $id: 'AvailableRegionsResponse', description: 'Every region that has numbers.' },
);

export const AvailableRegionsQuery = Type.Object({
  types: Type.Optional(
    Type.Array(NumberType, {
      description: 'Only regions that offer any of these.',
      examples: [['MOBILE']],
      'x-aliases': ['type', 'numberTypes'],
    }),
  ),
});
