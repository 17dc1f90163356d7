import { JSON_BODY, PHONE_NUMBER, RENT_CONFIGURATIONS, RENT_ERRORS } from './error-examples.ts';
import { EXAMPLE_PROJECT_ID, type Examples } from './examples.ts';

const usd = (amount: string) => ({ currencyCode: 'USD', amount });

const NUMBERS_LIMIT_DESCRIPTION = 'The project may rent 50 numbers at a time, and rents 50.';

const AT_THE_LIMIT = {
  kind: 'NUMBERS',
  currencyCode: '',
  limit: '50',
  used: '50',
  resetTime: null,
};

const LIMIT_PROBLEM = {
  code: 400,
  message: NUMBERS_LIMIT_DESCRIPTION,
  status: 'FAILED_PRECONDITION',
  details: [
    {
      type: 'PreconditionFailure',
      violations: [
        {
          type: 'NUMBERS_LIMIT',
          subject: EXAMPLE_PROJECT_ID,
          limit: '50',
          used: '50',
          resetTime: null,
          description: NUMBERS_LIMIT_DESCRIPTION,
        },
      ],
    },
  ],
};

const NOT_AVAILABLE = {
  code: 404,
  message: '',
  status: 'NOT_FOUND',
  details: [
    {
      type: 'ResourceInfo',
      resourceType: 'AvailableNumber',
      resourceName: '+12025550135',
      owner: '',
      description: '',
    },
  ],
};

const RENT_QUOTE = {
  phoneNumber: '+12025550134',
  regionCode: 'US',
  type: 'LOCAL',
  capability: ['SMS', 'VOICE'],
  setupPrice: usd('0.50'),
  monthlyPrice: usd('0.75'),
  paymentIntervalMonths: 3,
  supportingDocumentationRequired: false,
  firstPeriodPrice: usd('2.25'),
  totalDue: usd('2.75'),
  nextChargeDate: '2026-08-04T09:12:45.120348Z',
  provisioningSteps: [
    { action: 'PROVISION', service: 'SMS', targetId: 'my-service-plan', voiceType: null },
    { action: 'PROVISION', service: 'VOICE', targetId: 'my-voice-app', voiceType: 'RTC' },
  ],
  limits: [AT_THE_LIMIT],
  problems: [],
};

export const RENT_QUOTE_EXAMPLES: Examples = {
  rentable: { summary: 'The last number that the project may have', value: RENT_QUOTE },
  refused: {
    summary: 'One more than it may have',
    value: { ...RENT_QUOTE, problems: [LIMIT_PROBLEM] },
  },
};

export const RENT_ORDER_QUOTE_EXAMPLES: Examples = {
  partial: {
    summary: 'Somebody else has one of them',
    value: {
      state: 'PARTIAL',
      allOrNothing: false,
      requestedQuantity: 2,
      rentableQuantity: 1,
      totals: [
        {
          quantity: 1,
          setupPrice: usd('0.50'),
          firstPeriodPrice: usd('2.25'),
          totalDue: usd('2.75'),
        },
      ],
      nextChargeDate: '2026-08-04T09:12:45.120348Z',
      supportingDocumentationRequired: false,
      limits: [],
      error: null,
      orderNumbers: [{ phoneNumber: '+12025550135', problems: [NOT_AVAILABLE] }],
    },
  },
};

export const RELEASE_QUOTE_EXAMPLES: Examples = {
  connected: {
    summary: 'Connected to a service plan',
    value: {
      phoneNumber: '+12025550134',
      expireAt: '2026-06-04T09:12:45.120348Z',
      totalDue: usd('0.00'),
      paidPeriod: {
        startTime: '2026-05-04T09:12:45.120348Z',
        endTime: '2026-06-04T09:12:45.120348Z',
        price: usd('0.75'),
      },
      undoUntil: '2026-06-04T09:12:45.120348Z',
      quarantineUntil: '2026-07-19T09:12:45.120348Z',
      provisioningSteps: [
        { action: 'DEPROVISION', service: 'SMS', targetId: 'my-service-plan', voiceType: null },
      ],
      emergencyAddressRemoved: false,
      scheduledProvisioning: null,
      scheduledVoiceProvisioning: null,
      problems: [],
    },
  },
};

/** What is wrong with the request itself. What is wrong with the rent is among the problems of the quote. */
export const QUOTE_RENT_ERRORS = {
  400: { ...RENT_CONFIGURATIONS, ...PHONE_NUMBER, ...JSON_BODY },
  404: RENT_ERRORS[404],
};
