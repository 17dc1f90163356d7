import { DEFAULT_REQUIREMENTS } from '../../domain/default-requirements.ts';
import { toNotFound } from './error-examples.ts';
import { ATTACHMENTS_LIMIT } from './precondition-examples.ts';
import { toError, toPreconditionFailure, toViolations } from './to-error-example.ts';
import { EXAMPLE_PROJECT_ID, type Examples } from './examples.ts';

const AT = '2026-05-04T09:12:45.120348Z';
const ORDER_ID = '01jtcx5b7wq2m8k4s1v9d6n3za';
const NO_ORDER = '01jtcx4n2e8g5y0d1m4q9t7h3z';
const PHONE_NUMBER = '+493023125000';
const [{ rules, attachments } = { rules: [], attachments: [] }] = DEFAULT_REQUIREMENTS;

const JSON_BODY: Examples = {
  json: {
    summary: 'Not JSON',
    value: toViolations({ field: 'body', description: 'is not valid JSON.' }),
  },
};

const KIND: Examples = {
  fields: {
    summary: 'Missing fields',
    value: toViolations(
      { field: 'regionCode', description: 'is required.' },
      { field: 'numberType', description: 'is required.' },
    ),
  },
};

export const LOOKUP_EXAMPLES: Examples = {
  german: { summary: 'German local numbers', value: { regionCode: 'DE', numberType: 'LOCAL' } },
};

export const REQUIREMENTS_EXAMPLES: Examples = {
  german: { summary: 'German local numbers', value: { fields: { rules }, attachments } },
};

const NO_REQUIREMENTS = 'Number requirements not found';

export const LOOKUP_ERRORS = {
  400: { ...KIND, ...JSON_BODY },
  404: {
    none: {
      summary: 'Nothing is required',
      value: toError(404, 'NOT_FOUND', NO_REQUIREMENTS, [
        {
          type: 'ResourceInfo',
          resourceType: 'NumberProduct',
          resourceName: 'numberRequirements',
          owner: '',
          description: NO_REQUIREMENTS,
        },
      ]),
    },
  },
};

export const CREATE_NUMBER_ORDER_EXAMPLES: Examples = {
  number: {
    summary: 'A certain number',
    value: {
      regionCode: 'DE',
      numberType: 'LOCAL',
      numberOrderOption: { phoneNumbers: [PHONE_NUMBER] },
      voiceConfiguration: { type: 'RTC', appId: 'my-voice-app' },
    },
  },
  quantity: {
    summary: 'Ten that follow one another',
    value: {
      regionCode: 'DE',
      numberType: 'LOCAL',
      quantityOrderOption: {
        requestedQuantity: 10,
        numberPattern: { pattern: '+4930', searchPattern: 'START' },
        sequential: true,
      },
      callbackUrl: 'https://example.com/numbers',
    },
  },
};

const price = (amount: string) => ({ currencyCode: 'EUR', amount });

const ORDER = {
  projectId: EXAMPLE_PROJECT_ID,
  idNumberOrder: ORDER_ID,
  regionCode: 'DE',
  state: 'CREATED',
  numberType: 'LOCAL',
  orderNumbers: [
    {
      phoneNumber: PHONE_NUMBER,
      numberPrice: {
        setupPrice: price('1.00'),
        monthlyPrice: price('1.10'),
        paymentIntervalMonths: 1,
      },
      capabilities: ['VOICE'],
    },
  ],
  smsConfiguration: null,
  voiceConfiguration: { type: 'RTC', appId: 'my-voice-app', trunkId: '', serviceId: '' },
  callbackUrl: '',
  expireTime: '2026-05-06T09:12:45.120348Z',
  createTime: AT,
  updateTime: AT,
};

export const NUMBER_ORDER_EXAMPLES: Examples = {
  created: { summary: 'Created', value: ORDER },
  review: { summary: 'Submitted', value: { ...ORDER, state: 'IN_REVIEW', expireTime: null } },
};

export const CREATE_NUMBER_ORDER_ERRORS = {
  400: {
    ...KIND,
    ...JSON_BODY,
    option: {
      summary: 'No option, or both',
      value: toViolations({
        field: 'numberOrderOption',
        description: 'is required, or quantityOrderOption; not both.',
      }),
    },
    number: {
      summary: 'Not a phone number',
      value: toViolations({
        field: 'numberOrderOption.phoneNumbers',
        description: 'must have a number in E.164 format, such as +12025550134.',
      }),
    },
    other: {
      summary: 'A number of another type',
      value: toViolations({
        field: 'numberOrderOption.phoneNumbers',
        description: '+493023125000 is DE LOCAL, not DE MOBILE.',
      }),
    },
    quantity: {
      summary: 'Too many',
      value: toViolations({
        field: 'quantityOrderOption.requestedQuantity',
        description: 'must be <= 100.',
      }),
    },
    limit: {
      summary: 'More than the orders of a project may have',
      value: toPreconditionFailure({
        type: 'ORDERS_LIMIT',
        subject: 'project-one',
        description:
          'The open number orders of a project may have 20 numbers and have 1; 20 more are wanted.',
        limit: '20',
        used: '1',
        resetTime: '2026-02-02T10:20:30.123456Z',
      }),
    },
  },
  404: toNotFound('AvailableNumber', PHONE_NUMBER),
};

