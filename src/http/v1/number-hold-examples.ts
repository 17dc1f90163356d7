import type { ErrorDetail } from '../../errors.ts';
import { CRITERIA, JSON_BODY, PHONE_NUMBER } from './error-examples.ts';
import { toError, toPreconditionFailure, toViolations } from './to-error-example.ts';
import { AVAILABLE_NUMBER, EXAMPLE_PROJECT_ID, type Examples } from './examples.ts';

const { phoneNumber, ...POOL } = AVAILABLE_NUMBER;
const OTHER_NUMBER = '+12025550135';

const NUMBER_HOLD = {
  phoneNumber,
  projectId: EXAMPLE_PROJECT_ID,
  ...POOL,
  createTime: '2026-05-04T09:00:00.000000Z',
  expireTime: '2026-05-04T09:15:00.000000Z',
};
const OTHER_HOLD = { ...NUMBER_HOLD, phoneNumber: OTHER_NUMBER };

// --- Requests and answers -------------------------------------------------------------------------------

export const HOLD_EXAMPLES: Examples = {
  numbers: {
    summary: 'Two numbers for ten minutes',
    value: { phoneNumbers: [phoneNumber, OTHER_NUMBER], ttlSeconds: 600 },
  },
  matching: {
    summary: 'Any five numbers in Boston',
    value: { quantity: 5, regionCode: 'US', type: 'LOCAL', locality: 'Boston' },
  },
  block: {
    summary: 'Ten consecutive numbers',
    value: { quantity: 10, sequential: true, regionCode: 'GB', type: 'LOCAL' },
  },
};

export const EXTEND_HOLD_EXAMPLES: Examples = {
  half: { summary: 'For half an hour from now', value: { ttlSeconds: 1800 } },
};

export const NUMBER_HOLDS_EXAMPLES: Examples = {
  held: { summary: 'Held', value: { numberHolds: [NUMBER_HOLD, OTHER_HOLD] } },
};

export const LIST_NUMBER_HOLDS_EXAMPLES: Examples = {
  last: {
    summary: 'The only page',
    value: { numberHolds: [NUMBER_HOLD, OTHER_HOLD], nextPageToken: '', totalSize: 2 },
  },
};

export const NUMBER_HOLD_EXAMPLES: Examples = {
  hold: { summary: 'A number that is held', value: NUMBER_HOLD },
};

export const EXTENDED_HOLD_EXAMPLES: Examples = {
  extended: {
    summary: 'Extended',
    value: { ...NUMBER_HOLD, expireTime: '2026-05-04T09:40:00.000000Z' },
  },
};

export const RELEASED_HOLD_EXAMPLES: Examples = {
  released: {
    summary: 'Given back',
    value: { ...NUMBER_HOLD, expireTime: '2026-05-04T09:10:00.000000Z' },
  },
};

// --- Errors ---------------------------------------------------------------------------------------------

const TTL: Examples = {
  ttl: {
    summary: 'For longer than the operator allows',
    value: toViolations({ field: 'ttlSeconds', description: 'must be <= 3600.' }),
  },
};

const NOT_HELD: Examples = {
  NumberHold: {
    summary: 'Not held by you',
    value: toNotFound('', { resourceType: 'NumberHold', resourceName: phoneNumber }),
  },
};

export const HOLD_ERRORS = {
  400: {
    neither: {
      summary: 'Neither numbers nor a search',
      value: toViolations({
        field: 'phoneNumbers',
        description: 'is required, or quantity with regionCode and type.',
      }),
    },
    both: {
      summary: 'Numbers and a search',
      value: toViolations(
        { field: 'quantity', description: 'does not go with phoneNumbers.' },
        { field: 'regionCode', description: 'does not go with phoneNumbers.' },
      ),
    },
    fields: {
      summary: 'Missing fields',
      value: toViolations(
        { field: 'regionCode', description: 'is required.' },
        { field: 'type', description: 'is required.' },
      ),
    },
    phoneNumbers: {
      summary: 'Not phone numbers',
      value: toViolations({
        field: 'phoneNumbers',
        description: '"12025550134" is not a number in E.164 format, such as +12025550134.',
      }),
    },
    tooMany: {
      summary: 'More than a request may hold',
      value: toViolations({ field: 'quantity', description: 'must be <= 100.' }),
    },
    limit: {
      summary: 'More than a project may hold',
      value: toPreconditionFailure({
        type: 'HOLDS_LIMIT',
        subject: 'project-one',
        description:
          'The project may hold 100 numbers at a time and holds 80, which leaves 20, and 30 more are wanted.',
        limit: '100',
        used: '80',
        resetTime: '2026-01-31T10:35:30.123456Z',
      }),
    },
    ...TTL,
    ...CRITERIA,
    ...JSON_BODY,
  },
  404: {
    numbers: {
      summary: 'Some of the numbers cannot be held',
      value: toNotFound('Nothing was held: 1 of the 2 numbers cannot be.', {
        resourceType: 'AvailableNumber',
        resourceName: phoneNumber,
        description: 'It is not available.',
      }),
    },
    matching: {
      summary: 'Fewer match than are wanted',
      value: toNotFound('Only 20 available numbers match the request, and 30 are wanted.', {
        resourceType: 'AvailableNumber',
        resourceName: '',
        description: 'Only 20 available numbers match the request, and 30 are wanted.',
      }),
    },
    block: {
      summary: 'No such block',
      value: toNotFound('No 30 consecutive available numbers match the request.', {
        resourceType: 'AvailableNumber',
        resourceName: '',
        description: 'No 30 consecutive available numbers match the request.',
      }),
    },
  },
};

export const LIST_HOLDS_ERRORS = {
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
  },
};

export const HELD_ERRORS = { 400: PHONE_NUMBER, 404: NOT_HELD };

export const EXTEND_HOLD_ERRORS = {
  400: {
    ...PHONE_NUMBER,
    ...TTL,
    life: {
      summary: 'For longer than a hold may last in all',
      value: toPreconditionFailure({
        type: 'HOLD_LIFE_LIMIT',
        subject: OTHER_NUMBER,
        description:
          'A number is held for 7200 seconds at most, extensions included. This one can be until 2026-01-31T12:20:30.123456Z, for which 1800 seconds are left.',
      }),
    },
    ...JSON_BODY,
  },
  404: NOT_HELD,
};

function toNotFound(
  message: string,
  info: { resourceType: string; resourceName: string; description?: string },
): object {
  const detail: ErrorDetail = { type: 'ResourceInfo', owner: '', description: '', ...info };
  const { type, resourceType, resourceName, owner, description } = detail;
  return toError(404, 'NOT_FOUND', message, [
    { type, resourceType, resourceName, owner, description },
  ]);
}
