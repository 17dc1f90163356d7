/**
 * What the reference shows: complete requests and answers, each as this server takes and gives it. A test
 * holds every one against its schema.
 */
export type Examples = Record<string, { summary: string; value: unknown }>;

const NUMBER = '+12025550134';
export const EXAMPLE_PROJECT_ID = '3f0c7a52-9d41-4f3e-8a6b-2c5d1e7f9a04';
const RENTED_AT = '2026-05-04T09:12:45.120348Z';
const NEXT_CHARGE_AT = '2026-06-04T09:12:45.120348Z';
const PRICE = { currencyCode: 'USD', amount: '1.00' };
const CALLBACK_URL = 'https://example.com/numbers';

export const AVAILABLE_NUMBER = {
  phoneNumber: NUMBER,
  regionCode: 'US',
  type: 'MOBILE',
  capability: ['SMS', 'VOICE'],
  setupPrice: PRICE,
  monthlyPrice: PRICE,
  paymentIntervalMonths: 1,
  supportingDocumentationRequired: false,
};

export const AVAILABLE_NUMBER_EXAMPLES: Examples = {
  number: { summary: 'A number for rent', value: AVAILABLE_NUMBER },
};

export const SEARCH_EXAMPLES: Examples = {
  numbers: {
    summary: 'Three numbers',
    value: {
      availableNumbers: [
        AVAILABLE_NUMBER,
        { ...AVAILABLE_NUMBER, phoneNumber: '+13055550167' },
        { ...AVAILABLE_NUMBER, phoneNumber: '+17025550118' },
      ],
    },
  },
  none: { summary: 'No match', value: { availableNumbers: [] } },
  explained: {
    summary: 'No match in an area code, explained',
    value: {
      availableNumbers: [],
      explanation: {
        outcome: 'EMPTY',
        pools: 1,
        numbers: { unit: 'NUMBERS', count: 800, precision: 'EXACT' },
        steps: [
          {
            parameters: ['areaCode'],
            removed: { unit: 'NUMBERS', count: 800, precision: 'EXACT' },
            left: { unit: 'NUMBERS', count: 0, precision: 'EXACT' },
          },
        ],
        relaxations: [
          {
            kind: 'LARGER_DISTANCE',
            parameters: { near: '38.88,-77.1', distanceKm: '25' },
            leaveOut: ['areaCode'],
            place: null,
            example: AVAILABLE_NUMBER,
          },
        ],
      },
    },
  },
  placed: {
    summary: 'A number and its place',
    value: {
      availableNumbers: [
        {
          ...AVAILABLE_NUMBER,
          place: {
            locality: 'Washington',
            administrativeArea: 'District of Columbia',
            latitude: 38.9,
            longitude: -77.04,
          },
        },
      ],
      places: [
        {
          locality: 'Washington',
          administrativeArea: 'District of Columbia',
          latitude: 38.9,
          longitude: -77.04,
          distanceKm: null,
          prefixes: ['+1202', '+1771'],
        },
      ],
    },
  },
};

const NO_SMS = { servicePlanId: '', scheduledProvisioning: null, campaignId: '' };
const NO_VOICE = {
  appId: '',
  scheduledVoiceProvisioning: null,
  lastUpdatedTime: null,
  type: 'RTC',
  trunkId: '',
  serviceId: '',
};

/** Provisioned with a service plan and a voice app. */
const ACTIVE_NUMBER = {
  phoneNumber: NUMBER,
  projectId: EXAMPLE_PROJECT_ID,
  displayName: 'Support line',
  regionCode: 'US',
  type: 'MOBILE',
  capability: ['SMS', 'VOICE'],
  money: PRICE,
  paymentIntervalMonths: 1,
  nextChargeDate: NEXT_CHARGE_AT,
  expireAt: null,
  smsConfiguration: { ...NO_SMS, servicePlanId: 'my-service-plan' },
  voiceConfiguration: { ...NO_VOICE, appId: 'my-voice-app' },
  callbackUrl: CALLBACK_URL,
};

/** Just rented: what was asked for is on its way. */
const RENTED_NUMBER = {
  ...ACTIVE_NUMBER,
  displayName: '',
  smsConfiguration: {
    ...NO_SMS,
    scheduledProvisioning: {
      servicePlanId: 'my-service-plan',
      status: 'WAITING',
      lastUpdatedTime: RENTED_AT,
      campaignId: '',
      errorCodes: [],
    },
  },
  voiceConfiguration: {
    ...NO_VOICE,
    scheduledVoiceProvisioning: {
      appId: 'my-voice-app',
      status: 'WAITING',
      lastUpdatedTime: RENTED_AT,
      type: 'RTC',
      trunkId: '',
      serviceId: '',
    },
  },
};

