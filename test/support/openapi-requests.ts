import { listAddressRequests, listAddressRequestsWithoutNumber } from './emergency-addresses.ts';
import { toForm } from './number-orders.ts';
import { PROJECT } from './test-server.ts';

/** Of the pool us-local. */
export const US_LOCAL = '+12025550134';
const US_MOBILE = '+13055550102';
const NOT_IN_STOCK = '+12025559999';
const NUMBERS = `/v1/projects/${PROJECT.id}/availableNumbers`;
const ACTIVE = `/v1/projects/${PROJECT.id}/activeNumbers`;
const EVENTS = `/v1/projects/${PROJECT.id}/numberEvents`;
const CHARGES = `/v1/projects/${PROJECT.id}/charges`;
const STATEMENTS = `/v1/projects/${PROJECT.id}/statements`;
const ORDERS = `/v1/projects/${PROJECT.id}/rentOrders`;
const QUOTE = `${ORDERS}:quote`;
/** As the examples call it; a test makes it. */
export const ENDED_ORDER = '01jtcx4k2wf7d3s9v6b1n5r8qa';
export const CANCELLED_ORDER = '01jtcx4m9sf3v8b2k7r6w5n1qa';
export const RESERVED_ORDER = '01jtcx4k2wf7d3s9v6b1n5r8qc';
export const NO_ORDER = '01jtcx4n2e8g5y0d1m4q9t7h3z';
const HOLDS = `/v1/projects/${PROJECT.id}/numberHolds`;
const NUMBER_ORDERS = `/v1/projects/${PROJECT.id}/numberOrders`;
export const REJECTED_ORDER = '01jtcx5b7wq2m8k4s1v9d6n3za';
export const OPEN_ORDER = '01jtcx5c2fg8w5k1m7r4v9b6qa';
export const EMPTY_ORDER = '01jtcx5e9rk6z4v7n2x8c3m1wa';
export const FILLED_ORDER = '01jtcx5d6nh3y8s2q5t1w7z4ka';
const CALLBACKS = `/v1/projects/${PROJECT.id}/callbackConfiguration`;
const SMS = { smsConfiguration: { servicePlanId: 'my-service-plan' } };
const NO_PLAN = { smsConfiguration: {} };
const NO_TRUNK = { voiceConfiguration: { type: 'EST' } };
const CAMPAIGN = { smsConfiguration: { servicePlanId: 'a', campaignId: 'b' } };

export type RequestToMake = [
  operationId: string,
  status: number,
  example: string | undefined,
  path: string,
  body?: unknown,
];

const US_MOBILE_SEARCH = `${NUMBERS}?regionCode=US&type=MOBILE`;

/** Wrong in a query and in a body alike. */
const WRONG_CRITERIA = [
  ['excluded', 'excludePattern', Array.from({ length: 11 }, (_, i) => String(i))],
  ['currency', 'currencyCode', 'USX'],
  ['price', 'maxMonthlyPrice', '-1'],
  ['place', 'locality', 'Bostn'],
  ['distance', 'distanceKm', 25],
] as const;

const GB_TOLL_FREE = { regionCode: 'GB', type: 'TOLL_FREE' };
const HELD = '+12025550135';

