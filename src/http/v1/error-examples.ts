import { EXAMPLE_PROJECT_ID, type Examples } from './examples.ts';
import { LOCKED, RELEASED, RENT_LIMITS, SUSPENDED, UNPAID } from './precondition-examples.ts';
import { toError, toViolations } from './to-error-example.ts';

/** Errors as the reference shows them. A test makes the requests that cause those of 400 and 404. */

// --- Errors that every operation has --------------------------------------------------------------------

export const UNAUTHENTICATED_EXAMPLES: Examples = {
  none: {
    summary: 'No credentials',
    value: toError(
      401,
      'UNAUTHENTICATED',
      'Send Basic authentication with a key id and its secret, or a bearer token from /oauth2/token.',
    ),
  },
  wrong: {
    summary: 'Wrong key or secret',
    value: toError(401, 'UNAUTHENTICATED', 'The key id or its secret is wrong.'),
  },
  expired: {
    summary: 'Expired token',
    value: toError(401, 'UNAUTHENTICATED', 'The access token is expired.'),
  },
};

export const PERMISSION_DENIED_EXAMPLES: Examples = {
  project: { summary: "Another project's key", value: toError(403, 'PERMISSION_DENIED', '') },
};

const RATE_DESCRIPTION = 'The project may make 50 requests a second.';

export const RATE_EXAMPLES: Examples = {
  project: {
    summary: 'Too many requests',
    value: toError(429, 'RESOURCE_EXHAUSTED', RATE_DESCRIPTION, [
      {
        type: 'QuotaFailure',
        violations: [
          {
            type: 'REQUESTS_LIMIT',
            subject: EXAMPLE_PROJECT_ID,
            description: RATE_DESCRIPTION,
            limit: '50',
            resetTime: '2026-05-04T09:12:46.120348Z',
          },
        ],
      },
    ]),
  },
};

export const INTERNAL_EXAMPLES: Examples = {
  fault: { summary: 'A fault', value: toError(500, 'INTERNAL', '') },
};

export const UNAVAILABLE_EXAMPLES: Examples = {
  busy: {
    summary: 'Too busy',
    value: toError(503, 'UNAVAILABLE', 'The database is busy; try again.'),
  },
};

// --- What is not there ----------------------------------------------------------------------------------

const NOT_FOUND_SUMMARIES = {
  AvailableNumber: 'Not for rent',
  ActiveNumber: 'Not a number of yours',
  RentOrder: 'Not an order of yours',
  NumberOrder: 'Not an order of yours',
  NumberOrderAttachment: 'Not an attachment of the requirements',
};

// --- Wrong requests -------------------------------------------------------------------------------------

export const PHONE_NUMBER: Examples = {
  phoneNumber: {
    summary: 'Not a phone number',
    value: toViolations({
      field: 'phoneNumber',
      description: 'must be a number in E.164 format, such as +12025550134.',
    }),
  },
};

const PATTERN: Examples = {
  pattern: {
    summary: 'A pattern with something else than digits',
    value: toViolations({
      field: 'numberPattern.pattern',
      description:
        'must be at most 16 digits, perhaps behind a plus sign, such as +1202 or 555; * is any digit, letters are the keys of a telephone.',
    }),
  },
};

/** What may be wrong with the filters of a search, and of a rent of any number. */
export const CRITERIA: Examples = {
  ...PATTERN,
  excluded: {
    summary: 'Too many exclusions',
    value: toViolations({ field: 'excludePattern', description: 'must have at most 10 values.' }),
  },
  currency: {
    summary: 'Not a currency',
    value: toViolations({
      field: 'currencyCode',
      description: 'must be the code of a currency by ISO 4217, such as USD.',
    }),
  },
  price: {
    summary: 'A price that is none',
    value: toViolations({
      field: 'maxMonthlyPrice',
      description: 'must be a decimal number of zero or more, such as 0.75.',
    }),
  },
  place: {
    summary: 'A town that is not known',
    value: toViolations({
      field: 'locality',
      description: 'no place with numbers of United States is called "Bostn"; did you mean Boston?',
    }),
  },
  distance: {
    summary: 'A distance from nowhere',
    value: toViolations({
      field: 'distanceKm',
      description: 'needs near: it is the distance from there.',
    }),
  },
};

export const RENT_CONFIGURATIONS: Examples = {
  empty: {
    summary: 'A configuration that says nothing',
    value: toViolations({ field: 'smsConfiguration.servicePlanId', description: 'is required.' }),
  },
  trunk: {
    summary: 'A SIP trunk without its id',
    value: toViolations({
      field: 'voiceConfiguration.trunkId',
      description: 'is required for type EST.',
    }),
  },
  url: {
    summary: 'A callback URL that is none',
    value: toViolations({
      field: 'callbackUrl',
      description: 'must be an absolute http or https URL.',
    }),
  },
};

const CAMPAIGN: Examples = {
  campaign: {
    summary: 'A campaign on a number that is not US LOCAL',
    value: toViolations({
      field: 'smsConfiguration.campaignId',
      description: 'A campaign applies to US LOCAL numbers only; this number is US MOBILE.',
    }),
  },
};

export const JSON_BODY: Examples = {
  json: {
    summary: 'A body that is not JSON',
    value: toViolations({ field: 'body', description: 'is not valid JSON.' }),
  },
};

const SEARCH_PAGE: Examples = {
  orderBy: toInvalidOrderBy('price'),
  pageToken: {
    summary: 'A page token without an order',
    value: toViolations({
      field: 'pageToken',
      description: 'needs orderBy: only an ordered search has pages.',
    }),
  },
  size: {
    summary: 'Too small for a run',
    value: toViolations({
      field: 'size',
      description: 'must be at least sequential, so that one run fits.',
    }),
  },
};