export const NUMBER_ORDER_NOT_FOUND = { 404: toNotFound('NumberOrder', NO_ORDER) };

const toStateError = (summary: string) => ({
  summary,
  value: toPreconditionFailure({
    type: 'ORDER_STATE',
    subject: ORDER_ID,
    description: 'The order is REJECTED: only one that is CREATED or BLOCKED can be changed.',
  }),
});
const STATE: Examples = { state: toStateError('It cannot be changed any more') };

export const SUBMIT_ERRORS = {
  400: {
    ...STATE,
    incomplete: {
      summary: 'Something is missing',
      value: toPreconditionFailure(
        {
          type: 'REGISTRATION_INCOMPLETE',
          subject: 'requestDetails.data',
          description: 'must be a list with 2 objects, one for each rule.',
        },
        {
          type: 'ATTACHMENT_MISSING',
          subject: 'proof-of-identity',
          description: 'The attachment proof-of-identity is missing.',
        },
        {
          type: 'ATTACHMENT_MISSING',
          subject: 'proof-of-address',
          description: 'The attachment proof-of-address is missing.',
        },
      ),
    },
  },
  ...NUMBER_ORDER_NOT_FOUND,
};

const DATA = [
  { endUserType: 'BUSINESS', name: 'Example GmbH', contactEmail: 'numbers@example.com' },
  { street: 'Beispielstr. 1', city: 'Berlin', postalCode: '10115', countryCode: 'DE' },
];

export const REGISTRATION_REQUEST_EXAMPLES: Examples = {
  german: { summary: 'For a German local number', value: { requestDetails: { data: DATA } } },
};

export const REGISTRATION_EXAMPLES: Examples = {
  blocked: {
    summary: 'After a review',
    value: {
      requestDetails: { data: DATA },
      attachments: [
        {
          attachmentId: 'proof-of-address',
          fileName: 'bill.pdf',
          mimeType: 'application/pdf',
          uploadStatus: 'COMPLETED',
          createTime: AT,
          updateTime: AT,
          documentType: 'UTILITY_BILL',
        },
      ],
      logs: [{ message: 'The bill is older than three months.', createTime: AT }],
    },
  },
};

export const REGISTRATION_ERRORS = {
  400: {
    ...STATE,
    ...JSON_BODY,
    details: {
      summary: 'No details',
      value: toViolations({ field: 'requestDetails', description: 'must be an object with data.' }),
    },
    requirements: {
      summary: 'Does not meet the requirements',
      value: toViolations(
        {
          field: 'requestDetails.data[0].endUserType',
          description: 'must be one of BUSINESS, INDIVIDUAL.',
        },
        {
          field: 'requestDetails.data[1].postalCode',
          description: String.raw`must match \d{5}.`,
        },
      ),
    },
  },
  ...NUMBER_ORDER_NOT_FOUND,
};

export const ATTACHMENT_EXAMPLES: Examples = {
  bill: {
    summary: 'A bill',
    value: { file: '%PDF-1.7', documentType: 'UTILITY_BILL' },
  },
};

const LIMIT_TEXT = 'An attachment may have 5242880 bytes.';

export const ATTACHMENT_ERRORS = {
  400: {
    ...STATE,
    ...ATTACHMENTS_LIMIT,
    form: {
      summary: 'Not a form with a file',
      value: toViolations({
        field: 'body',
        description: 'must be a whole form in multipart/form-data, with a file.',
      }),
    },
    type: {
      summary: 'Of a type that is not allowed',
      value: toViolations(
        {
          field: 'file',
          description: 'must be of one of the types application/pdf, image/jpeg, image/png.',
        },
        {
          field: 'documentType',
          description: 'must be one of UTILITY_BILL, BANK_STATEMENT, COMMERCIAL_REGISTER.',
        },
      ),
    },
  },
  404: {
    ...NUMBER_ORDER_NOT_FOUND[404],
    ...toNotFound('NumberOrderAttachment', 'proof-of-life'),
  },
  413: {
    large: {
      summary: 'Too large',
      value: toError(413, 'CONTENT_TOO_LARGE', LIMIT_TEXT, [
        { type: 'ContentTooLarge', resourceName: 'proof-of-address', description: LIMIT_TEXT },
      ]),
    },
  },
};