/** After the number US_LOCAL has been rented, and at the start of the clock. */
const HOLD_REQUESTS: readonly RequestToMake[] = [
  ['HoldNumbers', 400, 'neither', HOLDS, {}],
  ['HoldNumbers', 400, 'both', HOLDS, { phoneNumbers: [HELD], quantity: 1, regionCode: 'US' }],
  ['HoldNumbers', 400, 'fields', HOLDS, { quantity: 1 }],
  ['HoldNumbers', 400, 'phoneNumbers', HOLDS, { phoneNumbers: [HELD, '12025550134'] }],
  ['HoldNumbers', 400, 'tooMany', HOLDS, usMobile({ quantity: 101 })],
  ['HoldNumbers', 400, 'ttl', HOLDS, { phoneNumbers: [HELD], ttlSeconds: 3601 }],
  ['HoldNumbers', 400, 'json', HOLDS, '{'],
  [
    'HoldNumbers',
    400,
    'pattern',
    HOLDS,
    usMobile({ quantity: 1, numberPattern: { pattern: '12#' } }),
  ],
  ...WRONG_CRITERIA.map(([example, field, value]): RequestToMake => [
    'HoldNumbers',
    400,
    example,
    HOLDS,
    usMobile({ quantity: 1, [field]: value }),
  ]),
  ['HoldNumbers', 404, 'numbers', HOLDS, { phoneNumbers: [HELD, US_LOCAL] }],
  ['HoldNumbers', 404, 'matching', HOLDS, { ...GB_TOLL_FREE, quantity: 30 }],
  ['HoldNumbers', 404, 'block', HOLDS, { ...GB_TOLL_FREE, quantity: 30, sequential: true }],
  ['GetNumberHold', 404, 'NumberHold', `${HOLDS}/${US_LOCAL}`],
  ['ExtendNumberHold', 404, 'NumberHold', `${HOLDS}/${US_LOCAL}:extend`],
  ['ReleaseNumberHold', 404, 'NumberHold', `${HOLDS}/${US_LOCAL}:release`],
  ['GetNumberHold', 400, 'phoneNumber', `${HOLDS}/12025550134`],
  ['ExtendNumberHold', 400, 'phoneNumber', `${HOLDS}/12025550134:extend`],
  ['ReleaseNumberHold', 400, 'phoneNumber', `${HOLDS}/12025550134:release`],

  ['HoldNumbers', 200, undefined, HOLDS, { phoneNumbers: [HELD] }],
  ['HoldNumbers', 200, undefined, HOLDS, { regionCode: 'US', type: 'LOCAL', quantity: 69 }],
  ['HoldNumbers', 200, undefined, HOLDS, usMobile({ quantity: 10, sequential: true })],
  ['HoldNumbers', 400, 'limit', HOLDS, usMobile({ quantity: 30 })],
  ['ListNumberHolds', 200, undefined, HOLDS],
  ['ListNumberHolds', 200, undefined, `${HOLDS}?pageSize=1`],
  ['ListNumberHolds', 400, 'pageToken', `${HOLDS}?pageToken=x`],
  ['ListNumberHolds', 400, 'fields', `${HOLDS}?pageSize=5000`],
  ['GetNumberHold', 200, undefined, `${HOLDS}/${HELD}`],
  ['ExtendNumberHold', 200, undefined, `${HOLDS}/${HELD}:extend`, { ttlSeconds: 1800 }],
  ['ExtendNumberHold', 400, 'ttl', `${HOLDS}/${HELD}:extend`, { ttlSeconds: 3601 }],
  ['ExtendNumberHold', 400, 'json', `${HOLDS}/${HELD}:extend`, '{'],
  ['ReleaseNumberHold', 200, undefined, `${HOLDS}/${HELD}:release`],
];

const GERMAN = { regionCode: 'DE', numberType: 'LOCAL' };
const GERMAN_NUMBER = { numberOrderOption: { phoneNumbers: ['+493023125000'] } };
const CREATE = `${NUMBER_ORDERS}:createNumberOrder`;
const LOOKUP = `${NUMBER_ORDERS}:lookupNumberRequirements`;
const ADDRESS_PROOF = 'attachments/proof-of-address';
const WRONG_DETAILS = {
  requestDetails: {
    data: [
      { endUserType: 'ALIEN', name: 'Example GmbH', contactEmail: 'numbers@example.com' },
      { street: 'Beispielstr. 1', city: 'Berlin', postalCode: '1011', countryCode: 'DE' },
    ],
  },
};
const DETAILS = {
  requestDetails: {
    data: [
      { endUserType: 'BUSINESS', name: 'Example GmbH', contactEmail: 'numbers@example.com' },
      { street: 'Beispielstr. 1', city: 'Berlin', postalCode: '10115', countryCode: 'DE' },
    ],
  },
};