export const SEARCH_ERRORS = {
  400: {
    fields: {
      summary: 'Several wrong fields',
      value: toViolations(
        { field: 'regionCode', description: 'is required.' },
        { field: 'size', description: 'must be <= 1000.' },
      ),
    },
    unknown: toUnknownValue('type', 'MOBIL', 'MOBILE, LOCAL, TOLL_FREE'),
    ...CRITERIA,
    ...SEARCH_PAGE,
  },
};

export const CHECK_ERRORS = { 400: PHONE_NUMBER, 404: toNotFound('AvailableNumber') };

export const RENT_ERRORS = {
  400: { ...RENT_CONFIGURATIONS, ...CAMPAIGN, ...PHONE_NUMBER, ...JSON_BODY, ...RENT_LIMITS },
  404: {
    ...toNotFound('AvailableNumber', '+12025559999'),
    own: {
      summary: "The project's own already",
      value: toError(404, 'NOT_FOUND', '', [
        {
          type: 'ResourceInfo',
          resourceType: 'AvailableNumber',
          resourceName: '+12025550134',
          owner: 'project-one',
          description: 'This project rents the number already.',
        },
      ]),
    },
  },
};

export const RENT_ANY_ERRORS = {
  400: {
    fields: {
      summary: 'Missing fields',
      value: toViolations(
        { field: 'regionCode', description: 'is required.' },
        { field: 'type', description: 'is required.' },
      ),
    },
    ...RENT_CONFIGURATIONS,
    ...CRITERIA,
    ...JSON_BODY,
    ...RENT_LIMITS,
  },
  404: toNotFound('AvailableNumber', '', 'No available number matches the request.'),
};

export const LIST_ERRORS = {
  400: {
    pageToken: {
      summary: 'A page token of another list',
      value: toViolations({
        field: 'pageToken',
        description:
          'is not a token of this list: send the nextPageToken of an answer with the same filters.',
      }),
    },
    fields: {
      summary: 'A page that is too long',
      value: toViolations({ field: 'pageSize', description: 'must be <= 1000.' }),
    },
    orderBy: toInvalidOrderBy('price'),
    ...PATTERN,
  },
};

export const ACTIVE_ERRORS = { 400: PHONE_NUMBER, 404: toNotFound('ActiveNumber') };

export const RELEASE_ERRORS = {
  400: {
    ...PHONE_NUMBER,
    ...LOCKED,
  },
  404: toNotFound('ActiveNumber'),
};

export const UNDO_RELEASE_ERRORS = {
  400: { ...PHONE_NUMBER, ...UNPAID },
  404: toNotFound('ActiveNumber'),
};

export const UPDATE_ERRORS = {
  400: {
    ...RENT_CONFIGURATIONS,
    ...CAMPAIGN,
    ...PHONE_NUMBER,
    ...JSON_BODY,
    ...SUSPENDED,
    ...RELEASED,
  },
  404: toNotFound('ActiveNumber'),
};

export const REGION_ERRORS = {
  400: { unknown: toUnknownValue('types', 'MOBIL', 'MOBILE, LOCAL, TOLL_FREE') },
};

export const COVERAGE_ERRORS = {
  400: {
    unknown: toUnknownValue('groupBy', 'city', 'region, areaCode, locality'),
    pageToken: {
      summary: 'A page token of another list',
      value: toViolations({
        field: 'pageToken',
        description:
          'is not a token of this list: send the nextPageToken of an answer with the same filters.',
      }),
    },
  },
};

export const NUMBER_EVENTS_ERRORS = {
  400: {
    ...PHONE_NUMBER,
    pageToken: {
      summary: 'A page token of another number',
      value: toViolations({
        field: 'pageToken',
        description:
          'is not a token of this list: send the nextPageToken of an answer with the same filters.',
      }),
    },
  },
};

export const CALLBACK_CONFIGURATION_ERRORS = {
  400: {
    secret: {
      summary: 'An empty secret',
      value: toViolations({ field: 'hmacSecret', description: 'must not be empty.' }),
    },
    ...JSON_BODY,
  },
};

export const CLOCK_ERRORS = {
  400: {
    back: {
      summary: 'Back in time',
      value: toViolations({
        field: 'to',
        description: 'must not go back: the clock only moves forward.',
      }),
    },
    duration: {
      summary: 'Not a duration',
      value: toViolations({ field: 'by', description: 'must be a duration, such as PT1H.' }),
    },
  },
};

function toUnknownValue(field: string, value: string, known: string): Examples[string] {
  const message = `parsing field "${field}": "${value}" is not a valid value`;
  const violation = { field, description: `"${value}" is not one of ${known}.` };
  return {
    summary: 'A value that there is not',
    value: toError(400, 'INVALID_ARGUMENT', message, [
      { type: 'BadRequest', fieldViolations: [violation] },
    ]),
  };
}

function toInvalidOrderBy(orderBy: string): Examples[string] {
  return {
    summary: 'An order that there is not',
    value: toError(400, 'INVALID_ARGUMENT', '', [
      {
        type: 'BadRequest',
        fieldViolations: [{ field: 'order_by', description: `Invalid order_by ${orderBy}` }],
      },
    ]),
  };
}

export function toNotFound(
  resourceType: keyof typeof NOT_FOUND_SUMMARIES,
  resourceName = '+12025550134',
  message = '',
): Examples {
  return {
    [resourceType]: {
      summary: NOT_FOUND_SUMMARIES[resourceType],
      value: toError(404, 'NOT_FOUND', message, [
        { type: 'ResourceInfo', resourceType, resourceName, owner: '', description: message },
      ]),
    },
  };
}
