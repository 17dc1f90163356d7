import { GERMAN_NUMBER } from './number-orders.ts';
import { type RequestToMake, US_LOCAL } from './openapi-requests.ts';
import { PROJECT } from './test-server.ts';

const OF_PROJECT = `/v1/projects/${PROJECT.id}`;
const ACTIVE = `${OF_PROJECT}/activeNumbers/${US_LOCAL}`;
const ANY_US_LOCAL = { regionCode: 'US', type: 'LOCAL' };

/** Any other rent than the first. */
function rentAnother(example: string): RequestToMake[] {
  return [
    [
      'NumberService_RentNumber',
      400,
      example,
      `${OF_PROJECT}/availableNumbers/+12025550135:rent`,
      {},
    ],
    [
      'NumberService_RentAnyNumber',
      400,
      example,
      `${OF_PROJECT}/availableNumbers:rentAny`,
      ANY_US_LOCAL,
    ],
  ];
}

/** Of a German number, where only number orders rent it. */
export const ORDER_REQUIRED_REQUESTS: readonly RequestToMake[] = [
  [
    'NumberService_RentNumber',
    400,
    'order',
    `${OF_PROJECT}/availableNumbers/${GERMAN_NUMBER}:rent`,
    {},
  ],
  [
    'NumberService_RentAnyNumber',
    400,
    'order',
    `${OF_PROJECT}/availableNumbers:rentAny`,
    { regionCode: 'DE', type: 'LOCAL', numberPattern: { pattern: GERMAN_NUMBER } },
  ],
];

/** Of a project whose account covers one rent. */
export const UNCOVERED_REQUESTS: readonly RequestToMake[] = [
  [
    'NumberService_RentNumber',
    200,
    undefined,
    `${OF_PROJECT}/availableNumbers/${US_LOCAL}:rent`,
    {},
  ],
  ...rentAnother('balance'),
];

/** Then it may rent one number only. */
export const NUMBERS_LIMIT_REQUESTS = rentAnother('numbers');

/** Then it may be charged so much and no more. */
export const SPEND_LIMIT_REQUESTS = rentAnother('spend');

/** Then the number is unpaid. */
export const UNPAID_REQUESTS: readonly RequestToMake[] = [
  ['NumberService_GetActiveNumber', 200, undefined, ACTIVE],
  ['GetAccount', 200, undefined, `${OF_PROJECT}/account`],
  ['UndoRelease', 400, 'unpaid', `${ACTIVE}:undoRelease`],
  ['QuoteRelease', 200, undefined, `${ACTIVE}:quoteRelease`],
];

/** And its grace is over. */
export const SUSPENDED_REQUESTS: readonly RequestToMake[] = [
  ['NumberService_GetActiveNumber', 200, undefined, ACTIVE],
  [
    'NumberService_UpdateActiveNumber',
    400,
    'suspended',
    ACTIVE,
    { smsConfiguration: { servicePlanId: 'my-service-plan' } },
  ],
  ['NumberService_ReleaseNumber', 200, undefined, `${ACTIVE}:release`],
];