/** Where a project's orders may have 20 numbers. */
const NUMBER_ORDER_REQUESTS: readonly RequestToMake[] = [
  ['LookupNumberRequirements', 200, undefined, LOOKUP, GERMAN],
  ['LookupNumberRequirements', 400, 'fields', LOOKUP, {}],
  ['LookupNumberRequirements', 400, 'json', LOOKUP, '{'],
  ['LookupNumberRequirements', 404, 'none', LOOKUP, { regionCode: 'US', numberType: 'LOCAL' }],
  ['CreateNumberOrder', 400, 'fields', CREATE, {}],
  ['CreateNumberOrder', 400, 'json', CREATE, '{'],
  ['CreateNumberOrder', 400, 'option', CREATE, GERMAN],
  [
    'CreateNumberOrder',
    400,
    'number',
    CREATE,
    { ...GERMAN, numberOrderOption: { phoneNumbers: ['030'] } },
  ],
  [
    'CreateNumberOrder',
    400,
    'other',
    CREATE,
    { ...GERMAN, ...GERMAN_NUMBER, numberType: 'MOBILE' },
  ],
  ['CreateNumberOrder', 200, undefined, CREATE, { ...GERMAN, ...GERMAN_NUMBER }],
  ['CreateNumberOrder', 404, 'AvailableNumber', CREATE, { ...GERMAN, ...GERMAN_NUMBER }],
  ...(
    [
      ['quantity', 101],
      ['limit', 20],
    ] as const
  ).map(([example, requestedQuantity]): RequestToMake => [
    'CreateNumberOrder',
    400,
    example,
    CREATE,
    { regionCode: 'US', numberType: 'LOCAL', quantityOrderOption: { requestedQuantity } },
  ]),
  ['GetNumberOrder', 200, undefined, `${NUMBER_ORDERS}/${OPEN_ORDER}`],
  ['GetNumberOrder', 404, 'NumberOrder', `${NUMBER_ORDERS}/${NO_ORDER}`],
  ...(
    [
      [200, undefined, OPEN_ORDER, DETAILS],
      [400, 'state', REJECTED_ORDER, DETAILS],
      [400, 'json', OPEN_ORDER, '{'],
      [400, 'details', OPEN_ORDER, { requestDetails: 'x' }],
      [400, 'requirements', OPEN_ORDER, WRONG_DETAILS],
      [404, 'NumberOrder', NO_ORDER, DETAILS],
    ] as const
  ).map(([status, example, id, body]): RequestToMake => [
    'UpdateNumberOrderRegistration',
    status,
    example,
    `${NUMBER_ORDERS}/${id}/registration`,
    body,
  ]),
  ...(
    [
      [200, undefined, `${OPEN_ORDER}/${ADDRESS_PROOF}`, toForm()],
      [400, 'state', `${REJECTED_ORDER}/${ADDRESS_PROOF}`, toForm()],
      [400, 'limit', `${OPEN_ORDER}/${ADDRESS_PROOF}`, toForm({ content: 'x'.repeat(73) })],
      [400, 'form', `${OPEN_ORDER}/${ADDRESS_PROOF}`, {}],
      [
        400,
        'type',
        `${OPEN_ORDER}/${ADDRESS_PROOF}`,
        toForm({ type: 'text/html', documentType: 'LETTER' }),
      ],
      [404, 'NumberOrder', `${NO_ORDER}/${ADDRESS_PROOF}`, toForm()],
      [404, 'NumberOrderAttachment', `${OPEN_ORDER}/attachments/proof-of-life`, toForm()],
      [
        413,
        'large',
        `${OPEN_ORDER}/${ADDRESS_PROOF}`,
        toForm({ content: 'x'.repeat(5 * 1024 * 1024 + 1) }),
      ],
    ] as const
  ).map(([status, example, path, body]): RequestToMake => [
    'UploadNumberOrderAttachment',
    status,
    example,
    `${NUMBER_ORDERS}/${path}`,
    body,
  ]),
  ['GetNumberOrderRegistration', 200, undefined, `${NUMBER_ORDERS}/${OPEN_ORDER}/registration`],
  ['GetNumberOrderRegistration', 404, 'NumberOrder', `${NUMBER_ORDERS}/${NO_ORDER}/registration`],
  ['SubmitNumberOrder', 404, 'NumberOrder', `${NUMBER_ORDERS}/${NO_ORDER}/submit`],
  ['SubmitNumberOrder', 400, 'state', `${NUMBER_ORDERS}/${REJECTED_ORDER}/submit`],
  ['SubmitNumberOrder', 400, 'incomplete', `${NUMBER_ORDERS}/${EMPTY_ORDER}/submit`],
  ['SubmitNumberOrder', 200, undefined, `${NUMBER_ORDERS}/${FILLED_ORDER}/submit`],
];

