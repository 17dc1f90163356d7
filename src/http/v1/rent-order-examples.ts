import { toNotFound } from './error-examples.ts';
import { toPreconditionFailure, toViolations } from './to-error-example.ts';
import { EXAMPLE_PROJECT_ID, type Examples } from './examples.ts';

const AT = '2026-05-04T09:12:45.120348Z';
const ORDER_ID = '01jtcx4k2wf7d3s9v6b1n5r8qa';
const CALLBACK_URL = 'https://example.com/numbers';

export const ORDER_REQUEST_EXAMPLES: Examples = {
  listed: {
    summary: 'These numbers',
    value: {
      phoneNumbers: ['+12025550134', '+12025550135'],
      voiceConfiguration: { type: 'RTC', appId: 'my-voice-app' },
    },
  },
  any: {
    summary: 'Five hundred numbers of an area code, all or nothing',
    value: {
      quantity: 500,
      regionCode: 'US',
      type: 'LOCAL',
      areaCode: '212',
      allOrNothing: true,
      callbackUrl: CALLBACK_URL,
    },
  },
  block: {
    summary: 'A block of ten',
    value: { quantity: 10, sequential: true, regionCode: 'GB', type: 'LOCAL' },
  },
};

const RENTED = { phoneNumber: '+12025550134', state: 'RENTED', error: null };
const TAKEN = {
  phoneNumber: '+12025550135',
  state: 'FAILED',
  error: {
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
  },
};

const ORDER = {
  rentOrderId: ORDER_ID,
  projectId: EXAMPLE_PROJECT_ID,
  state: 'PARTIAL',
  allOrNothing: false,
  requestedQuantity: 2,
  rentedQuantity: 1,
  failedQuantity: 1,
  reservedQuantity: 0,
  error: null,
  orderNumbers: [RENTED, TAKEN],
  createTime: AT,
  updateTime: AT,
  endTime: AT,
};

const LARGE_ORDER = {
  ...ORDER,
  state: 'IN_PROGRESS',
  requestedQuantity: 5000,
  rentedQuantity: 1200,
  failedQuantity: 0,
  orderNumbers: [],
  endTime: null,
};

const RESERVING_ORDER = {
  ...LARGE_ORDER,
  allOrNothing: true,
  rentedQuantity: 0,
  reservedQuantity: 3400,
};

export const ORDER_EXAMPLES: Examples = {
  partial: { summary: 'Somebody else had one of them', value: ORDER },
  large: { summary: 'In progress', value: LARGE_ORDER },
  reserving: { summary: 'In progress, all or nothing', value: RESERVING_ORDER },
};

export const ORDERS_EXAMPLES: Examples = {
  last: {
    summary: 'The only page',
    value: {
      rentOrders: [{ ...ORDER, orderNumbers: [] }, LARGE_ORDER],
      nextPageToken: '',
      totalSize: 2,
    },
  },
};

export const ORDER_NUMBERS_EXAMPLES: Examples = {
  last: {
    summary: 'The only page',
    value: { orderNumbers: [RENTED, TAKEN], nextPageToken: '', totalSize: 2 },
  },
};

export const CREATE_ORDER_ERRORS = {
  400: {
    nothing: {
      summary: 'Neither numbers nor a quantity',
      value: toViolations({
        field: 'phoneNumbers',
        description: 'is required, or quantity with regionCode and type.',
      }),
    },
    both: {
      summary: 'Numbers and a quantity',
      value: toViolations({
        field: 'quantity',
        description: 'does not go with phoneNumbers.',
      }),
    },
    number: {
      summary: 'Not a phone number',
      value: toViolations({
        field: 'phoneNumbers',
        description: '"12025550134" is not a number in E.164 format, such as +12025550134.',
      }),
    },
    fields: {
      summary: 'A quantity of what?',
      value: toViolations(
        { field: 'regionCode', description: 'is required.' },
        { field: 'type', description: 'is required.' },
      ),
    },
  },
};

export const ORDER_ERRORS = { 404: toNotFound('RentOrder', '01jtcx4n2e8g5y0d1m4q9t7h3z') };

export const ORDER_PAGE_ERRORS = {
  400: {
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

export const CANCEL_ORDER_ERRORS = {
  ...ORDER_ERRORS,
  400: {
    ended: {
      summary: 'Over',
      value: toPreconditionFailure({
        type: 'ORDER_ENDED',
        subject: ORDER_ID,
        description: 'The order is COMPLETED: only one that is IN_PROGRESS can be cancelled.',
      }),
    },
    late: {
      summary: 'All or nothing, and everything is set aside',
      value: toPreconditionFailure({
        type: 'TOO_LATE_TO_CANCEL',
        subject: '01jtcx4k2wf7d3s9v6b1n5r8qc',
        description:
          'All numbers of the order are set aside and being rented: it can no longer be cancelled.',
      }),
    },
  },
};