/** The old service plan stays until the new one is connected. */
const UPDATED_NUMBER = {
  ...ACTIVE_NUMBER,
  smsConfiguration: {
    ...ACTIVE_NUMBER.smsConfiguration,
    scheduledProvisioning: {
      servicePlanId: 'my-other-plan',
      status: 'WAITING',
      lastUpdatedTime: '2026-05-11T14:03:09.500112Z',
      campaignId: '',
      errorCodes: [],
    },
  },
};

/** A campaign that its register does not know: the plan that was connected before it is not shown either. */
const FAILED_NUMBER = {
  ...ACTIVE_NUMBER,
  phoneNumber: '+12065550142',
  displayName: '',
  type: 'LOCAL',
  money: { currencyCode: 'USD', amount: '0.50' },
  smsConfiguration: {
    ...NO_SMS,
    scheduledProvisioning: {
      servicePlanId: 'my-service-plan',
      status: 'FAILED',
      lastUpdatedTime: '2026-05-04T09:12:46.130871Z',
      campaignId: 'CAMPAIGN_NOT_AVAILABLE',
      errorCodes: ['CAMPAIGN_NOT_AVAILABLE'],
    },
  },
  voiceConfiguration: NO_VOICE,
  callbackUrl: '',
};

/** Its renewal was not covered, and a week later it was taken off its platforms. */
const UNPAID_NUMBER = {
  ...ACTIVE_NUMBER,
  expireAt: '2026-07-04T09:12:45.331206Z',
  smsConfiguration: NO_SMS,
  voiceConfiguration: NO_VOICE,
  dunning: {
    state: 'SUSPENDED',
    startTime: '2026-06-04T09:12:45.331206Z',
    suspendTime: '2026-06-11T09:12:45.331206Z',
    endTime: '2026-07-04T09:12:45.331206Z',
    amountDue: PRICE,
  },
};

export const ACTIVE_NUMBER_EXAMPLES: Examples = {
  connected: { summary: 'Connected', value: ACTIVE_NUMBER },
  waiting: { summary: 'Just rented', value: RENTED_NUMBER },
  failed: { summary: 'Provisioning failed', value: FAILED_NUMBER },
  unpaid: { summary: 'Unpaid, and suspended', value: UNPAID_NUMBER },
};

export const ACTIVE_NUMBERS_EXAMPLES: Examples = {
  last: {
    summary: 'The only page',
    value: { activeNumbers: [ACTIVE_NUMBER], nextPageToken: '', totalSize: 1 },
  },
  first: {
    summary: 'The first of several pages',
    value: {
      activeNumbers: [ACTIVE_NUMBER],
      nextPageToken: 'eyJhZnRlciI6WyIrMTIwMjU1NTAxMzQiXX0.k3Zr0sQvXw1n',
      totalSize: 4,
    },
  },
};

export const RENTED_NUMBER_EXAMPLES: Examples = {
  rented: { summary: 'Rented', value: RENTED_NUMBER },
};

export const UPDATED_NUMBER_EXAMPLES: Examples = {
  updated: { summary: 'The new service plan is on its way', value: UPDATED_NUMBER },
};

export const RELEASED_NUMBER_EXAMPLES: Examples = {
  released: { summary: 'Released', value: { ...ACTIVE_NUMBER, expireAt: NEXT_CHARGE_AT } },
};

export const UNDONE_RELEASE_EXAMPLES: Examples = {
  undone: { summary: 'Not released any more', value: ACTIVE_NUMBER },
};

// --- Regions and callbacks ------------------------------------------------------------------------------

export const REGIONS_EXAMPLES: Examples = {
  regions: {
    summary: 'Some regions',
    value: {
      availableRegions: [
        {
          regionCode: 'GB',
          regionName: 'United Kingdom',
          types: ['MOBILE', 'LOCAL', 'TOLL_FREE'],
        },
        { regionCode: 'SE', regionName: 'Sweden', types: ['MOBILE'] },
        { regionCode: 'US', regionName: 'United States', types: ['MOBILE', 'LOCAL'] },
      ],
    },
  },
};

const COVERAGE_GROUP = {
  regionCode: 'US',
  type: 'LOCAL',
  areaCode: '202',
  locality: '',
  administrativeArea: '',
  capability: ['SMS', 'VOICE'],
  availableCount: 98,
  lowestSetupPrice: { currencyCode: 'USD', amount: '0.50' },
  lowestMonthlyPrice: { currencyCode: 'USD', amount: '0.50' },
};
const COVERAGE_AGE = { asOf: '2026-05-04T09:12:45.120348Z', maxAgeSeconds: 300, nextPageToken: '' };