const HALF_AN_HOUR_LATER: RequestToMake = [
  'AdvanceSandboxClock',
  200,
  undefined,
  '/sandbox/clock:advance',
  { by: 'PT30M' },
];
const EXTEND_FOR_AN_HOUR = [`${HOLDS}/${HELD}:extend`, { ttlSeconds: 3600 }] as const;

/** A hold gets near the end of its life. */
const OLD_HOLD_REQUESTS: readonly RequestToMake[] = [
  ['HoldNumbers', 200, undefined, HOLDS, { phoneNumbers: [HELD], ttlSeconds: 3600 }],
  HALF_AN_HOUR_LATER,
  ['ExtendNumberHold', 200, undefined, ...EXTEND_FOR_AN_HOUR],
  HALF_AN_HOUR_LATER,
  ['ExtendNumberHold', 200, undefined, ...EXTEND_FOR_AN_HOUR],
  HALF_AN_HOUR_LATER,
  ['ExtendNumberHold', 400, 'life', ...EXTEND_FOR_AN_HOUR],
];

/** Before the number US_LOCAL has been rented. */
const QUOTE_RENT_REQUESTS: readonly RequestToMake[] = [
  ['QuoteRent', 200, undefined, `${NUMBERS}/${US_LOCAL}:quote`, SMS],
  ['QuoteRent', 200, undefined, `${NUMBERS}/${US_MOBILE}:quote`, CAMPAIGN],
  ['QuoteRent', 400, 'empty', `${NUMBERS}/${US_LOCAL}:quote`, NO_PLAN],
  ['QuoteRent', 400, 'trunk', `${NUMBERS}/${US_LOCAL}:quote`, NO_TRUNK],
  ['QuoteRent', 400, 'url', `${NUMBERS}/${US_LOCAL}:quote`, { callbackUrl: 'x' }],
  ['QuoteRent', 400, 'phoneNumber', `${NUMBERS}/12025550134:quote`],
  ['QuoteRent', 400, 'json', `${NUMBERS}/${US_LOCAL}:quote`, '{'],
  ['QuoteRent', 404, 'AvailableNumber', `${NUMBERS}/${NOT_IN_STOCK}:quote`],
  ['QuoteRelease', 404, 'ActiveNumber', `${ACTIVE}/${US_LOCAL}:quoteRelease`],
];

/** After it has been. */
const QUOTE_REQUESTS: readonly RequestToMake[] = [
  ['QuoteRelease', 200, undefined, `${ACTIVE}/${US_LOCAL}:quoteRelease`],
  ['QuoteRelease', 400, 'phoneNumber', `${ACTIVE}/12025550134:quoteRelease`],
  ['QuoteRentOrder', 200, undefined, QUOTE, { phoneNumbers: [HELD, US_LOCAL] }],
  ['QuoteRentOrder', 200, undefined, QUOTE, { ...GB_TOLL_FREE, quantity: 500 }],
  ['QuoteRentOrder', 400, 'nothing', QUOTE, {}],
  ['QuoteRentOrder', 400, 'both', QUOTE, { phoneNumbers: [US_LOCAL], quantity: 2 }],
  ['QuoteRentOrder', 400, 'number', QUOTE, { phoneNumbers: ['12025550134'] }],
  ['QuoteRentOrder', 400, 'fields', QUOTE, { quantity: 2 }],
];