export const COVERAGE_EXAMPLES: Examples = {
  areaCodes: {
    summary: 'By area code',
    value: {
      coverage: [COVERAGE_GROUP, { ...COVERAGE_GROUP, areaCode: '212', availableCount: 71 }],
      ...COVERAGE_AGE,
    },
  },
  localities: {
    summary: 'By locality',
    value: {
      coverage: [
        {
          ...COVERAGE_GROUP,
          areaCode: '',
          locality: 'Washington',
          administrativeArea: 'District of Columbia',
        },
      ],
      ...COVERAGE_AGE,
    },
  },
};

export const CALLBACK_CONFIGURATION_EXAMPLES: Examples = {
  configuration: {
    summary: 'The configuration',
    value: { projectId: EXAMPLE_PROJECT_ID, hmacSecret: 'my-callback-secret' },
  },
};

const EVENT = {
  eventId: '01jtcx4m9sf3v8b2k7r6w5n1qa',
  timestamp: '2026-05-04T09:12:46.130871',
  projectId: EXAMPLE_PROJECT_ID,
  resourceId: NUMBER,
  resourceType: 'ACTIVE_NUMBER',
  eventType: 'PROVISIONING_TO_SMS_PLATFORM',
  status: 'SUCCEEDED',
  failureCode: null,
  internalFailureCode: null,
};

export const CALLBACK_EVENT_EXAMPLES: Examples = {
  succeeded: { summary: 'Connected to the service plan', value: EVENT },
  failed: {
    summary: 'The campaign failed',
    value: {
      ...EVENT,
      eventId: '01jtcx4n2e8g5y0d1m4q9t7h3z',
      resourceId: '+12065550142',
      eventType: 'PROVISIONING_TO_CAMPAIGN',
      status: 'FAILED',
      failureCode: 'CAMPAIGN_NOT_AVAILABLE',
    },
  },
};

// --- Requests -------------------------------------------------------------------------------------------

const CONFIGURATIONS = {
  smsConfiguration: { servicePlanId: 'my-service-plan' },
  voiceConfiguration: { type: 'RTC', appId: 'my-voice-app' },
  callbackUrl: CALLBACK_URL,
};

export const RENT_EXAMPLES: Examples = {
  smsAndVoice: { summary: 'SMS and voice', value: CONFIGURATIONS },
  campaign: {
    summary: 'SMS with a 10DLC campaign (US LOCAL)',
    value: { smsConfiguration: { servicePlanId: 'my-service-plan', campaignId: 'CXYZ123' } },
  },
  trunk: {
    summary: 'Voice on a SIP trunk',
    value: { voiceConfiguration: { type: 'EST', trunkId: 'my-sip-trunk' } },
  },
  nothing: { summary: 'Nothing to connect yet', value: {} },
};

export const RENT_ANY_EXAMPLES: Examples = {
  pattern: {
    summary: 'Any number with SMS and voice in area code 202',
    value: {
      regionCode: 'US',
      type: 'MOBILE',
      numberPattern: { pattern: '+1202', searchPattern: 'START' },
      capabilities: ['SMS', 'VOICE'],
      ...CONFIGURATIONS,
    },
  },
  plain: { summary: 'Any British number', value: { regionCode: 'GB', type: 'LOCAL' } },
  filters: {
    summary: 'A number in Boston without a 4 that costs little',
    value: {
      regionCode: 'US',
      type: 'LOCAL',
      locality: 'Boston',
      excludePattern: ['4'],
      maxMonthlyPrice: '1.00',
      currencyCode: 'USD',
      numberPattern: { pattern: ['TAXI', '5*5'] },
    },
  },
};

export const CALLBACK_UPDATE_EXAMPLES: Examples = {
  secret: { summary: 'A new secret', value: { hmacSecret: 'my-callback-secret' } },
};

export const UPDATE_EXAMPLES: Examples = {
  plan: {
    summary: 'Name it and switch the service plan',
    value: {
      displayName: 'Support line',
      smsConfiguration: { servicePlanId: 'my-other-plan' },
    },
  },
  unlink: {
    summary: 'Unlink from SMS and voice',
    value: {
      smsConfiguration: { servicePlanId: '' },
      voiceConfiguration: { type: 'RTC', appId: '' },
    },
  },
  callbacks: { summary: 'No more callbacks', value: { callbackUrl: '' } },
  lock: { summary: 'Lock it against release', value: { deletionLock: true } },
};