/**
 * Requests in an order in which they work, with the status that they lead to and, of errors, the name of
 * the example in the document that is exactly the answer.
 */
export const REQUESTS: readonly RequestToMake[] = [
  ['CreateToken', 200, undefined, '/oauth2/token', 'grant_type=client_credentials'],
  ['CreateToken', 400, 'grantType', '/oauth2/token', 'grant_type=password'],

  ['NumberService_GetActiveNumber', 404, 'ActiveNumber', `${ACTIVE}/${US_LOCAL}`],
  ['NumberService_UpdateActiveNumber', 404, 'ActiveNumber', `${ACTIVE}/${US_LOCAL}`, {}],
  ['NumberService_ReleaseNumber', 404, 'ActiveNumber', `${ACTIVE}/${US_LOCAL}:release`],
  ['UndoRelease', 404, 'ActiveNumber', `${ACTIVE}/${US_LOCAL}:undoRelease`],
  ...listAddressRequestsWithoutNumber(`${ACTIVE}/${US_LOCAL}`),
  ['NumberService_RentNumber', 404, 'AvailableNumber', `${NUMBERS}/${NOT_IN_STOCK}:rent`],

  ['NumberService_ListAvailableNumbers', 200, undefined, `${NUMBERS}?regionCode=US&type=MOBILE`],
  ['NumberService_ListAvailableNumbers', 200, undefined, `${NUMBERS}?regionCode=US&type=TOLL_FREE`],
  ['NumberService_ListAvailableNumbers', 400, 'fields', `${NUMBERS}?type=MOBILE&size=5000`],
  ['NumberService_ListAvailableNumbers', 400, 'unknown', `${NUMBERS}?regionCode=US&type=MOBIL`],
  [
    'NumberService_ListAvailableNumbers',
    400,
    'pattern',
    `${NUMBERS}?regionCode=US&type=MOBILE&numberPattern.pattern=12%23`,
  ],
  ...WRONG_CRITERIA.map(([example, field, value]): RequestToMake => [
    'NumberService_ListAvailableNumbers',
    400,
    example,
    `${US_MOBILE_SEARCH}&${toQuery(field, value)}`,
  ]),
  ['NumberService_ListAvailableNumbers', 400, 'orderBy', `${US_MOBILE_SEARCH}&orderBy=price`],
  ['NumberService_ListAvailableNumbers', 400, 'pageToken', `${US_MOBILE_SEARCH}&pageToken=x`],
  ['NumberService_ListAvailableNumbers', 400, 'size', `${US_MOBILE_SEARCH}&sequential=9&size=5`],
  ...[
    'orderBy=monthlyPrice&size=1',
    'orderBy=memorability&size=2&showPlace=true',
    'sequential=10&size=1000',
    'sequential=10&size=10&orderBy=phoneNumber',
    'explain=true&showPlace=true',
    'explain=true&showPlace=true&size=1',
    'explain=true&locality=Boston&excludePattern=5&capabilities=SMS&maxMonthlyPrice=0.01',
    'explain=true&showPlace=true&near=40.71,-74.01&numberPattern.pattern=9*9',
  ].map((query): RequestToMake => [
    'NumberService_ListAvailableNumbers',
    200,
    undefined,
    `${US_MOBILE_SEARCH}&${query}`,
  ]),

  ['NumberService_GetAvailableNumber', 200, undefined, `${NUMBERS}/${US_LOCAL}`],
  ['NumberService_GetAvailableNumber', 400, 'phoneNumber', `${NUMBERS}/12025550134`],

  ['NumberService_GetCoverage', 200, undefined, `${NUMBERS}:coverage`],
  ['NumberService_GetCoverage', 200, undefined, `${NUMBERS}:coverage?groupBy=locality&pageSize=1`],
  ['NumberService_GetCoverage', 400, 'unknown', `${NUMBERS}:coverage?groupBy=city`],
  ['NumberService_GetCoverage', 400, 'pageToken', `${NUMBERS}:coverage?pageToken=x`],

  ...QUOTE_RENT_REQUESTS,
  ['NumberService_RentNumber', 400, 'empty', `${NUMBERS}/${US_LOCAL}:rent`, NO_PLAN],
  ['NumberService_RentNumber', 400, 'trunk', `${NUMBERS}/${US_LOCAL}:rent`, NO_TRUNK],
  ['NumberService_RentNumber', 400, 'url', `${NUMBERS}/${US_LOCAL}:rent`, { callbackUrl: 'x' }],
  ['NumberService_RentNumber', 400, 'campaign', `${NUMBERS}/${US_MOBILE}:rent`, CAMPAIGN],
  ['NumberService_RentNumber', 400, 'phoneNumber', `${NUMBERS}/12025550134:rent`, {}],
  ['NumberService_RentNumber', 400, 'json', `${NUMBERS}/${US_LOCAL}:rent`, '{'],
  ['NumberService_RentNumber', 200, undefined, `${NUMBERS}/${US_LOCAL}:rent`, SMS],
  ['NumberService_RentNumber', 404, 'own', `${NUMBERS}/${US_LOCAL}:rent`],
  ['QuoteRent', 404, 'own', `${NUMBERS}/${US_LOCAL}:quote`],
  ...QUOTE_REQUESTS,
  ['NumberService_GetAvailableNumber', 404, 'AvailableNumber', `${NUMBERS}/${US_LOCAL}`],

  ['NumberService_RentAnyNumber', 400, 'fields', `${NUMBERS}:rentAny`, {}],
  ['NumberService_RentAnyNumber', 400, 'empty', `${NUMBERS}:rentAny`, usMobile(NO_PLAN)],
  ['NumberService_RentAnyNumber', 400, 'trunk', `${NUMBERS}:rentAny`, usMobile(NO_TRUNK)],
  ['NumberService_RentAnyNumber', 400, 'url', `${NUMBERS}:rentAny`, usMobile({ callbackUrl: 'x' })],
  [
    'NumberService_RentAnyNumber',
    400,
    'pattern',
    `${NUMBERS}:rentAny`,
    usMobile({ numberPattern: { pattern: '12#' } }),
  ],
  ...WRONG_CRITERIA.map(([example, field, value]): RequestToMake => [
    'NumberService_RentAnyNumber',
    400,
    example,
    `${NUMBERS}:rentAny`,
    usMobile({ [field]: value }),
  ]),
  ['NumberService_RentAnyNumber', 400, 'json', `${NUMBERS}:rentAny`, '{'],
  [
    'NumberService_RentAnyNumber',
    404,
    'AvailableNumber',
    `${NUMBERS}:rentAny`,
    { regionCode: 'US', type: 'TOLL_FREE' },
  ],
  [
    'NumberService_RentAnyNumber',
    200,
    undefined,
    `${NUMBERS}:rentAny`,
    usMobile({
      numberPattern: { pattern: US_MOBILE, searchPattern: 'START' },
      voiceConfiguration: { type: 'FAX', serviceId: 'my-fax-service' },
    }),
  ],

  ['NumberService_ListActiveNumbers', 200, undefined, ACTIVE],
  ['NumberService_ListActiveNumbers', 200, undefined, `${ACTIVE}?pageSize=1`],
  ['NumberService_ListActiveNumbers', 400, 'pageToken', `${ACTIVE}?pageToken=x`],
  ['NumberService_ListActiveNumbers', 400, 'fields', `${ACTIVE}?pageSize=5000`],
  ['NumberService_ListActiveNumbers', 400, 'orderBy', `${ACTIVE}?orderBy=price`],
  ['NumberService_ListActiveNumbers', 400, 'pattern', `${ACTIVE}?numberPattern.pattern=12%23`],

  ['NumberService_GetActiveNumber', 200, undefined, `${ACTIVE}/${US_LOCAL}`],
  ['NumberService_GetActiveNumber', 400, 'phoneNumber', `${ACTIVE}/12025550134`],

  ['NumberService_UpdateActiveNumber', 200, undefined, `${ACTIVE}/${US_LOCAL}`, SMS],
  ['NumberService_UpdateActiveNumber', 400, 'empty', `${ACTIVE}/${US_LOCAL}`, NO_PLAN],
  ['NumberService_UpdateActiveNumber', 400, 'trunk', `${ACTIVE}/${US_LOCAL}`, NO_TRUNK],
  ['NumberService_UpdateActiveNumber', 400, 'url', `${ACTIVE}/${US_LOCAL}`, { callbackUrl: 'x' }],
  ['NumberService_UpdateActiveNumber', 400, 'campaign', `${ACTIVE}/${US_MOBILE}`, CAMPAIGN],
  ['NumberService_UpdateActiveNumber', 400, 'phoneNumber', `${ACTIVE}/12025550134`, {}],
  ['NumberService_UpdateActiveNumber', 400, 'json', `${ACTIVE}/${US_LOCAL}`, '{'],

  [
    'NumberService_UpdateActiveNumber',
    200,
    undefined,
    `${ACTIVE}/${US_LOCAL}`,
    { deletionLock: true },
  ],
  ['NumberService_ReleaseNumber', 400, 'locked', `${ACTIVE}/${US_LOCAL}:release`],
  [
    'NumberService_UpdateActiveNumber',
    200,
    undefined,
    `${ACTIVE}/${US_LOCAL}`,
    { deletionLock: false },
  ],
  ...listAddressRequests(`${ACTIVE}/${US_LOCAL}`, `${ACTIVE}/${US_MOBILE}`),

  ['NumberService_ReleaseNumber', 200, undefined, `${ACTIVE}/${US_LOCAL}:release`],
  [
    'NumberService_UpdateActiveNumber',
    400,
    'released',
    `${ACTIVE}/${US_LOCAL}`,
    { deletionLock: true },
  ],
  ['UndoRelease', 200, undefined, `${ACTIVE}/${US_LOCAL}:undoRelease`],
  ['UndoRelease', 400, 'phoneNumber', `${ACTIVE}/12025550134:undoRelease`],
  ['ListNumberEvents', 200, undefined, `${EVENTS}/${US_LOCAL}`],
  ['ListNumberEvents', 400, 'phoneNumber', `${EVENTS}/12025550134`],
  ['ListNumberEvents', 400, 'pageToken', `${EVENTS}/${US_LOCAL}?pageToken=x`],
  ['NumberService_ReleaseNumber', 400, 'phoneNumber', `${ACTIVE}/12025550134:release`],

  ['ListLimits', 200, undefined, `/v1/projects/${PROJECT.id}/limits`],
  ['GetAccount', 200, undefined, `/v1/projects/${PROJECT.id}/account`],

  ['ListCharges', 200, undefined, CHARGES],
  ['ListCharges', 400, 'instant', `${CHARGES}?from=yesterday`],
  ['ListCharges', 400, 'currency', `${CHARGES}?currencyCode=USX`],
  ['ListCharges', 400, 'phoneNumber', `${CHARGES}?phoneNumber=12025550134`],
  ['ListCharges', 400, 'pageToken', `${CHARGES}?pageToken=x`],
  ['GetStatement', 200, undefined, `${STATEMENTS}/2026-01`],
  ['GetStatement', 400, 'month', `${STATEMENTS}/january`],
  ['GetStatement', 400, 'future', `${STATEMENTS}/2026-02`],
  ['GetStatement', 400, 'pageToken', `${STATEMENTS}/2026-01?pageToken=x`],
  ['GetStatementCsv', 200, undefined, `${STATEMENTS}/2026-01.csv`],
  ['GetStatementCsv', 400, 'month', `${STATEMENTS}/january.csv`],
  ['GetStatementCsv', 400, 'future', `${STATEMENTS}/2026-02.csv`],

  ['CreateRentOrder', 200, undefined, ORDERS, { phoneNumbers: ['+12025550144', US_LOCAL] }],
  ['CreateRentOrder', 400, 'nothing', ORDERS, {}],
  ['CreateRentOrder', 400, 'both', ORDERS, { phoneNumbers: [US_LOCAL], quantity: 2 }],
  ['CreateRentOrder', 400, 'number', ORDERS, { phoneNumbers: ['12025550134'] }],
  ['CreateRentOrder', 400, 'fields', ORDERS, { quantity: 2 }],
  ['ListRentOrders', 200, undefined, ORDERS],
  ['ListRentOrders', 400, 'pageToken', `${ORDERS}?pageToken=x`],
  ['GetRentOrder', 200, undefined, `${ORDERS}/${ENDED_ORDER}`],
  ['GetRentOrder', 404, 'RentOrder', `${ORDERS}/${NO_ORDER}`],
  ['ListRentOrderNumbers', 200, undefined, `${ORDERS}/${ENDED_ORDER}/orderNumbers`],
  ['ListRentOrderNumbers', 404, 'RentOrder', `${ORDERS}/${NO_ORDER}/orderNumbers`],
  ['ListRentOrderNumbers', 400, 'pageToken', `${ORDERS}/${ENDED_ORDER}/orderNumbers?pageToken=x`],
  ['CancelRentOrder', 400, 'ended', `${ORDERS}/${ENDED_ORDER}:cancel`],
  ['CancelRentOrder', 400, 'late', `${ORDERS}/${RESERVED_ORDER}:cancel`],
  ['CancelRentOrder', 404, 'RentOrder', `${ORDERS}/${NO_ORDER}:cancel`],
  ['CancelRentOrder', 200, undefined, `${ORDERS}/${CANCELLED_ORDER}:cancel`],

  [
    'NumberService_ListAvailableRegions',
    200,
    undefined,
    `/v1/projects/${PROJECT.id}/availableRegions`,
  ],
  [
    'NumberService_ListAvailableRegions',
    400,
    'unknown',
    `/v1/projects/${PROJECT.id}/availableRegions?types=MOBIL`,
  ],

  ['GetCallbackConfiguration', 200, undefined, CALLBACKS],
  ['UpdateCallbackConfiguration', 200, undefined, CALLBACKS, { hmacSecret: 'another' }],
  ['UpdateCallbackConfiguration', 400, 'secret', CALLBACKS, { hmacSecret: '' }],
  ['UpdateCallbackConfiguration', 400, 'json', CALLBACKS, '{'],

  ...NUMBER_ORDER_REQUESTS,

  ...HOLD_REQUESTS,
  ...OLD_HOLD_REQUESTS,

  ['GetSandboxClock', 200, undefined, '/sandbox/clock'],
  ['AdvanceSandboxClock', 200, undefined, '/sandbox/clock:advance', { by: 'PT1H' }],
  ['AdvanceSandboxClock', 400, 'duration', '/sandbox/clock:advance', { by: 'an hour' }],
  ['AdvanceSandboxClock', 400, 'back', '/sandbox/clock:advance', { to: '2020-01-01T00:00:00Z' }],
];

function toQuery(field: string, value: string | number | readonly string[]): string {
  const pairs = [value].flat().map((each) => [field, String(each)]);
  return new URLSearchParams(pairs).toString();
}

function usMobile(more: object): object {
  return { regionCode: 'US', type: 'MOBILE', ...more };
}
